package io.github.vqvae4j.data;

import io.github.vqvae4j.data.image.Batch;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.Counts;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;

/**
 * Batches of a dataset, prefetched by a background thread. At most two are prefetched.
 *
 * <pre>{@code
 * try (Batches batches = Batches.shuffled(train, 32, 42)) {
 *   for (int step = 0; step < 1_000; step++) {
 *     Batch batch = batches.next();
 *   }
 * }
 * }</pre>
 *
 * <p>The order of the images depends only on the arguments of {@code shuffled}: a run that stopped
 * after n batches resumes with {@code shuffled(data, batch, seed, n)} and returns the same batches
 * as an uninterrupted run.
 *
 * <p>This class is thread-safe; each batch is returned to one caller. The background thread is a
 * daemon and ends on {@link #close}.
 */
public final class Batches implements AutoCloseable {
  private static final int PREFETCH = 2;
  private static final long CLOSE_MILLIS = 1_000;

  private final Dataset data;
  private final BatchOrder order;
  private final Queue<Batch> ready = new ArrayDeque<>();
  private final Thread loader;
  private boolean finished;
  private Throwable failure;
  // Volatile because the loader checks it before each image without taking the lock.
  private volatile boolean closed;

  private Batches(Dataset data, BatchOrder order, long firstBatch) {
    this.data = data;
    this.order = order;
    this.loader = new Thread(() -> load(firstBatch), "vqvae4j-batches");
    loader.setDaemon(true);
  }

  /**
   * Returns an infinite sequence of batches in random order. Each epoch is a new Fisher-Yates
   * shuffle of all images, determined by the seed and the epoch; its incomplete last batch is
   * dropped. Images are read {@linkplain Dataset#image(int, long, float[], int) with the
   * augmentation of that epoch}.
   *
   * @param data the images
   * @param batch the number of images in each batch, 1 to {@code data.size()}
   * @param seed the seed
   * @return the batches, starting with the first
   * @throws IllegalArgumentException if {@code batch} is out of range
   */
  public static Batches shuffled(Dataset data, int batch, long seed) {
    return shuffled(data, batch, seed, 0);
  }

  /**
   * Returns an infinite sequence of batches in random order, starting with a later batch.
   *
   * @param data the images
   * @param batch the number of images in each batch, 1 to {@code data.size()}
   * @param seed the seed
   * @param firstBatch the number of batches to skip, those that a run has already used
   * @return the batches, starting with batch {@code firstBatch}
   * @throws IllegalArgumentException if {@code batch} is out of range or {@code firstBatch} is
   *     negative
   */
  public static Batches shuffled(Dataset data, int batch, long seed, long firstBatch) {
    checkBatch(data, batch);
    if (firstBatch < 0) {
      throw new IllegalArgumentException(
          "Batches.shuffled: expected a first batch of at least 0, got "
              + firstBatch
              + ". Pass 0 to start with the first batch.");
    }
    return start(new Batches(data, BatchOrder.shuffled(data.size(), batch, seed), firstBatch));
  }

  /**
   * Returns the batches of one pass over all images in order, without augmentation. The last batch
   * is smaller if {@code batch} does not divide the number of images.
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
   * Returns the next batch. Waits until it is loaded.
   *
   * @return the batch, owned by the caller, or null after the last
   * @throws IllegalArgumentException if an image of the batch contains NaN or infinity; the message
   *     contains the index of the image and the position of the value
   * @throws IllegalStateException if these batches are closed, before or while waiting
   * @throws CancellationException if the thread is interrupted while waiting; its interrupt status
   *     stays set, and no batch is lost
   * @throws RuntimeException if the dataset threw it for an image of the batch; later calls throw
   *     it again
   */
  public synchronized Batch next() {
    while (!closed && ready.isEmpty() && !finished) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        CancellationException cancelled =
            new CancellationException("interrupted while waiting for a batch; no batch was lost");
        cancelled.initCause(e);
        throw cancelled;
      }
    }
    if (closed) {
      throw new IllegalStateException(
          "Batches.next: expected open batches, but they are closed. Create new ones with"
              + " Batches.shuffled, which can resume at a given batch.");
    }
    if (ready.isEmpty() && failure != null) {
      throw rethrow(failure);
    }
    Batch batch = ready.poll();
    notifyAll();
    return batch;
  }

  /**
   * Stops the background thread, at the latest after the image being read. Waits up to one second
   * for it to end. Closing again has no effect.
   */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      ready.clear();
      notifyAll();
    }
    // The loader is not interrupted: that would close a file channel the dataset may still need.
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

  /** Reads images into a batch, or returns null if closed in the meantime. */
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
          "image " + index + " of the dataset");
    }
    return new Batch(
        images, indices.length, data.height(), data.width(), data.channels(), labels, indices);
  }

  /** Adds a batch to the queue when it has space; returns false if closed. */
  private synchronized boolean offer(Batch batch) throws InterruptedException {
    while (!closed && ready.size() >= PREFETCH) {
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
              + " for a dataset of "
              + Counts.of(data.size(), "image")
              + ", expected 1 to "
              + data.size()
              + "; choose a smaller batch or add images");
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
    return new IllegalStateException("the dataset threw " + failure, failure);
  }
}
