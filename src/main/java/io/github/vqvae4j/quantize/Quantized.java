package io.github.vqvae4j.quantize;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * What a quantizer makes of a batch of vectors.
 *
 * @param quantized the shape of the input [.., D]; its value is the chosen codebook vectors, its
 *     gradient goes straight through to the input
 * @param codes the chosen codes, in INT, of the input's shape without the last axis; where there
 *     are several {@linkplain Quantizer#codebooks codebooks}, [.., codebooks], as {@link Codes}
 *     order them
 * @param terms what the quantizer adds to the loss
 * @param usage how often each code was chosen
 */
public record Quantized(Tensor quantized, Tensor codes, List<LossTerm> terms, CodeUsage usage) {}
