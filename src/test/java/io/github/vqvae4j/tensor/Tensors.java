package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;

/** Makes tensors for tests. */
final class Tensors {
  private Tensors() {}

  static Tensor of(Step step, DType dtype, NdArray numbers) {
    return dtype == DType.DOUBLE
        ? step.tensor(numbers.values(), numbers.shape())
        : step.tensor(floats(numbers.values()), numbers.shape());
  }

  static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Standard normal numbers. */
  static float[] gaussians(Rng rng, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) rng.nextGaussian();
    }
    return floats;
  }

  /** Rows of a table by their indices. */
  static Tensor embedded(Tensor table, int... indices) {
    return table.embedding(table.step().tensor(indices, indices.length));
  }
}
