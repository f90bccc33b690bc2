package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;

/** Creates tensors for tests. */
final class Tensors {
  private Tensors() {}

  static Tensor of(Step step, DType dtype, NdArray array) {
    return dtype == DType.DOUBLE
        ? step.tensor(array.values(), array.shape())
        : step.tensor(floats(array.values()), array.shape());
  }

  static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Samples from the standard normal distribution. */
  static float[] gaussians(Rng rng, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) rng.nextGaussian();
    }
    return floats;
  }

  /** Looks up rows of a table. */
  static Tensor embedded(Tensor table, int... indices) {
    return table.embedding(table.step().tensor(indices, indices.length));
  }
}
