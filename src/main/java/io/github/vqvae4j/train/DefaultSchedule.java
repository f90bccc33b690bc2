package io.github.vqvae4j.train;

/**
 * The schedule of a trainer's default optimizer: a linear warm-up over 100 steps, in short runs
 * over a tenth of the steps, a constant rate, and cosine annealing to a tenth of it in the last
 * fifth of the steps. Annealing from the start ends the improvement of short runs too early.
 */
record DefaultSchedule() implements Schedule {
  private static final int WARM_UP = 100;
  private static final double MIN = 0.1;

  @Override
  public double factor(long step, long steps) {
    long warmUp = Math.max(1, Math.min(WARM_UP, steps / 10));
    long constant = Math.max(1, steps - steps / 5 - warmUp);
    return Schedule.warmUp()
        .then(warmUp, Schedule.constant().then(constant, Schedule.cosine(MIN)))
        .factor(step, steps);
  }

  @Override
  public String toString() {
    return "warm-up, constant, cosine(" + MIN + ")";
  }
}
