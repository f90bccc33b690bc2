package io.github.vqvae4j.train;

import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.nn.Parameter;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Adam optimizer (Kingma and Ba 2015, algorithm 1), equivalent to PyTorch's {@code Adam}.
 *
 * <pre>{@code
 * Trainer.of(model).optimizer(Adam.rate(3e-4)).fit(images);
 * }</pre>
 *
 * <p>With gradient g, update t of a parameter w computes
 *
 * <pre>
 * m &lt;- beta1 m + (1 - beta1) g
 * v &lt;- beta2 v + (1 - beta2) g^2
 * w &lt;- w - learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p>Weight decay, if a {@link ParameterGroup} has one, is decoupled as in {@link AdamW}. PyTorch's
 * {@code Adam} adds it to the gradient instead.
 */
public final class Adam implements Optimizer {
  static final double BETA_1 = 0.9;
  static final double BETA_2 = 0.999;
  static final double EPSILON = 1e-8;

  /** The settings in a checkpoint. */
  record Saved(double rate, double beta1, double beta2, double epsilon) {
    Adam build() {
      return new Adam(rate, beta1, beta2, epsilon);
    }
  }

  private final double baseLearningRate;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final Map<Parameter, AdamMoments> moments = new ConcurrentHashMap<>();

  /**
   * Creates an Adam optimizer.
   *
   * @param learningRate the learning rate, above 0
   * @param beta1 the decay rate of the first moment, in [0, 1)
   * @param beta2 the decay rate of the second moment, in [0, 1)
   * @param epsilon the term added to the denominator; must be above 0 when rounded to float
   * @throws IllegalArgumentException if an argument is out of range
   */
  public Adam(double learningRate, double beta1, double beta2, double epsilon) {
    if (!(learningRate > 0 && learningRate <= Float.MAX_VALUE)
        || !(beta1 >= 0 && beta1 < 1)
        || !(beta2 >= 0 && beta2 < 1)
        || !((float) epsilon > 0 && epsilon <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "Adam: expected a learning rate above 0, an epsilon above 0 when rounded to float, and"
              + " betas in [0, 1), got learning rate "
              + learningRate
              + ", betas "
              + beta1
              + ", "
              + beta2
              + ", epsilon "
              + epsilon
              + ".");
    }
    baseLearningRate = learningRate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  /**
   * Creates an Adam optimizer with betas 0.9 and 0.999 and epsilon 1e-8.
   *
   * @param learningRate the learning rate, above 0
   * @return the optimizer
   */
  public static Adam rate(double learningRate) {
    return new Adam(learningRate, BETA_1, BETA_2, EPSILON);
  }

  @Override
  public double rate() {
    return baseLearningRate;
  }

  @Override
  public Set<Parameter> parameters() {
    return Collections.unmodifiableSet(moments.keySet());
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  @Override
  public void reset() {
    moments.clear();
  }

  @Override
  public Map<String, NamedArray> state(Map<Parameter, String> names) {
    return OptimizerState.save(moments, names);
  }

  @Override
  public void restore(Map<String, Parameter> parameters, Map<String, NamedArray> state) {
    OptimizerState.restore(moments, AdamMoments::new, parameters, state);
  }

  @Override
  public void update(
      List<Parameter> parameters, Gradients gradients, double learningRate, double weightDecay) {
    Checks.rates(learningRate, weightDecay);
    float decayFactor = (float) (1 - learningRate * weightDecay);
    ParameterChunks chunks = new ParameterChunks();
    for (Parameter parameter : parameters) {
      if (gradients.has(parameter)) {
        AdamMoments state = moments.computeIfAbsent(parameter, AdamMoments::new);
        state.startUpdate(parameter);
        chunks.update(
            parameter,
            gradients,
            (values, gradient, chunk, length) ->
                updateChunk(values, gradient, state, chunk, length, learningRate, decayFactor));
      }
    }
  }

  private void updateChunk(
      float[] values,
      float[] gradient,
      AdamMoments state,
      int chunk,
      int length,
      double learningRate,
      float decayFactor) {
    int offset = chunk * ParameterChunks.LENGTH;
    for (int start = 0; start < length; ) {
      int end = state.endOfEqualUpdates(offset + start, offset + length) - offset;
      int updates = state.updates(offset + start);
      float stepSize = (float) (learningRate / (1 - Math.pow(beta1, updates)));
      float scale = (float) (1 / Math.sqrt(1 - Math.pow(beta2, updates)));
      update(
          values,
          gradient,
          state.m[chunk],
          state.v[chunk],
          start,
          end,
          decayFactor,
          stepSize,
          scale);
      start = end;
    }
  }

  private void update(
      float[] values,
      float[] gradient,
      float[] m,
      float[] v,
      int start,
      int end,
      float decayFactor,
      float stepSize,
      float scale) {
    float b1 = (float) beta1;
    float c1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float c2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    for (int i = start; i < end; i++) {
      float g = gradient[i];
      float mi = b1 * m[i] + c1 * g;
      float vi = b2 * v[i] + c2 * g * g;
      m[i] = mi;
      v[i] = vi;
      values[i] = decayFactor * values[i] - stepSize * mi / ((float) Math.sqrt(vi) * scale + eps);
    }
  }

  Saved saved() {
    return new Saved(baseLearningRate, beta1, beta2, epsilon);
  }

  String settings() {
    return "learning rate "
        + baseLearningRate
        + ", betas "
        + beta1
        + " and "
        + beta2
        + ", epsilon "
        + epsilon;
  }

  @Override
  public String toString() {
    return "Adam(" + settings() + ")";
  }
}
