/**
 * Color palettes: {@link io.github.vqvae4j.palette.ImagePalette} applies vector quantization in
 * color space, without a neural network.
 *
 * <p>The package depends on {@code data}, {@code memory}, {@code metrics}, {@code model}, {@code
 * quantize}, {@code random} and {@code tensor}.
 */
package io.github.vqvae4j.palette;
