/**
 * Data sets, image files and batches, all of them heap arrays.
 *
 * <p>Images are {@code float} arrays [count, height, width, channels], row-major with the channels
 * last, black 0 and white 1. A {@link io.github.vqvae4j.data.Dataset} gives single images, {@link
 * io.github.vqvae4j.data.Batches} makes batches of them ahead of use, and {@link
 * io.github.vqvae4j.data.Images} is what comes from and goes into image files.
 */
package io.github.vqvae4j.data;
