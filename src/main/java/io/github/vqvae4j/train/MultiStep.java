package io.github.vqvae4j.train;

import java.util.List;

/** {@link Schedule#multiStep}. */
record MultiStep(double factor, List<Long> after) implements Schedule {
  MultiStep {
    boolean rising = factor > 0 && factor < 1 && !after.isEmpty() && after.get(0) >= 1;
    for (int i = 1; i < after.size(); i++) {
      rising &= after.get(i) > after.get(i - 1);
    }
    if (!rising) {
      throw new IllegalArgumentException(
          "Schedule.drops: expected a factor above 0 and below 1, and one or more rising steps from"
              + " 1, got factor "
              + factor
              + " and steps "
              + after
              + ".");
    }
  }

  @Override
  public double factor(long step, long steps) {
    return Math.pow(factor, after.stream().filter(last -> step > last).count());
  }

  @Override
  public String toString() {
    return "multiStep(" + factor + ", after " + after + ")";
  }
}
