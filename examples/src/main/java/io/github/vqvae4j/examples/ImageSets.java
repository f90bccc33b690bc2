package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.datasets.Cifar10Data;
import io.github.vqvae4j.data.datasets.MnistData;
import io.github.vqvae4j.data.image.Dataset;

/**
 * The training and test images of an example.
 *
 * @param name the name to display
 * @param train the training images
 * @param test the held-out images
 */
record ImageSets(String name, Dataset train, Dataset test) {
  static ImageSets of(String name, MnistData data) {
    return new ImageSets(name, data.train(), data.test());
  }

  static ImageSets of(Cifar10Data data) {
    return new ImageSets("CIFAR-10", data.train(), data.test());
  }

  @Override
  public String toString() {
    return String.format(
        "%s: %d training and %d test images of %dx%d, %s",
        name,
        train.size(),
        test.size(),
        train.height(),
        train.width(),
        train.channels() == 1 ? "grayscale" : "color");
  }
}
