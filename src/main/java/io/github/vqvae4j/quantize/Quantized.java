package io.github.vqvae4j.quantize;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * The result of quantizing a batch of latents.
 *
 * @param quantized the quantized latents [.., D]: the selected codebook vectors, with a
 *     straight-through gradient to the input
 * @param codes the selected codes, an INT tensor with the shape of the input without the last axis;
 *     if there are several {@linkplain Quantizer#codebooks codebooks}, [.., codebooks], in the
 *     order of {@link Codes#values}
 * @param terms the loss terms of the quantizer
 * @param usage the usage of each codebook in this batch, in the order of {@link
 *     Quantizer#codebooks}
 */
public record Quantized(
    Tensor quantized, Tensor codes, List<LossTerm> terms, List<CodeUsage> usage) {}
