package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.Dataset;
import java.util.function.DoublePredicate;

/** Somebody who can do the work: the model {@code sonnet-cifar10}, ready to run. */
public interface Contestant extends AutoCloseable {
  /** Seed of the order of the training images. */
  long SHUFFLE = 1;

  /**
   * Trains.
   *
   * @param images shuffled in the same order by everybody
   * @param batch images in a step
   * @param goesOn is told the loss of each step, and whether there shall be another one
   */
  void train(Dataset images, int batch, DoublePredicate goesOn);

  /**
   * Prepares the reconstruction of images that lie in Java's heap, and come back there.
   *
   * @param batch images at once
   * @return reconstructs them once
   */
  Runnable reconstruction(int batch);

  /**
   * Prepares the encoding of images that lie in Java's heap.
   *
   * @param batch images at once
   * @return computes their codes once, into Java's heap
   */
  Runnable encoding(int batch);

  /**
   * Prepares the decoding of codes that lie in Java's heap.
   *
   * @param batch code maps at once
   * @return computes their images once, into Java's heap
   */
  Runnable decoding(int batch);

  @Override
  void close();
}
