package io.github.vqvae4j.random;

/**
 * Where the random numbers of one pass come from: each is a function of (seed, step, draw, place of
 * the example in the whole batch, element), whatever was drawn before.
 *
 * <p>A batch may therefore be computed as one, in parts by several workers, or accumulated: a part
 * whose first example is number f of the whole batch has {@code firstExample} f, and each example
 * gets the same numbers as in the whole. A run that goes on at a step draws what it would have
 * drawn. A draw is one random operation of the pass; operations are numbered in the order in which
 * the pass comes to them. Elements are what a generator gives one after another.
 *
 * @param seed any number
 * @param step the training step, from 0
 * @param firstExample the place in the whole batch, from 0, of the first example of this pass
 */
public record RngKey(long seed, long step, long firstExample) {

  /**
   * Creates a key.
   *
   * @throws IllegalArgumentException if step or firstExample is negative
   */
  public RngKey {
    if (step < 0 || firstExample < 0) {
      throw new IllegalArgumentException(
          "RngKey: expected step and firstExample of 0 or more, got step "
              + step
              + " and firstExample "
              + firstExample
              + ": count both from 0.");
    }
  }

  /**
   * Returns a new generator for one example: {@code Rng.at(seed, step, draw, firstExample + i)}.
   *
   * @param draw the number of the draw in the pass
   * @param i the example's place in this pass, from 0
   * @return a generator of its own
   */
  public Rng example(long draw, long i) {
    return Rng.at(seed, step, draw, firstExample + i);
  }

  /**
   * Returns a new generator for what all examples share: {@code Rng.at(seed, step, draw)}. Every
   * part of a batch gets the same numbers, and no example has them.
   *
   * @param draw the number of the draw in the pass
   * @return a generator of its own
   */
  public Rng shared(long draw) {
    return Rng.at(seed, step, draw);
  }
}
