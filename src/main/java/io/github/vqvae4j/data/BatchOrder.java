package io.github.vqvae4j.data;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;

/** Which images make up which batch. Used by one thread only. */
interface BatchOrder {

  /** The images of batch {@code number}, counted from 0, or null if there is no such batch. */
  int[] batch(long number);

  /** The epoch that batch {@code number} is part of, counted from 0, or -1 if there are none. */
  default long epoch(long number) {
    return -1;
  }

  /** One pass from first to last; the last batch takes what is left. */
  static BatchOrder inOrder(int size, int batch) {
    return number -> {
      if (number >= (size + (long) batch - 1) / batch) {
        return null;
      }
      int from = (int) (number * batch);
      int[] indices = new int[Math.min(batch, size - from)];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = from + i;
      }
      return indices;
    };
  }

  /**
   * Endless epochs, each in an order of its own that depends on the seed and the epoch's number
   * alone: so a batch's number is all that is needed to go on from it. What is left of an epoch
   * after its last whole batch is dropped.
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
          order = permutation(size, Rng.at(seed, RngStream.ORDER, epoch));
        }
        int from = (int) (number % perEpoch) * batch;
        int[] indices = new int[batch];
        System.arraycopy(order, from, indices, 0, batch);
        return indices;
      }

      @Override
      public long epoch(long number) {
        return number / perEpoch;
      }
    };
  }

  /** All numbers below {@code size}, every order equally likely (Fisher and Yates). */
  static int[] permutation(int size, Rng rng) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = rng.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
