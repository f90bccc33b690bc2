package io.github.vqvae4j.train;

/** {@link Schedule#then}. */
record SequentialSchedule(Schedule first, long lastStep, Schedule next) implements Schedule {
  SequentialSchedule {
    if (lastStep < 1) {
      throw new IllegalArgumentException(
          "Schedule.then: expected a last step of at least 1, got " + lastStep + ".");
    }
  }

  @Override
  public double factor(long step, long steps) {
    return step <= lastStep
        ? first.factor(step, lastStep)
        : next.factor(step - lastStep, Math.max(1, steps - lastStep));
  }

  @Override
  public String toString() {
    return first + " until step " + lastStep + ", then " + next;
  }
}
