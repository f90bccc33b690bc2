package io.github.vqvae4j.random;

/**
 * The key of a pass's random numbers. Each random value is a function of (seed, step, draw, index
 * of the example in the full batch, element), independent of earlier draws.
 *
 * <p>A batch can therefore be computed at once, split among several workers, or processed in chunks
 * with gradient accumulation: a chunk whose first example has index f in the full batch uses {@code
 * firstExample} f, and each example gets the same random values as in the full batch. A resumed run
 * draws the same values as an uninterrupted one. A draw is one random operation of the pass; draws
 * are numbered in execution order. Elements are successive values of a generator.
 *
 * <pre>{@code
 * RngKey key = new RngKey(42, 1000, 0);
 * float[] noise = new float[64];
 * key.example(0, 3).fillUniform(noise, 0, noise.length);
 * }</pre>
 *
 * @param seed the seed; any value
 * @param step the training step, from 0
 * @param firstExample the index in the full batch, from 0, of this pass's first example
 */
public record RngKey(long seed, long step, long firstExample) {

  /**
   * Creates a key after checking its components.
   *
   * @throws IllegalArgumentException if {@code step} or {@code firstExample} is negative
   */
  public RngKey {
    if (step < 0 || firstExample < 0) {
      throw new IllegalArgumentException(
          "RngKey: expected step and firstExample to be at least 0, got step "
              + step
              + " and firstExample "
              + firstExample
              + ". Count both from 0.");
    }
  }

  /**
   * Returns a new generator for one example: {@code Rng.at(seed, step, draw, firstExample + i)}.
   *
   * @param draw the index of the draw within the pass
   * @param i the example's index within this pass, from 0
   * @return a new generator
   */
  public Rng example(long draw, long i) {
    return Rng.at(seed, step, draw, firstExample + i);
  }

  /**
   * Returns a new generator for values shared by all examples: {@code Rng.at(seed, step, draw)}.
   * All chunks of a batch get the same values, which differ from those of every example.
   *
   * @param draw the index of the draw within the pass
   * @return a new generator
   */
  public Rng shared(long draw) {
    return Rng.at(seed, step, draw);
  }
}
