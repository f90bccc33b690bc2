/**
 * Color palettes: {@link io.github.vqvae4j.palette.ImagePalette} applies vector quantization in
 * color space, without a neural network.
 */
package io.github.vqvae4j.palette;
