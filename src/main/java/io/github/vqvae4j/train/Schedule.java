package io.github.vqvae4j.train;

import java.util.Arrays;

/**
 * A learning rate schedule: a factor for each training step, by which the optimizer's base learning
 * rate is multiplied.
 *
 * <pre>{@code
 * // Linear warm-up over 500 steps, then cosine annealing to 1% of the base learning rate.
 * Schedule schedule = Schedule.warmUp().then(500, Schedule.cosine(0.01));
 * Trainer.of(model).schedule(schedule).steps(10_000).fit(images);
 * }</pre>
 */
@FunctionalInterface
public interface Schedule {
  /**
   * Returns the factor of a step.
   *
   * @param step the step, counted from 1
   * @param steps the total number of steps, at least 1
   * @return the factor, at least 0
   */
  double factor(long step, long steps);

  /**
   * Returns a constant schedule, with a factor of 1 for every step.
   *
   * @return the schedule
   */
  static Schedule constant() {
    return new ConstantSchedule();
  }

  /**
   * Returns a linear warm-up with factor {@code step / steps}, at most 1. It is usually followed by
   * another schedule; see {@link #then}.
   *
   * @return the schedule
   */
  static Schedule warmUp() {
    return new WarmUpSchedule();
  }

  /**
   * Returns a cosine annealing schedule (Loshchilov and Hutter 2017, equation 5, without restarts),
   * equivalent to PyTorch's {@code CosineAnnealingLR} over all steps. The factor is {@code min + (1
   * - min) (1 + cos(pi (step - 1) / steps)) / 2}: 1 in the first step, and {@code min} in any step
   * after the last.
   *
   * @param min the minimum factor, from 0 to 1
   * @return the schedule
   * @throws IllegalArgumentException if {@code min} is out of range
   */
  static Schedule cosine(double min) {
    return new CosineSchedule(min);
  }

  /**
   * Returns a schedule that multiplies the factor by a constant after each milestone, equivalent to
   * PyTorch's {@code MultiStepLR}: {@code factor^n} after n milestones.
   *
   * @param factor the decay factor, above 0 and below 1
   * @param milestones the last step before each decay, in increasing order
   * @return the schedule
   * @throws IllegalArgumentException if the factor is out of range, a milestone is below 1, or the
   *     milestones are not increasing
   */
  static Schedule multiStep(double factor, long... milestones) {
    return new MultiStepSchedule(factor, Arrays.stream(milestones).boxed().toList());
  }

  /**
   * Returns a schedule that uses this schedule up to a step and another one afterwards, similar to
   * PyTorch's {@code SequentialLR}. Each schedule receives its own steps, counted from 1, and its
   * own number of steps.
   *
   * @param lastStep the last step of this schedule, at least 1
   * @param next the schedule after that step
   * @return the combined schedule
   * @throws IllegalArgumentException if {@code lastStep} is less than 1
   */
  default Schedule then(long lastStep, Schedule next) {
    return new SequentialSchedule(this, lastStep, next);
  }
}
