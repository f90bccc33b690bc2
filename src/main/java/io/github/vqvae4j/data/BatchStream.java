package io.github.vqvae4j.data;

/**
 * A sequence of examples without a fixed size or random access, such as the output of a simulation
 * or a log that is read once. Its examples are used in their order. {@link Source} is for data that
 * can be shuffled.
 *
 * <pre>{@code
 * BatchStream<float[]> noise =
 *     new BatchStream<>() {
 *       private long position;
 *
 *       @Override
 *       public float[] next(int n) {
 *         float[] values = new float[n];
 *         for (int i = 0; i < n; i++) {
 *           values[i] = (float) Rng.at(42, position++).nextGaussian();
 *         }
 *         return values;
 *       }
 *
 *       @Override
 *       public long position() {
 *         return position;
 *       }
 *     };
 * }</pre>
 *
 * <p>A stream is read by one background thread ({@link Batches#of}), ahead of its use: batches that
 * were loaded but not used are lost to a further run. Open the stream anew at the position after
 * the last batch that was used ({@link Batches#position}).
 *
 * @param <B> the type of a batch
 */
public interface BatchStream<B> {
  /**
   * Returns the next examples. In training, they are a worker's share of a batch, whose size may
   * differ between calls: 6, 5 and 5 for a batch of 16 and three workers.
   *
   * @param n the number of examples, at least 1
   * @return a batch of exactly n examples, owned by the caller; null if fewer are left
   */
  B next(int n);

  /**
   * Returns the position.
   *
   * @return the number of examples that {@link #next} has returned, plus the position at which the
   *     stream was opened
   */
  long position();
}
