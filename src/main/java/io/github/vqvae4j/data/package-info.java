/**
 * Data sets, image files, sounds and tables, downloads and batches, all of them heap arrays.
 *
 * <p>Images are {@code float} arrays [count, height, width, channels], row-major with the channels
 * last, black 0 and white 1. A {@link io.github.vqvae4j.data.Dataset} gives single images, {@link
 * io.github.vqvae4j.data.Batches} makes batches of them ahead of use, and {@link
 * io.github.vqvae4j.data.Images} is what comes from and goes into image files. A {@link
 * io.github.vqvae4j.data.Series} is cut into windows, which are images of height 1: [count, 1,
 * time, channels].
 */
package io.github.vqvae4j.data;
