package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adam (Kingma and Ba 2015, algorithm 1), as in PyTorch. With gradient g at update t:
 *
 * <pre>
 * m &lt;- beta1 m + (1 - beta1) g
 * v &lt;- beta2 v + (1 - beta2) g^2
 * w &lt;- w - rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 */
public final class Adam implements Optimizer {
  static final double BETA_1 = 0.9;
  static final double BETA_2 = 0.999;
  static final double EPSILON = 1e-8;

  private final double rate;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double weightDecay;
  private final Map<Parameter, AdamMoments> moments = new IdentityHashMap<>();
  private final ParameterSlices slices = new ParameterSlices();

  /**
   * Adam.
   *
   * @param rate above 0
   * @param beta1 from 0 to below 1
   * @param beta2 from 0 to below 1
   * @param epsilon above 0, as a float too
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Adam(double rate, double beta1, double beta2, double epsilon) {
    this(rate, beta1, beta2, epsilon, 0);
  }

  /** With the decay of {@link AdamW}, which checks it; 0 for none. */
  Adam(double rate, double beta1, double beta2, double epsilon, double weightDecay) {
    if (!(rate > 0 && rate <= Float.MAX_VALUE)
        || !(beta1 >= 0 && beta1 < 1)
        || !(beta2 >= 0 && beta2 < 1)
        || !((float) epsilon > 0 && epsilon <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "Adam: expected a rate and an epsilon above 0, also in float, and betas from 0 to below"
              + " 1, got rate "
              + rate
              + ", betas "
              + beta1
              + ", "
              + beta2
              + ", epsilon "
              + epsilon
              + ".");
    }
    this.rate = rate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.weightDecay = weightDecay;
  }

  /**
   * Adam with betas 0.9 and 0.999 and epsilon 1e-8.
   *
   * @param rate above 0
   * @return the optimizer
   */
  public static Adam rate(double rate) {
    return new Adam(rate, BETA_1, BETA_2, EPSILON);
  }

  @Override
  public double rate() {
    return rate;
  }

  @Override
  public Set<Parameter> parameters() {
    return Collections.unmodifiableSet(moments.keySet());
  }

  @Override
  public void reset() {
    moments.clear();
  }

  @Override
  public void update(List<Parameter> parameters, Gradients gradients, double rateNow) {
    Optimizer.checkRate(rateNow);
    if (!(rateNow * weightDecay <= 1)) {
      throw new IllegalArgumentException(
          "AdamW: expected a rate of at most "
              + 1 / weightDecay
              + ", since weights are multiplied by 1 - rate decay, got "
              + rateNow
              + " and weight decay "
              + weightDecay
              + ". Take a smaller rate, a schedule of smaller factors or a smaller decay.");
    }
    for (Parameter parameter : parameters) {
      if (gradients.has(parameter)) {
        AdamMoments state = moments.computeIfAbsent(parameter, AdamMoments::new);
        state.next(parameter);
        slices.update(
            parameter,
            gradients,
            (values, gradient, slice, length) ->
                move(values, gradient, state, slice, length, rateNow));
      }
    }
  }

  private void move(
      float[] values, float[] gradient, AdamMoments state, int slice, int length, double rateNow) {
    int offset = slice * ParameterSlices.LENGTH;
    for (int from = 0; from < length; ) {
      int to = state.end(offset + from, offset + length) - offset;
      int updates = state.updates(offset + from);
      float keep = (float) (1 - rateNow * weightDecay);
      float stepSize = (float) (rateNow / (1 - Math.pow(beta1, updates)));
      float scale = (float) (1 / Math.sqrt(1 - Math.pow(beta2, updates)));
      move(values, gradient, state.m[slice], state.v[slice], from, to, keep, stepSize, scale);
      from = to;
    }
  }

  private void move(
      float[] values,
      float[] gradient,
      float[] m,
      float[] v,
      int from,
      int to,
      float keep,
      float stepSize,
      float scale) {
    float b1 = (float) beta1;
    float c1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float c2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float g = gradient[i];
      float mi = b1 * m[i] + c1 * g;
      float vi = b2 * v[i] + c2 * g * g;
      m[i] = mi;
      v[i] = vi;
      values[i] = keep * values[i] - stepSize * mi / ((float) Math.sqrt(vi) * scale + eps);
    }
  }

  String settings() {
    return "rate " + rate + ", betas " + beta1 + " and " + beta2 + ", epsilon " + epsilon;
  }

  @Override
  public String toString() {
    return "Adam(" + settings() + ")";
  }
}
