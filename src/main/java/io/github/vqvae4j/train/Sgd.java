package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stochastic gradient descent, as in PyTorch, with or without momentum. With gradient g:
 *
 * <pre>
 * v &lt;- momentum v + g          (v = g at the first update)
 * w &lt;- w - rate v
 * </pre>
 */
public final class Sgd implements Optimizer {
  /** The v of one parameter. */
  private static final class Velocity {
    final float[][] slices;
    private final ReplacedRows replaced;
    private final int rowLength;

    Velocity(Parameter parameter) {
      slices = ParameterSlices.zeros(parameter.size());
      replaced = new ReplacedRows(parameter);
      rowLength = ReplacedRows.length(parameter);
    }

    void next(Parameter parameter) {
      replaced.forEach(parameter, row -> ParameterSlices.clear(slices, row, rowLength));
    }
  }

  private final double rate;
  private final double momentum;
  private final Map<Parameter, Velocity> velocities = new IdentityHashMap<>();
  private final ParameterSlices slices = new ParameterSlices();

  /**
   * Gradient descent with momentum.
   *
   * @param rate above 0
   * @param momentum from 0 to below 1
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Sgd(double rate, double momentum) {
    if (!(rate > 0 && rate <= Float.MAX_VALUE) || !(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "Sgd: expected a rate above 0 and a momentum from 0 to below 1, got rate "
              + rate
              + " and momentum "
              + momentum
              + ".");
    }
    this.rate = rate;
    this.momentum = momentum;
  }

  /**
   * Plain gradient descent.
   *
   * @param rate above 0
   * @return the optimizer
   */
  public static Sgd rate(double rate) {
    return new Sgd(rate, 0);
  }

  @Override
  public double rate() {
    return rate;
  }

  @Override
  public Set<Parameter> parameters() {
    return Collections.unmodifiableSet(velocities.keySet());
  }

  @Override
  public void reset() {
    velocities.clear();
  }

  @Override
  public void update(List<Parameter> parameters, Gradients gradients, double rateNow) {
    Optimizer.checkRate(rateNow);
    float r = (float) rateNow;
    float mu = (float) momentum;
    for (Parameter parameter : parameters) {
      if (gradients.has(parameter)) {
        Velocity velocity = velocities.computeIfAbsent(parameter, Velocity::new);
        velocity.next(parameter);
        slices.update(
            parameter,
            gradients,
            (values, gradient, slice, length) ->
                move(values, gradient, velocity.slices[slice], length, r, mu));
      }
    }
  }

  private static void move(
      float[] values, float[] gradient, float[] velocity, int length, float r, float mu) {
    for (int i = 0; i < length; i++) {
      float v = mu * velocity[i] + gradient[i];
      velocity[i] = v;
      values[i] -= r * v;
    }
  }

  @Override
  public String toString() {
    return "Sgd(rate " + rate + ", momentum " + momentum + ")";
  }
}
