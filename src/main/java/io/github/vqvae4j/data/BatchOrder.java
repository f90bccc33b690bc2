package io.github.vqvae4j.data;

import io.github.vqvae4j.data.internal.Permutation;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;

/** The indices of the images of each batch. Not thread-safe. */
interface BatchOrder {

  /**
   * Returns the indices of the images of batch {@code number}, counted from 0, or null after the
   * last batch.
   */
  int[] batch(long number);

  /** Returns the epoch of batch {@code number}, counted from 0, or -1 if there are no epochs. */
  default long epoch(long number) {
    return -1;
  }

  /** Returns the batches of one pass in order; the last batch may be smaller. */
  static BatchOrder inOrder(int size, int batch) {
    return number -> {
      if (number >= (size + (long) batch - 1) / batch) {
        return null;
      }
      int start = (int) (number * batch);
      int[] indices = new int[Math.min(batch, size - start)];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = start + i;
      }
      return indices;
    };
  }

  /**
   * Returns the batches of an infinite sequence of epochs, each with its own order, which depends
   * only on the seed and the epoch: so the number of a batch suffices to resume from it. The
   * incomplete last batch of an epoch is dropped.
   */
  static BatchOrder shuffled(int size, int batch, long seed) {
    return new BatchOrder() {
      private final int perEpoch = size / batch;
      private long epoch = -1;
      private int[] order;

      @Override
      public int[] batch(long number) {
        if (epoch(number) != epoch) {
          epoch = epoch(number);
          order = Permutation.random(size, Rng.at(seed, RngStream.ORDER, epoch));
        }
        int start = (int) (number % perEpoch) * batch;
        int[] indices = new int[batch];
        System.arraycopy(order, start, indices, 0, batch);
        return indices;
      }

      @Override
      public long epoch(long number) {
        return number / perEpoch;
      }
    };
  }
}
