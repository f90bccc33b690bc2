package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.Variable;
import java.util.SplittableRandom;

/** Numbers outside any step, so that a step takes them without a copy. */
final class Held extends Variable {
  /** Random numbers from -0.5 to 0.5. */
  Held(long... shape) {
    super(true, random(shape), shape);
  }

  private static float[] random(long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size = Math.multiplyExact(size, Math.toIntExact(dimension));
    }
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return values;
  }
}
