package io.github.vqvae4j.tensor.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The group structure of a normalization. In images [images, pixels, channels], all pixels of one
 * image and the channels of one group are normalized together. Groups are contiguous and of equal
 * size.
 */
record ChannelGroups(int images, int pixels, int channels, int groups) {
  /**
   * Returns the groups of an array.
   *
   * @param x the images, [images, pixels, channels]
   * @param mean the means, [images, groups]
   */
  static ChannelGroups of(INDArray x, INDArray mean) {
    return new ChannelGroups(
        Math.toIntExact(x.size(0)),
        Math.toIntExact(x.size(1)),
        Math.toIntExact(x.size(2)),
        Math.toIntExact(mean.size(1)));
  }

  /** Returns the number of channels in a group. */
  int channelsPerGroup() {
    return channels / groups;
  }

  /** Returns the number of elements that are normalized together. */
  long elementsPerGroup() {
    return (long) pixels * channelsPerGroup();
  }

  /** Returns the number of means. */
  int meanCount() {
    return Math.multiplyExact(images, groups);
  }
}
