/**
 * Datasets, image files, audio files, CSV tables, downloads and batches. All data is held in Java
 * arrays on the heap; nothing in this package uses ND4J.
 *
 * <p>Images are {@code float} arrays [count, height, width, channels], row-major with the channels
 * last; 0 is black and 1 is white. Where to start:
 *
 * <ul>
 *   <li>{@link io.github.vqvae4j.data.Dataset} is the interface of training and evaluation data.
 *       {@link io.github.vqvae4j.data.Mnist}, {@link io.github.vqvae4j.data.FashionMnist}, {@link
 *       io.github.vqvae4j.data.Cifar10} and {@link io.github.vqvae4j.data.ImageFolder} provide
 *       datasets.
 *   <li>{@link io.github.vqvae4j.data.Images} holds images in memory, and reads and writes image
 *       files.
 *   <li>{@link io.github.vqvae4j.data.Batches} loads shuffled batches in a background thread;
 *       {@link io.github.vqvae4j.data.Augmentation} describes how images are randomly augmented.
 *   <li>{@link io.github.vqvae4j.data.CsvSeries} and {@link io.github.vqvae4j.data.WavFiles} read
 *       {@link io.github.vqvae4j.data.Series}. The windows of a series are images of height 1,
 *       [count, 1, time, channels].
 * </ul>
 */
package io.github.vqvae4j.data;
