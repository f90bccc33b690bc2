package io.github.vqvae4j.model;

import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.tensor.Tensor;

/**
 * What a {@link VqVae} computes for a batch of images. Both image tensors are centred: 0.5 less
 * than the pixel values.
 *
 * @param target the images themselves, [b, h, w, channels]
 * @param reconstruction what came back from the codes, of the same shape
 * @param quantized codes, loss terms and usage
 */
public record VqVaeOutput(Tensor target, Tensor reconstruction, Quantized quantized) {}
