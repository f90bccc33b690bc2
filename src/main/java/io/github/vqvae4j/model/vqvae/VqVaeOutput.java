package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.tensor.Tensor;

/**
 * The output of a {@link VqVae} for a batch of images. Target and reconstruction are centered:
 * pixel values minus 0.5.
 *
 * @param target the input images, [b, h, w, channels]
 * @param reconstruction the decoder output, of the same shape
 * @param quantized the codes, loss terms and code usage
 */
public record VqVaeOutput(Tensor target, Tensor reconstruction, Quantized quantized) {}
