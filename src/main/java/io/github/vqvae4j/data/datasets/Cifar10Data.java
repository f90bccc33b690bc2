package io.github.vqvae4j.data.datasets;

import io.github.vqvae4j.data.image.Dataset;
import java.util.List;

/**
 * The training and test images of CIFAR-10.
 *
 * @param train the images of the training batches that were found, in order
 * @param test the images of the test batch
 * @param labelNames the names of the labels 0..9, unmodifiable
 */
public record Cifar10Data(Dataset train, Dataset test, List<String> labelNames) {
  /**
   * Creates the record.
   *
   * @param train the training images
   * @param test the test images
   * @param labelNames the names of the labels, copied
   */
  public Cifar10Data {
    labelNames = List.copyOf(labelNames);
  }
}
