package io.github.vqvae4j.data;

/**
 * The two parts of MNIST or a set like it.
 *
 * @param train the images to train on (60,000 of 28 by 28 in MNIST)
 * @param test the images to test with (10,000 in MNIST)
 */
public record MnistData(Dataset train, Dataset test) {}
