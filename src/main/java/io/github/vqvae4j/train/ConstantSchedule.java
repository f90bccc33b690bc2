package io.github.vqvae4j.train;

/** {@link Schedule#constant}. */
record ConstantSchedule() implements Schedule {
  @Override
  public double factor(long step, long steps) {
    return 1;
  }

  @Override
  public String toString() {
    return "constant";
  }
}
