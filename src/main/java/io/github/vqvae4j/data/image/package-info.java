/**
 * Datasets of images, image files and folders, and augmentation.
 *
 * <p>Images are {@code float} arrays [count, height, width, channels], row-major with the channels
 * last; 0 is black and 1 is white. Where to start:
 *
 * <ul>
 *   <li>{@link io.github.vqvae4j.data.image.Dataset} is the interface of training and evaluation
 *       data. {@link io.github.vqvae4j.data.image.ImageFolder} is a folder of image files, and
 *       {@link io.github.vqvae4j.data.datasets} has well-known datasets.
 *   <li>{@link io.github.vqvae4j.data.image.Images} holds images in memory, and reads and writes
 *       image files; {@link io.github.vqvae4j.data.image.ImageGrid} writes many with labels.
 *   <li>{@link io.github.vqvae4j.data.image.Augmentation} describes how images are randomly
 *       augmented.
 * </ul>
 */
package io.github.vqvae4j.data.image;
