/**
 * Encoders and decoders, the parts that models are built from.
 *
 * <p>Images use {@link io.github.vqvae4j.model.blocks.ConvEncoder}, {@link
 * io.github.vqvae4j.model.blocks.ConvVectorEncoder}, {@link
 * io.github.vqvae4j.model.blocks.StridedEncoder} or {@link
 * io.github.vqvae4j.model.blocks.DenseEncoder}; series use {@link
 * io.github.vqvae4j.model.blocks.SeriesEncoder}. Each has a matching decoder. Custom ones extend
 * {@link io.github.vqvae4j.model.blocks.Encoder} and {@link
 * io.github.vqvae4j.model.blocks.Decoder}.
 */
package io.github.vqvae4j.model.blocks;
