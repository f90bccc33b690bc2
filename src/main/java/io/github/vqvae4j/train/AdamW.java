package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.List;
import java.util.Set;

/**
 * {@link Adam} with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), as in
 * PyTorch. Before each of Adam's updates
 *
 * <pre>
 * w &lt;- (1 - rate decay) w
 * </pre>
 *
 * <p>Every parameter that has a gradient decays, as in PyTorch: biases too, and a codebook that
 * learns by its gradient.
 */
public final class AdamW implements Optimizer {
  private static final double WEIGHT_DECAY = 0.01;

  private final Adam adam;
  private final double weightDecay;

  /**
   * AdamW.
   *
   * @param rate above 0
   * @param beta1 from 0 to below 1
   * @param beta2 from 0 to below 1
   * @param epsilon above 0
   * @param weightDecay at least 0, and small enough that rate times decay is at most 1
   * @throws IllegalArgumentException if a number is out of its range
   */
  public AdamW(double rate, double beta1, double beta2, double epsilon, double weightDecay) {
    adam = new Adam(rate, beta1, beta2, epsilon, weightDecay);
    this.weightDecay = weightDecay;
    if (!(weightDecay >= 0 && rate * weightDecay <= 1)) {
      throw new IllegalArgumentException(
          "AdamW: expected a weight decay of at least 0 whose product with the rate is at most 1,"
              + " got weight decay "
              + weightDecay
              + " and rate "
              + rate
              + ". PyTorch's default is 0.01.");
    }
  }

  /**
   * AdamW with betas 0.9 and 0.999, epsilon 1e-8 and weight decay 0.01.
   *
   * @param rate above 0
   * @return the optimizer
   */
  public static AdamW rate(double rate) {
    return rate(rate, WEIGHT_DECAY);
  }

  /**
   * AdamW with betas 0.9 and 0.999 and epsilon 1e-8.
   *
   * @param rate above 0
   * @param weightDecay at least 0
   * @return the optimizer
   */
  public static AdamW rate(double rate, double weightDecay) {
    return new AdamW(rate, Adam.BETA_1, Adam.BETA_2, Adam.EPSILON, weightDecay);
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
  public void reset() {
    adam.reset();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException also if rate times decay is more than 1, which would flip the
   *     signs of the weights
   */
  @Override
  public void update(List<Parameter> parameters, Gradients gradients, double rateNow) {
    adam.update(parameters, gradients, rateNow);
  }

  @Override
  public String toString() {
    return "AdamW(" + adam.settings() + ", weight decay " + weightDecay + ")";
  }
}
