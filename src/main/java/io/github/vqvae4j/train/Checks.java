package io.github.vqvae4j.train;

/** Checks of arguments. */
final class Checks {
  private Checks() {}

  /** Checks a number of steps or of other things. */
  static void atLeastOne(String setting, long count, String unit) {
    if (count < 1) {
      throw new IllegalArgumentException(
          setting + ": expected at least 1 " + unit + ", got " + count + ".");
    }
  }

  /** Checks the maximum norm of gradients. */
  static void maxNorm(String setting, double maxNorm) {
    if (!(maxNorm > 0 && maxNorm <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          setting + ": expected a finite norm above 0, got " + maxNorm + ".");
    }
  }

  /** Checks the decay of averages. */
  static void averageDecay(String setting, double decay) {
    if (!(decay > 0 && decay < 1)) {
      throw new IllegalArgumentException(
          setting + ": expected a decay above 0 and below 1, got " + decay + ".");
    }
  }

  /**
   * Checks the learning rate and weight decay of an update.
   *
   * @throws IllegalArgumentException as described in {@link Optimizer#update}
   */
  static void rates(double learningRate, double weightDecay) {
    if (!(learningRate >= 0 && learningRate <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "Optimizer: expected a learning rate of at least 0 that a float can represent, got "
              + learningRate
              + ". Check the schedule's factors.");
    }
    if (!(weightDecay >= 0 && learningRate * weightDecay <= 1)) {
      throw new IllegalArgumentException(
          "Optimizer: expected a weight decay of at least 0 and a learning rate of at most "
              + 1 / weightDecay
              + " (1 / weight decay), got learning rate "
              + learningRate
              + " and weight decay "
              + weightDecay
              + ". Use a smaller learning rate, smaller schedule factors or a smaller weight decay.");
    }
  }
}
