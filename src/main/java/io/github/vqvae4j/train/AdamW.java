package io.github.vqvae4j.train;

import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.nn.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@link Adam} with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), equivalent to
 * PyTorch's {@code AdamW}. Before each Adam update, weights are scaled:
 *
 * <pre>
 * w &lt;- (1 - learningRate weightDecay) w
 * </pre>
 *
 * <p>As in PyTorch, the decay applies to every parameter that has a gradient, including biases and
 * a codebook that is trained by gradient descent.
 */
public final class AdamW implements Optimizer {
  private static final double WEIGHT_DECAY = 0.01;

  /** The settings in a checkpoint. */
  record Saved(Adam.Saved adam, double weightDecay) {
    AdamW build() {
      return new AdamW(adam.rate(), adam.beta1(), adam.beta2(), adam.epsilon(), weightDecay);
    }
  }

  private final Adam adam;
  private final double weightDecay;

  /**
   * Creates an AdamW optimizer.
   *
   * @param learningRate the learning rate, above 0
   * @param beta1 the decay rate of the first moment, in [0, 1)
   * @param beta2 the decay rate of the second moment, in [0, 1)
   * @param epsilon the term added to the denominator; must be above 0 when rounded to float
   * @param weightDecay the weight decay, at least 0; learning rate times weight decay must be at
   *     most 1
   * @throws IllegalArgumentException if an argument is out of range
   */
  public AdamW(
      double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
    adam = new Adam(learningRate, beta1, beta2, epsilon);
    this.weightDecay = weightDecay;
    if (!(weightDecay >= 0 && learningRate * weightDecay <= 1)) {
      throw new IllegalArgumentException(
          "AdamW: expected a weight decay of at least 0 and at most 1 / learning rate,"
              + " got weight decay "
              + weightDecay
              + " and learning rate "
              + learningRate
              + ". PyTorch's default is 0.01.");
    }
  }

  /**
   * Creates an AdamW optimizer with betas 0.9 and 0.999, epsilon 1e-8 and weight decay 0.01.
   *
   * @param learningRate the learning rate, above 0
   * @return the optimizer
   */
  public static AdamW rate(double learningRate) {
    return rate(learningRate, WEIGHT_DECAY);
  }

  /**
   * Creates an AdamW optimizer with betas 0.9 and 0.999 and epsilon 1e-8.
   *
   * @param learningRate the learning rate, above 0
   * @param weightDecay the weight decay, at least 0; learning rate times weight decay must be at
   *     most 1
   * @return the optimizer
   */
  public static AdamW rate(double learningRate, double weightDecay) {
    return new AdamW(learningRate, Adam.BETA_1, Adam.BETA_2, Adam.EPSILON, weightDecay);
  }

  @Override
  public double rate() {
    return adam.rate();
  }

  @Override
  public Set<Parameter> parameters() {
    return adam.parameters();
  }

  @Override
  public boolean isThreadSafe() {
    return adam.isThreadSafe();
  }

  @Override
  public void reset() {
    adam.reset();
  }

  @Override
  public Map<String, NamedArray> state(Map<Parameter, String> names) {
    return adam.state(names);
  }

  @Override
  public void restore(Map<String, Parameter> parameters, Map<String, NamedArray> state) {
    adam.restore(parameters, state);
  }

  @Override
  public double weightDecay() {
    return weightDecay;
  }

  @Override
  public void update(
      List<Parameter> parameters, Gradients gradients, double learningRate, double decay) {
    adam.update(parameters, gradients, learningRate, decay);
  }

  Saved saved() {
    return new Saved(adam.saved(), weightDecay);
  }

  @Override
  public String toString() {
    return "AdamW(" + adam.settings() + ", weight decay " + weightDecay + ")";
  }
}
