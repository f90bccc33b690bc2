package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.Variable;

/** Numbers outside any step, so that a step takes them without a copy. */
final class Held extends Variable {
  /** Random numbers from -0.5 to 0.5. */
  Held(long... shape) {
    super(true, NativeArray.randomFloats(shape), shape);
  }
}
