package io.github.vqvae4j.tensor.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is normalized together: of images [images, pixels, channels] all pixels of one image and the
 * channels of one group, of which each image has the same number, one after another.
 */
record ChannelGroups(int images, int pixels, int channels, int groups) {
  /**
   * The groups of an array.
   *
   * @param x [images, pixels, channels]
   * @param mean [images, groups]
   */
  static ChannelGroups of(INDArray x, INDArray mean) {
    return new ChannelGroups(
        Math.toIntExact(x.size(0)),
        Math.toIntExact(x.size(1)),
        Math.toIntExact(x.size(2)),
        Math.toIntExact(mean.size(1)));
  }

  /** The channels of a group. */
  int size() {
    return channels / groups;
  }

  /** The numbers that one mean is taken of. */
  long numbers() {
    return (long) pixels * size();
  }

  /** How many means there are. */
  int means() {
    return Math.multiplyExact(images, groups);
  }
}
