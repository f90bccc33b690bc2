package io.github.vqvae4j.train;

import java.util.Arrays;

/**
 * How the learning rate changes over a run: what the optimizer's rate is multiplied by in each
 * step.
 *
 * <pre>{@code
 * Schedule.warmUp().then(500, Schedule.cosine(0.01))   // up over 500 steps, then down to 1 %
 * }</pre>
 */
@FunctionalInterface
public interface Schedule {
  /**
   * The factor of a step.
   *
   * @param step counted from 1
   * @param steps how many there will be, at least 1
   * @return at least 0
   */
  double factor(long step, long steps);

  /**
   * The optimizer's rate throughout.
   *
   * @return 1 for every step
   */
  static Schedule constant() {
    return new Constant();
  }

  /**
   * A straight rise to the optimizer's rate: {@code step / steps}. Usually a beginning, made with
   * {@link #then}.
   *
   * @return from 1 / steps to 1, which it stays at beyond
   */
  static Schedule warmUp() {
    return new WarmUp();
  }

  /**
   * Half a cosine from 1 to a least factor (Loshchilov and Hutter 2017, equation 5, without
   * restarts), as PyTorch's {@code CosineAnnealingLR} over all steps: {@code least + (1 - least) (1
   * + cos(pi (step - 1) / steps)) / 2}.
   *
   * @param least from 0 to 1
   * @return 1 in the first step; the step after the last would have the least, and all beyond
   * @throws IllegalArgumentException if it is out of range
   */
  static Schedule cosine(double least) {
    return new Cosine(least);
  }

  /**
   * MultiStep at given steps, as PyTorch's {@code MultiStepLR}: {@code factor^n} after n of them.
   *
   * @param factor above 0 and below 1
   * @param after the last step before each drop, rising
   * @return 1 up to the first of these steps
   * @throws IllegalArgumentException if the factor is out of range or the steps do not rise from 1
   */
  static Schedule multiStep(double factor, long... after) {
    return new MultiStep(factor, Arrays.stream(after).boxed().toList());
  }

  /**
   * This schedule up to a step, then another. Each sees its own steps only, counted from 1.
   *
   * @param lastStep of this one, at least 1
   * @param next what follows
   * @return both, one after the other
   * @throws IllegalArgumentException if the step is less than 1
   */
  default Schedule then(long lastStep, Schedule next) {
    return new Sequence(this, lastStep, next);
  }
}
