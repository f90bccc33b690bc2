/**
 * Quantizers, which map continuous latents to discrete codes, and the codes themselves.
 *
 * <p>Start with {@link io.github.vqvae4j.quantize.VectorQuantizer}, the quantizer of VQ-VAE: its
 * documentation states the paper's equations, and {@link
 * io.github.vqvae4j.quantize.VectorQuantizerConfig} documents all settings. {@link
 * io.github.vqvae4j.quantize.FiniteScalarQuantizer} and {@link
 * io.github.vqvae4j.quantize.LookupFreeQuantizer} need no codebook, {@link
 * io.github.vqvae4j.quantize.LatentQuantizer} learns a few values for each dimension, {@link
 * io.github.vqvae4j.quantize.SimVectorQuantizer} learns a linear map of one, and {@link
 * io.github.vqvae4j.quantize.IndexBackpropagationQuantizer} trains all its codes in each step.
 * {@link io.github.vqvae4j.quantize.GroupedQuantizer}, {@link
 * io.github.vqvae4j.quantize.ResidualQuantizer} and {@link
 * io.github.vqvae4j.quantize.ProjectedQuantizer} combine others. {@link
 * io.github.vqvae4j.quantize.Quantizer} is the base class of custom quantizers. {@link
 * io.github.vqvae4j.quantize.Codes} are the codes of a batch of images, which can be saved, sliced
 * and decoded; {@link io.github.vqvae4j.quantize.Codebooks} describes the codebooks that they
 * index.
 *
 * <p>{@link io.github.vqvae4j.quantize.KMeans} initializes codebooks and is also useful on its own,
 * for example to compute color palettes. This package depends on {@code nn}, {@code tensor}, {@code
 * metrics}, {@code data}, {@code io}, {@code config}, {@code random} and {@code memory}.
 */
package io.github.vqvae4j.quantize;
