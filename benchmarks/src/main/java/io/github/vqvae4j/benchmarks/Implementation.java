package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.image.Dataset;
import java.util.function.DoublePredicate;

/** An implementation of the model {@code sonnet-cifar10}. */
public interface Implementation extends AutoCloseable {
  /** The seed of the order of the training images. */
  long SHUFFLE_SEED = 1;

  /**
   * Trains the model.
   *
   * @param images the training images; all implementations shuffle them in the same order
   * @param batch the batch size
   * @param shouldContinue called with the loss of each step; returns whether to run another step
   */
  void train(Dataset images, int batch, DoublePredicate shouldContinue);

  /**
   * Prepares the reconstruction of images. Input and output are arrays on the Java heap.
   *
   * @param batch the batch size
   * @return a task that reconstructs one batch
   */
  Runnable reconstruction(int batch);

  /**
   * Prepares the encoding of images. Input and output are arrays on the Java heap.
   *
   * @param batch the batch size
   * @return a task that encodes one batch
   */
  Runnable encoding(int batch);

  /**
   * Prepares the decoding of codes. Input and output are arrays on the Java heap.
   *
   * @param batch the batch size
   * @return a task that decodes one batch
   */
  Runnable decoding(int batch);

  @Override
  void close();
}
