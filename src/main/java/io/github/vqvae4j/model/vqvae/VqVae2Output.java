package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * The output of a {@link VqVae2} for a batch of images. Target and reconstruction are centered:
 * pixel values minus 0.5.
 *
 * @param target the input images, [b, h, w, channels]
 * @param reconstruction the decoder output, of the same shape
 * @param levels the codes, loss terms and code usage of each level, the top first
 */
public record VqVae2Output(Tensor target, Tensor reconstruction, List<Quantized> levels) {
  /** Copies the list. */
  public VqVae2Output {
    levels = List.copyOf(levels);
  }
}
