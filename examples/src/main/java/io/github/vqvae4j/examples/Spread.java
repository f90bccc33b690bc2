package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import java.util.stream.IntStream;

/**
 * Selects some examples from all parts of a dataset: the images of a folder are sorted by class.
 */
final class Spread {
  private Spread() {}

  /** Returns all images, or some that are evenly spaced. */
  static Dataset of(Dataset images, int most) {
    return images.size() <= most ? images : images.select(indices(images.size(), most));
  }

  /** Returns all examples, or some that are evenly spaced. */
  static <B> Source<B> of(Source<B> examples, int most) {
    return examples.size() <= most ? examples : examples.select(indices(examples.size(), most));
  }

  /** Returns evenly spaced indices below a size. */
  static int[] indices(int size, int count) {
    return IntStream.range(0, count).map(i -> (int) ((long) i * size / count)).toArray();
  }
}
