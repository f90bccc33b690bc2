package io.github.vqvae4j.tensor.internal;

import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution's weights in off-heap memory, in their original or in a derived layout.
 *
 * @param data the values
 * @param stamp identifies the contents, see {@link VersionStamp}
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
