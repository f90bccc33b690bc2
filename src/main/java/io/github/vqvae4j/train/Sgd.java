package io.github.vqvae4j.train;

import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.nn.Parameter;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stochastic gradient descent with optional momentum, equivalent to PyTorch's {@code SGD}. With
 * gradient g, an update of a parameter w computes
 *
 * <pre>
 * v &lt;- momentum v + g          (v = g at the first update)
 * w &lt;- w - learningRate v
 * </pre>
 *
 * <p>Weight decay, if a {@link ParameterGroup} has one, is decoupled: w &lt;- (1 - learningRate
 * weightDecay) w before the update. PyTorch's {@code SGD} adds it to the gradient instead.
 */
public final class Sgd implements Optimizer {
  /** The settings in a checkpoint. */
  record Saved(double rate, double momentum) {
    Sgd build() {
      return new Sgd(rate, momentum);
    }
  }

  /** The momentum buffer v of one parameter. */
  private static final class Velocity implements OptimizerState.ForParameter {
    final float[][] chunks;
    private final ReplacedRows replaced;
    private final int rowLength;

    Velocity(Parameter parameter) {
      chunks = ParameterChunks.zeros(parameter.size());
      replaced = new ReplacedRows(parameter);
      rowLength = ReplacedRows.length(parameter);
    }

    void resetReplacedRows(Parameter parameter) {
      replaced.forEach(parameter, row -> ParameterChunks.clear(chunks, row, rowLength));
    }

    @Override
    public void save(Parameter parameter, OptimizerState state, String name) {
      resetReplacedRows(parameter);
      state.put(name, "v", chunks);
    }

    @Override
    public void restore(Parameter parameter, OptimizerState state, String name) {
      state.get(name, "v", chunks);
    }
  }

  private final double baseLearningRate;
  private final double momentum;
  private final Map<Parameter, Velocity> velocities = new ConcurrentHashMap<>();

  /**
   * Creates an SGD optimizer with momentum.
   *
   * @param learningRate the learning rate, above 0
   * @param momentum the momentum factor, in [0, 1)
   * @throws IllegalArgumentException if an argument is out of range
   */
  public Sgd(double learningRate, double momentum) {
    if (!(learningRate > 0 && learningRate <= Float.MAX_VALUE)
        || !(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "Sgd: expected a learning rate above 0 and a momentum in [0, 1), got learning rate "
              + learningRate
              + " and momentum "
              + momentum
              + ".");
    }
    baseLearningRate = learningRate;
    this.momentum = momentum;
  }

  /**
   * Creates an SGD optimizer without momentum.
   *
   * @param learningRate the learning rate, above 0
   * @return the optimizer
   */
  public static Sgd rate(double learningRate) {
    return new Sgd(learningRate, 0);
  }

  @Override
  public double rate() {
    return baseLearningRate;
  }

  @Override
  public Set<Parameter> parameters() {
    return Collections.unmodifiableSet(velocities.keySet());
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  @Override
  public void reset() {
    velocities.clear();
  }

  @Override
  public Map<String, NamedArray> state(Map<Parameter, String> names) {
    return OptimizerState.save(velocities, names);
  }

  @Override
  public void restore(Map<String, Parameter> parameters, Map<String, NamedArray> state) {
    OptimizerState.restore(velocities, Velocity::new, parameters, state);
  }

  @Override
  public void update(
      List<Parameter> parameters, Gradients gradients, double learningRate, double weightDecay) {
    Checks.rates(learningRate, weightDecay);
    float decayFactor = (float) (1 - learningRate * weightDecay);
    ParameterChunks chunks = new ParameterChunks();
    float rate = (float) learningRate;
    float mu = (float) momentum;
    for (Parameter parameter : parameters) {
      if (gradients.has(parameter)) {
        Velocity velocity = velocities.computeIfAbsent(parameter, Velocity::new);
        velocity.resetReplacedRows(parameter);
        chunks.update(
            parameter,
            gradients,
            (values, gradient, chunk, length) ->
                update(values, gradient, velocity.chunks[chunk], length, rate, mu, decayFactor));
      }
    }
  }

  private static void update(
      float[] values,
      float[] gradient,
      float[] velocity,
      int length,
      float rate,
      float mu,
      float decayFactor) {
    for (int i = 0; i < length; i++) {
      float v = mu * velocity[i] + gradient[i];
      velocity[i] = v;
      values[i] = decayFactor * values[i] - rate * v;
    }
  }

  Saved saved() {
    return new Saved(baseLearningRate, momentum);
  }

  @Override
  public String toString() {
    return "Sgd(learning rate " + baseLearningRate + ", momentum " + momentum + ")";
  }
}
