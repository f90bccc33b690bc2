package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Padding;
import io.github.vqvae4j.tensor.Tensor;

/** Padding of images: [b, h, w, c] to [b, top + h + bottom, left + w + right, c]. */
public final class Pad extends Layer {
  private final Padding padding;

  /**
   * Creates a layer.
   *
   * @param padding the number of pixels on each side and the padding mode
   */
  public Pad(Padding padding) {
    this.padding = padding;
  }

  @Override
  protected Tensor compute(Tensor images) {
    return images.pad(padding);
  }
}
