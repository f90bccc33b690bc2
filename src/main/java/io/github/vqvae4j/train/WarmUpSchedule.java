package io.github.vqvae4j.train;

/** {@link Schedule#warmUp}. */
record WarmUpSchedule() implements Schedule {
  @Override
  public double factor(long step, long steps) {
    return Math.min(1, (double) step / steps);
  }

  @Override
  public String toString() {
    return "warmUp";
  }
}
