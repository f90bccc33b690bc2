package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/** Checks of the latents that a quantizer gets. */
final class LatentsCheck {
  private LatentsCheck() {}

  /** Throws unless the latents are [.., D]. */
  static void shape(Quantizer quantizer, Tensor latents) {
    if (latents.size(-1) != quantizer.dimension() || latents.rank() < 2) {
      throw new IllegalArgumentException(
          MessageText.name(quantizer.getClass())
              + ": expected latents [.., "
              + quantizer.dimension()
              + "], got "
              + Arrays.toString(latents.shape())
              + ". Give the encoder's last layer as many output channels, or project the latents:"
              + " ProjectedQuantizer.of("
              + latents.size(-1)
              + ", ..).");
    }
  }

  /** Throws if a latent is NaN or infinite. */
  static void finite(Layer quantizer, Tensor latents) {
    long index = NonFinite.index(latents);
    if (index >= 0) {
      throw new NonFiniteException(
          MessageText.name(quantizer.getClass()),
          "row "
              + index / latents.size(-1)
              + ", column "
              + index % latents.size(-1)
              + " of the latents",
          latents.toDoubles()[Math.toIntExact(index)],
          "training may have diverged: reduce the learning rate or clip the gradients");
    }
  }
}
