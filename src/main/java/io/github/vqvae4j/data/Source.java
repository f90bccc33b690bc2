package io.github.vqvae4j.data;

import io.github.vqvae4j.data.internal.Splits;
import java.util.List;

/**
 * A fixed-size collection of examples of any kind, read in batches: images, code maps, windows of a
 * series, or a user's own data.
 *
 * <pre>{@code
 * record Points(float[] x, float[] y) {}
 *
 * Source<Points> curve =
 *     new Source<>() {
 *       @Override
 *       public int size() {
 *         return 1_000;
 *       }
 *
 *       @Override
 *       public Points batch(int... indices) {
 *         float[] x = new float[indices.length];
 *         float[] y = new float[indices.length];
 *         for (int i = 0; i < indices.length; i++) {
 *           x[i] = indices[i] / 1_000f;
 *           y[i] = (float) Math.sin(x[i]);
 *         }
 *         return new Points(x, y);
 *       }
 *     };
 * }</pre>
 *
 * <p>The result of {@link #batch} depends only on its argument. Batches are loaded by a background
 * thread, or by several if {@link #isThreadSafe} returns true ({@link Batches}).
 *
 * @param <B> the type of a batch
 */
public interface Source<B> {
  /**
   * Returns the number of examples.
   *
   * @return the number of examples, at least 0
   */
  int size();

  /**
   * Returns a batch of examples. In training, they are a worker's share of a batch, whose size may
   * differ between calls.
   *
   * @param indices the index of each example, 0 to {@code size() - 1}, in any order
   * @return a new batch, owned by the caller; not null
   * @throws IllegalArgumentException if an index is out of range, or an example is not valid, such
   *     as an image with a NaN
   */
  B batch(int... indices);

  /**
   * Returns the examples as used in the given epoch of training. If examples vary between epochs,
   * such as augmented images, the result is a function of the epoch only.
   *
   * @param epoch the epoch, counted from 0
   * @return a view of the same size; by default this source
   */
  default Source<B> atEpoch(long epoch) {
    return this;
  }

  /**
   * Returns whether several threads may read examples at the same time, as from an array. By
   * default, {@link Batches} load one batch at a time of a source and its views. A source that
   * computes or decodes its examples is loaded faster if it is thread-safe and returns true.
   *
   * <p>If it returns false, code that reads the source itself while a model is trained on it, or on
   * a view of it, must hold the lock of the source that the views were made from: {@code
   * synchronized (source)}. {@link Batches}, trainers, evaluations and models take this lock
   * themselves; calling them while holding it can wait for ever.
   *
   * @return whether the source is thread-safe; by default false
   */
  default boolean isThreadSafe() {
    return false;
  }

  /**
   * Returns the shape of each example, for messages and for a comparison of training data and
   * held-out data.
   *
   * @return the shape, such as [height, width, channels]; by default empty, for unknown or variable
   *     shapes
   */
  default List<Integer> exampleShape() {
    return List.of();
  }

  /**
   * Returns the number of files that were skipped because they could not be read. The training
   * report includes it.
   *
   * @return the number of skipped files, by default 0
   */
  default int skippedFiles() {
    return 0;
  }

  /**
   * Returns a view of a range of examples.
   *
   * @param from the index of the first example
   * @param to the index after the last example
   * @return the view; its example i is example {@code from + i} of this source
   * @throws IllegalArgumentException unless {@code 0 <= from <= to <= size()}
   */
  default Source<B> range(int from, int to) {
    return new SourceView<>(this, Splits.range(size(), from, to));
  }

  /**
   * Returns a view of selected examples.
   *
   * @param indices the indices of the examples, in any order; example {@code i} of the view is
   *     example {@code indices[i]} of this source
   * @return the view
   * @throws IllegalArgumentException if an index is out of range
   */
  default Source<B> select(int... indices) {
    return new SourceView<>(this, Splits.select(size(), indices));
  }

  /**
   * Splits this source at random into disjoint parts, which are views: {@code split(42, 0.9)}
   * returns parts of 90% and 10%, {@code split(42, 0.8, 0.1)} parts of 80%, 10% and 10%. The
   * examples of each part keep their order. The result depends only on the seed, the fractions and
   * the number of examples.
   *
   * @param seed the seed
   * @param fractions the fraction of the examples in each part, above 0; if their sum is below 1,
   *     an additional part contains the rest
   * @return the parts
   * @throws IllegalArgumentException if a fraction is not above 0, their sum is above 1, or a part
   *     would be empty
   */
  default List<? extends Source<B>> split(long seed, double... fractions) {
    return Splits.split(size(), seed, fractions).stream().map(this::select).toList();
  }
}
