package io.github.vqvae4j.train;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The shares of the batches with which training starts; a subclass reads them. */
abstract class FirstBatches<B> implements Iterator<List<B>> {
  private final int count;
  private final Runnable check;
  private int index;
  private List<B> next;

  /**
   * Creates the iterator.
   *
   * @param count the maximum number of batches
   * @param check throws an exception if the batches can no longer be read
   */
  FirstBatches(int count, Runnable check) {
    this.count = count;
    this.check = check;
  }

  /** Reads the batch with an index, one after the other; returns null at the end of a stream. */
  abstract List<B> read(int batchIndex);

  @Override
  public boolean hasNext() {
    check.run();
    if (next == null && index < count) {
      next = read(index);
    }
    return next != null;
  }

  @Override
  public List<B> next() {
    if (!hasNext()) {
      throw new NoSuchElementException("TrainingData: there are no more batches.");
    }
    List<B> result = next;
    next = null;
    index++;
    return result;
  }

  /** Returns the elements of lists, one list after the other. */
  static <B> Iterator<B> flattened(Iterator<List<B>> lists) {
    return new Iterator<>() {
      private Iterator<B> current = Collections.emptyIterator();

      @Override
      public boolean hasNext() {
        return current.hasNext() || lists.hasNext();
      }

      @Override
      public B next() {
        if (!current.hasNext()) {
          current = lists.next().iterator();
        }
        B result = current.next();
        if (!current.hasNext()) {
          current = Collections.emptyIterator(); // does not keep the list in memory
        }
        return result;
      }
    };
  }
}
