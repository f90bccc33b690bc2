package io.github.vqvae4j.train;

import io.github.vqvae4j.data.BatchStream;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Source;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The data of a training run: the batches of its steps, and before them the first batches, from
 * which a model can initialize itself ({@link Trainable#initialize}). The {@link Trainer} creates
 * it. In a custom training loop:
 *
 * <pre>{@code
 * try (TrainingData<ImageBatch> data = TrainingData.of(images, 32, 42)) {
 *   model.initialize(data, new Rng(42));
 *   for (int n = 1; n <= 1_000; n++) {
 *     ImageBatch batch = data.next();
 *   }
 * }
 * }</pre>
 *
 * <p>This class is not thread-safe.
 *
 * @param <B> the type of a batch
 */
public final class TrainingData<B> implements AutoCloseable {
  /** A batch of a stream, and the position after it. */
  private record Read<B>(B batch, long position) {}

  /** Null for a stream. */
  private final Source<B> source;

  private final int batch;
  private final long seed;
  private final Batches<B> batches;

  /** The batches of a source that initialization reads; null if it reads none. */
  private Batches<B> initialization;

  /** The batches of a stream that initialization has read, in order. Training uses them first. */
  private final List<Read<B>> first = new ArrayList<>();

  private boolean training;
  private BooleanSupplier stop = () -> false;
  private long position;

  private TrainingData(Source<B> source, int batch, long seed, Batches<B> batches) {
    this.source = source;
    this.batch = batch;
    this.seed = seed;
    this.batches = batches;
    position = batches.position();
  }

  /**
   * Returns the data of a run that shuffles a source, as {@link Batches#shuffled(Source, int,
   * long)} does.
   *
   * @param source the examples
   * @param batch the number of examples in each batch, from 1 to {@code source.size()}
   * @param seed the seed of the shuffling
   * @param <B> the type of a batch
   * @return the data
   * @throws IllegalArgumentException if {@code batch} is out of range
   */
  public static <B> TrainingData<B> of(Source<B> source, int batch, long seed) {
    return new TrainingData<>(source, batch, seed, Batches.shuffled(source, batch, seed));
  }

  /**
   * Returns the data of a run that reads a stream, from its current position on.
   *
   * @param stream the stream, which is read ahead
   * @param batch the number of examples in each batch, at least 1
   * @param <B> the type of a batch
   * @return the data
   * @throws IllegalArgumentException if {@code batch} is below 1
   */
  public static <B> TrainingData<B> of(BatchStream<B> stream, int batch) {
    return new TrainingData<>(null, batch, 0, Batches.of(stream, batch));
  }

  /**
   * Returns the source of the data.
   *
   * @return the source; empty for a stream
   */
  public Optional<Source<B>> source() {
    return Optional.ofNullable(source);
  }

  /**
   * Returns the batches with which training starts, for the initialization of a model: those of the
   * first epoch, or of the whole stream. Each call returns them from the first one on. Training
   * starts with it, too, so batches of a stream stay in memory until training has used them.
   *
   * @return the batches, which can be read until the first call of {@link #next}; of a source,
   *     until the next call of this method
   * @throws IllegalStateException if {@link #next} has been called
   */
  public Iterator<B> firstBatches() {
    requireInitialization();
    return source == null ? firstOfStream() : firstOfSource();
  }

  private Iterator<B> firstOfSource() {
    endInitialization();
    Batches<B> opened = Batches.shuffled(source, batch, seed);
    initialization = opened;
    return new FirstBatches(source.size() / batch) {
      @Override
      B read(int index) {
        return opened.next(stop);
      }
    };
  }

  private Iterator<B> firstOfStream() {
    return new FirstBatches(Integer.MAX_VALUE) {
      @Override
      B read(int index) {
        if (index == first.size()) {
          B next = batches.next(stop);
          if (next == null) {
            return null;
          }
          first.add(new Read<>(next, batches.position()));
        }
        return first.get(index).batch;
      }
    };
  }

  /** The first batches; a subclass reads them. */
  private abstract class FirstBatches implements Iterator<B> {
    private final int count;
    private int index;
    private B next;

    FirstBatches(int count) {
      this.count = count;
    }

    /** Reads batch {@code index}, one after the other; returns null at the end of a stream. */
    abstract B read(int index);

    @Override
    public boolean hasNext() {
      requireInitialization();
      if (next == null && index < count) {
        next = read(index);
      }
      return next != null;
    }

    @Override
    public B next() {
      if (!hasNext()) {
        throw new NoSuchElementException("TrainingData: there are no more batches.");
      }
      B result = next;
      next = null;
      index++;
      return result;
    }
  }

  private void requireInitialization() {
    if (training) {
      throw new IllegalStateException(
          "TrainingData.firstBatches: expected a call before training, but its first batch has been"
              + " returned. Initialize the model before the first call of next().");
    }
  }

  private void endInitialization() {
    if (initialization != null) {
      initialization.close();
      initialization = null;
    }
  }

  /**
   * Returns the next batch for training. The first call ends initialization.
   *
   * @return the batch, owned by the caller; null at the end of a stream
   * @throws IllegalStateException if this data is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while waiting;
   *     its interrupt status stays set, and no batch is lost
   * @throws RuntimeException if the source or stream threw it
   */
  public B next() {
    training = true;
    endInitialization();
    if (!first.isEmpty()) {
      Read<B> read = first.remove(0);
      position = read.position;
      return read.batch;
    }
    B next = batches.next(stop);
    position = batches.position();
    return next;
  }

  /** Sets when to stop waiting for a batch, as {@link Batches#next(BooleanSupplier)} does. */
  void stopWhen(BooleanSupplier newStop) {
    stop = newStop;
  }

  /** Returns {@link Batches#position}, after the batch that {@link #next} returned last. */
  long position() {
    return position;
  }

  /** Returns the time that training has waited for batches. */
  double secondsWaited() {
    return batches.secondsWaited();
  }

  /** Stops loading batches. */
  @Override
  public void close() {
    endInitialization();
    batches.close();
  }
}
