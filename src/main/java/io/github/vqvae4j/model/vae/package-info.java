/**
 * Models with continuous latents: {@link io.github.vqvae4j.model.vae.Vae}, whose latents have a
 * distribution, and {@link io.github.vqvae4j.model.vae.Autoencoder}.
 */
package io.github.vqvae4j.model.vae;
