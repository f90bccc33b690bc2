package io.github.vqvae4j.data.datasets;

import io.github.vqvae4j.data.image.Dataset;

/**
 * The training and test images of MNIST or a dataset of the same format.
 *
 * @param train the training images (60,000 of 28 x 28 pixels in MNIST)
 * @param test the test images (10,000 in MNIST)
 */
public record MnistData(Dataset train, Dataset test) {}
