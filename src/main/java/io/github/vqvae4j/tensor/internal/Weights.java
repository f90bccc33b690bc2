package io.github.vqvae4j.tensor.internal;

import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution's weights where they lie, or what was made of them.
 *
 * @param data the numbers
 * @param stamp names them, see {@link Stamps}
 */
record Weights(Pointer data, long stamp) {
  Weights {
    if (stamp == 0) {
      throw new IllegalArgumentException("Weights: expected a stamp, got none.");
    }
  }

  static Weights of(INDArray array, long stamp) {
    return new Weights(array.data().pointer(), stamp);
  }
}
