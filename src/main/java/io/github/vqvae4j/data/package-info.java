/**
 * Training and evaluation data of any kind: {@link io.github.vqvae4j.data.Source}, examples that
 * are read in batches, {@link io.github.vqvae4j.data.BatchStream}, and {@link
 * io.github.vqvae4j.data.Batches}, which loads batches ahead in background threads. The data itself
 * is in the packages below this one:
 *
 * <ul>
 *   <li>{@link io.github.vqvae4j.data.image}: datasets of images, image files and folders,
 *       augmentation. {@link io.github.vqvae4j.data.image.Dataset} is a source of images.
 *   <li>{@link io.github.vqvae4j.data.series}: time series, audio files and CSV tables. The windows
 *       of a series are images of height 1, [count, 1, time, channels].
 *   <li>{@link io.github.vqvae4j.data.datasets}: MNIST, Fashion-MNIST and CIFAR-10, and their
 *       download.
 * </ul>
 *
 * <p>All data is held in Java arrays on the heap.
 */
package io.github.vqvae4j.data;
