package io.github.vqvae4j.benchmarks.libtorch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** How images and weights lie in memory. */
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
   * A tensor in this layout.
   *
   * @param tensor logically [n, c, h, w]
   * @return the tensor itself if it lies so already, else a copy
   */
  Tensor of(Tensor tensor) {
    return tensor.contiguous(format);
  }
}
