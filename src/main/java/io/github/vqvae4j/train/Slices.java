package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Walks through a parameter and its gradient in slices that stay in the first-level cache: copied
 * to the heap, where plain loops become vector instructions, and back.
 */
final class Slices {
  private static final int LENGTH = 2048;

  /** Changes the first numbers of {@code values}, given the same numbers of the gradient. */
  interface Change {
    void apply(float[] values, float[] gradient, int offset, int length);
  }

  private final float[] values = new float[LENGTH];
  private final float[] gradients = new float[LENGTH];

  /** Updates a parameter, if it has a gradient. */
  void update(Parameter parameter, Step step, Change change) {
    Tensor gradient = step.gradient(parameter);
    if (gradient == null) {
      return;
    }
    int size = parameter.size();
    for (int offset = 0; offset < size; offset += LENGTH) {
      int length = Math.min(LENGTH, size - offset);
      parameter.read(offset, values, 0, length);
      gradient.read(offset, gradients, 0, length);
      change.apply(values, gradients, offset, length);
      parameter.write(offset, values, 0, length);
    }
  }
}
