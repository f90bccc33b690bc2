package io.github.vqvae4j.train;

/** {@link Schedule#cosine}. */
record CosineSchedule(double min) implements Schedule {
  CosineSchedule {
    if (!(min >= 0 && min <= 1)) {
      throw new IllegalArgumentException(
          "Schedule.cosine: expected a minimum factor in [0, 1], got " + min + ".");
    }
  }

  @Override
  public double factor(long step, long steps) {
    double progress = Math.min(1, (step - 1.0) / steps);
    return min + (1 - min) * (1 + Math.cos(Math.PI * progress)) / 2;
  }

  @Override
  public String toString() {
    return "cosine(" + min + ")";
  }
}
