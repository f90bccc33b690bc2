package io.github.vqvae4j.benchmarks.libtorch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** The memory layout of images and weights. */
public enum Layout {
  /** libtorch's default, NCHW. */
  CONTIGUOUS(MemoryFormat.Contiguous),
  /** NHWC. */
  CHANNELS_LAST(MemoryFormat.ChannelsLast);

  private final MemoryFormat format;

  Layout(MemoryFormat format) {
    this.format = format;
  }

  /**
   * Converts a tensor to this layout.
   *
   * @param tensor the tensor [n, c, h, w]
   * @return the same tensor if it already has this layout, otherwise a copy
   */
  Tensor convert(Tensor tensor) {
    return tensor.contiguous(format);
  }
}
