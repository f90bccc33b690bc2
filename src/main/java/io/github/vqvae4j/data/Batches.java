package io.github.vqvae4j.data;

import io.github.vqvae4j.io.Counts;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;

/**
 * Batches of a data set, loaded ahead of use by a thread of their own. At most two are kept ready.
 *
 * <p>The order of the images depends on nothing but the arguments of {@code shuffled}: a run that
 * stopped after n batches goes on with {@code shuffled(data, batch, seed, n)} and sees exactly the
 * batches it would have seen.
 *
 * <p>Any thread may call; each batch goes to one caller. The loading thread is a daemon and ends at
 * {@link #close}.
 */
public final class Batches implements AutoCloseable {
  private static final int AHEAD = 2;
  private static final long CLOSE_MILLIS = 1_000;

  private final Dataset data;
  private final BatchOrder order;
  private final Queue<Batch> ready = new ArrayDeque<>();
  private final Thread loader;
  private boolean finished;
  private Throwable failure;
  // Volatile, for the loader asks between two images without taking the lock.
  private volatile boolean closed;

  private Batches(Dataset data, BatchOrder order, long firstBatch) {
    this.data = data;
    this.order = order;
    this.loader = new Thread(() -> load(firstBatch), "vqvae4j-batches");
    loader.setDaemon(true);
  }

  /**
   * Endless batches in random order. Each epoch is a new Fisher-Yates shuffle of all images, a
   * function of seed and epoch alone; what is left after its last whole batch is dropped. Images
   * are taken {@linkplain Dataset#image(int, long, float[], int) as they look in that epoch}.
   *
   * @param data the images
   * @param batch the number of images in each batch, 1 to {@code data.size()}
   * @param seed any number
   * @return the batches, from the first
   * @throws IllegalArgumentException if {@code batch} is out of range
   */
  public static Batches shuffled(Dataset data, int batch, long seed) {
    return shuffled(data, batch, seed, 0);
  }

  /**
   * Endless batches in random order, from a later one on.
   *
   * @param data the images
   * @param batch the number of images in each batch, 1 to {@code data.size()}
   * @param seed any number
   * @param firstBatch how many batches to pass over: those that a run has already had
   * @return the batches, from that one
   * @throws IllegalArgumentException if {@code batch} is out of range or {@code firstBatch}
   *     negative
   */
  public static Batches shuffled(Dataset data, int batch, long seed, long firstBatch) {
    checkBatch(data, batch);
    if (firstBatch < 0) {
      throw new IllegalArgumentException(
          "got first batch "
              + firstBatch
              + ", expected 0 or more; give 0 to start at the beginning");
    }
    return start(new Batches(data, BatchOrder.shuffled(data.size(), batch, seed), firstBatch));
  }

  /**
   * One pass over all images in their order, as they are outside of any epoch. The last batch is
   * smaller if {@code batch} does not divide their number.
   *
   * @param data the images
   * @param batch the number of images in each batch, 1 to {@code data.size()}
   * @return the batches
   * @throws IllegalArgumentException if {@code batch} is out of range
   */
  public static Batches inOrder(Dataset data, int batch) {
    checkBatch(data, batch);
    return start(new Batches(data, BatchOrder.inOrder(data.size(), batch), 0));
  }

  /**
   * The next batch; waits until it is loaded.
   *
   * @return the batch, which now belongs to the caller, or null after the last
   * @throws IllegalArgumentException if an image of the batch holds NaN or infinity; the message
   *     names its index in the data set and the position in it
   * @throws IllegalStateException if these batches are closed, before or while waiting
   * @throws CancellationException if the thread is interrupted while it waits; it stays
   *     interrupted. No batch is lost
   * @throws RuntimeException whatever the data set threw for an image of the batch, as it threw it;
   *     every later call throws it again
   */
  public synchronized Batch next() {
    while (!closed && ready.isEmpty() && !finished) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        CancellationException cancelled =
            new CancellationException("interrupted while waiting for a batch; nothing was lost");
        cancelled.initCause(e);
        throw cancelled;
      }
    }
    if (closed) {
      throw new IllegalStateException(
          "got a call of next() on closed batches, expected open ones; make new batches, which can"
              + " start where these stopped");
    }
    if (ready.isEmpty() && failure != null) {
      throw rethrow(failure);
    }
    Batch batch = ready.poll();
    notifyAll();
    return batch;
  }

  /**
   * Stops loading and ends the thread, at the latest after the image it is just reading. Waits up
   * to a second for that. Closing again does nothing.
   */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      ready.clear();
      notifyAll();
    }
    // The loader is not interrupted: that would close a file the data set may still need.
    try {
      loader.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Batches start(Batches batches) {
    batches.loader.start();
    return batches;
  }

  private void load(long firstBatch) {
    Throwable thrown = null;
    try {
      long number = firstBatch;
      int[] indices = order.batch(number);
      while (indices != null && offer(read(indices, order.epoch(number)))) {
        indices = order.batch(++number);
      }
    } catch (Throwable e) {
      thrown = e;
    }
    synchronized (this) {
      failure = thrown;
      finished = true;
      notifyAll();
    }
  }

  /** Reads images into a batch, or gives null if closed meanwhile. */
  private Batch read(int[] indices, long epoch) {
    int length = data.imageLength();
    float[] images = new float[indices.length * length];
    int[] labels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      if (closed) {
        return null;
      }
      int index = indices[i];
      if (epoch < 0) {
        data.image(index, images, i * length);
      } else {
        data.image(index, epoch, images, i * length);
      }
      labels[i] = data.label(index);
      Checks.finite(
          images,
          i * length,
          data.height(),
          data.width(),
          data.channels(),
          "image " + index + " of the data set");
    }
    return new Batch(
        images, indices.length, data.height(), data.width(), data.channels(), labels, indices);
  }

  /** Puts a batch into the queue once there is room; false if there is no more use for it. */
  private synchronized boolean offer(Batch batch) throws InterruptedException {
    while (!closed && ready.size() >= AHEAD) {
      wait();
    }
    if (closed) {
      return false;
    }
    ready.add(batch);
    notifyAll();
    return true;
  }

  private static void checkBatch(Dataset data, int batch) {
    if (batch < 1 || batch > data.size()) {
      throw new IllegalArgumentException(
          "got a batch of "
              + batch
              + " for a data set of "
              + Counts.of(data.size(), "image")
              + ", expected 1 to "
              + data.size()
              + "; give a smaller batch or more images");
    }
    Checks.length(batch, data.height(), data.width(), data.channels());
  }

  private static RuntimeException rethrow(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException runtime) {
      return runtime;
    }
    return new IllegalStateException("the data set threw " + failure, failure);
  }
}
