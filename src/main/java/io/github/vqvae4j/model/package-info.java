/**
 * Models that reconstruct images or windows of series, and applications of trained models.
 *
 * <p>Start with {@link io.github.vqvae4j.model.VqVae}; {@link io.github.vqvae4j.model.Vae} and
 * {@link io.github.vqvae4j.model.Autoencoder} have continuous latents ({@link
 * io.github.vqvae4j.model.Latents}). All three extend {@link io.github.vqvae4j.model.ImageModel},
 * which defines what {@code train.Trainer} and the run folder need: the loss on a batch,
 * reconstructions, settings and files. {@link io.github.vqvae4j.model.VqVaePresets} contains
 * published models.
 *
 * <p>A model is built from an {@link io.github.vqvae4j.model.Encoder} and a {@link
 * io.github.vqvae4j.model.Decoder}. Images use {@link io.github.vqvae4j.model.ConvEncoder}, {@link
 * io.github.vqvae4j.model.ConvVectorEncoder}, {@link io.github.vqvae4j.model.StridedEncoder} or
 * {@link io.github.vqvae4j.model.DenseEncoder}; series use {@link
 * io.github.vqvae4j.model.SeriesEncoder}. Each has a matching decoder. Custom ones extend the base
 * classes.
 *
 * <p>{@link io.github.vqvae4j.model.AnomalyDetector} detects images that a model represents poorly.
 * {@link io.github.vqvae4j.model.ImagePalette} applies vector quantization in color space, without
 * a neural network.
 *
 * <p>The package depends on {@code config}, {@code data}, {@code io}, {@code memory}, {@code
 * metrics}, {@code nn}, {@code quantize}, {@code random} and {@code tensor}.
 */
package io.github.vqvae4j.model;
