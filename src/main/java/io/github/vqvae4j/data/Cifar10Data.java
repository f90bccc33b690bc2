package io.github.vqvae4j.data;

import java.util.List;

/**
 * The two parts of CIFAR-10.
 *
 * @param train the images of the training batches that were found, in their order
 * @param test the images of the test batch
 * @param labelNames the names of the labels 0..9, unmodifiable
 */
public record Cifar10Data(Dataset train, Dataset test, List<String> labelNames) {
  /**
   * CIFAR-10 of these parts.
   *
   * @param train the images to train on
   * @param test the images to test with
   * @param labelNames the names of the labels, copied
   */
  public Cifar10Data {
    labelNames = List.copyOf(labelNames);
  }
}
