package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.tensor.Tensor;

/** A layer that looks at the whole image: the difference from the mean of each channel. */
public final class ImageMean extends Layer {
  /** Creates the layer. */
  public ImageMean() {}

  @Override
  protected Tensor compute(Tensor x) {
    return x.sub(x.mean(true, 1, 2));
  }
}
