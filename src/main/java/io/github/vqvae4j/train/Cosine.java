package io.github.vqvae4j.train;

/** {@link Schedule#cosine}. */
record Cosine(double least) implements Schedule {
  Cosine {
    if (!(least >= 0 && least <= 1)) {
      throw new IllegalArgumentException(
          "Schedule.cosine: expected a least factor from 0 to 1, got " + least + ".");
    }
  }

  @Override
  public double factor(long step, long steps) {
    double share = Math.min(1, (step - 1.0) / steps);
    return least + (1 - least) * (1 + Math.cos(Math.PI * share)) / 2;
  }

  @Override
  public String toString() {
    return "cosine(" + least + ")";
  }
}
