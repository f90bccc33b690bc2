package io.github.vqvae4j.train;

import java.util.List;

/** {@link Schedule#multiStep}. */
record MultiStepSchedule(double factor, List<Long> milestones) implements Schedule {
  MultiStepSchedule {
    boolean valid = factor > 0 && factor < 1 && !milestones.isEmpty() && milestones.get(0) >= 1;
    for (int i = 1; i < milestones.size(); i++) {
      valid &= milestones.get(i) > milestones.get(i - 1);
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "Schedule.multiStep: expected a factor in (0, 1) and one or more increasing steps of at"
              + " least 1, got factor "
              + factor
              + " and steps "
              + milestones
              + ".");
    }
  }

  @Override
  public double factor(long step, long steps) {
    return Math.pow(factor, milestones.stream().filter(last -> step > last).count());
  }

  @Override
  public String toString() {
    return "multiStep(" + factor + ", after " + milestones + ")";
  }
}
