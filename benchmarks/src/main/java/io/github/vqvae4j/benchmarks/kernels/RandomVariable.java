package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.Variable;

/** A variable with random values, which steps use without copying. */
final class RandomVariable extends Variable {
  /** Creates a variable with uniform values between -0.5 and 0.5. */
  RandomVariable(long... shape) {
    super(true, NativeArray.randomFloats(shape), shape);
  }
}
