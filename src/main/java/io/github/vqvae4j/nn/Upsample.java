package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;

/** Nearest-neighbor upsampling: [b, h, w, c] to [b, h factor, w factor, c]. */
public final class Upsample extends Layer {
  private final int factor;

  /**
   * Creates a layer.
   *
   * @param factor the scale factor along both axes, at least 1
   */
  public Upsample(int factor) {
    if (factor < 1) {
      throw new IllegalArgumentException(
          "Upsample: expected a factor of at least 1, got " + factor + ".");
    }
    this.factor = factor;
  }

  @Override
  protected Tensor compute(Tensor images) {
    return images.upsample(factor);
  }
}
