/**
 * Priors: distributions of code maps, whose samples decode to new images. {@link
 * io.github.vqvae4j.prior.Prior} is what all priors have in common, {@link
 * io.github.vqvae4j.prior.PixelCnn} is the gated PixelCNN, and {@link
 * io.github.vqvae4j.prior.Sampling} is how codes are drawn.
 */
package io.github.vqvae4j.prior;
