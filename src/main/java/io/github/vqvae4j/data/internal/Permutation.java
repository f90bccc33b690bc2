package io.github.vqvae4j.data.internal;

import io.github.vqvae4j.random.Rng;

/** Random orders of examples. */
public final class Permutation {
  private Permutation() {}

  /** Returns a uniformly random permutation of 0..size-1 (Fisher-Yates shuffle). */
  public static int[] random(int size, Rng rng) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = rng.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
