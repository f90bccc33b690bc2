/**
 * What the models share: models that reconstruct images or windows of series.
 *
 * <p>{@link io.github.vqvae4j.model.ImageModel} is a {@link io.github.vqvae4j.train.Trainable} of
 * images: it defines the loss on a batch, reconstructions, settings and files. Models are in {@code
 * model.vqvae} (start with {@code VqVae}) and {@code model.vae} ({@code Vae} and {@code
 * Autoencoder}, whose latents are continuous: {@link io.github.vqvae4j.model.Latents}). They are
 * built from the encoders and decoders of {@code model.blocks}. What is done with a trained model
 * is in packages of its own, such as {@code anomaly}.
 *
 * <p>The package depends on {@code config}, {@code data}, {@code io}, {@code memory}, {@code
 * metrics}, {@code nn}, {@code quantize}, {@code random}, {@code tensor} and {@code train}.
 */
package io.github.vqvae4j.model;
