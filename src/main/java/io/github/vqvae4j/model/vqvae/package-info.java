/**
 * Models with a codebook. Start with {@link io.github.vqvae4j.model.vqvae.VqVae}; {@link
 * io.github.vqvae4j.model.vqvae.VqVaePresets} contains published models.
 */
package io.github.vqvae4j.model.vqvae;
