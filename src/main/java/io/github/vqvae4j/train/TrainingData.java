package io.github.vqvae4j.train;

import io.github.vqvae4j.data.BatchStream;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Shares;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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
  /** The shares of a batch of a stream, and the position after it. */
  private record Read<B>(List<B> batch, long position) {}

  /** Null for a stream. */
  private final Source<B> source;

  private final int batch;
  private final long seed;
  private final Batches<List<B>> batches;

  /** Runs a task on each of the workers, which compute the shares of a batch. */
  private final Consumer<Consumer<Communicator>> workers;

  private final int shares;

  /** The batches of a source that initialization reads; null if it reads none. */
  private Batches<List<B>> initialization;

  /** The batches of a stream that initialization has read, in order. Training uses them first. */
  private final List<Read<B>> first = new ArrayList<>();

  /** The number of batches of a training step. */
  private int accumulate = 1;

  private boolean training;
  private BooleanSupplier stop = () -> false;
  private long position;

  private TrainingData(
      Source<B> source,
      int batch,
      long seed,
      Batches<List<B>> batches,
      int shares,
      Consumer<Consumer<Communicator>> workers) {
    this.source = source;
    this.batch = batch;
    this.seed = seed;
    this.batches = batches;
    this.shares = shares;
    this.workers = workers;
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
    return of(source, batch, seed, 0, 1, task -> task.accept(Communicator.single()));
  }

  /**
   * Returns the data of a run whose batches are computed by workers.
   *
   * @param firstBatch the number of batches that training has used already
   */
  static <B> TrainingData<B> of(
      Source<B> source,
      int batch,
      long seed,
      long firstBatch,
      int shares,
      Consumer<Consumer<Communicator>> workers) {
    Batches<List<B>> batches = Batches.shuffled(Shares.of(source, shares), batch, seed, firstBatch);
    return new TrainingData<>(source, batch, seed, batches, shares, workers);
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
    return of(stream, batch, 0, 1, task -> task.accept(Communicator.single()));
  }

  /** Returns the data of a run that reads a stream, and whose batches are computed by workers. */
  static <B> TrainingData<B> of(
      BatchStream<B> stream,
      int batch,
      long seed,
      int shares,
      Consumer<Consumer<Communicator>> workers) {
    return new TrainingData<>(
        null, batch, seed, Batches.of(Shares.of(stream, shares), batch), shares, workers);
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
   * Returns the examples with which training starts, for the initialization of a model: those of
   * the first epoch, or of the whole stream. Each call returns them from the first one on. Training
   * starts with them, too, so those of a stream stay in memory until training has used them.
   *
   * @return the batches, or, if a trainer has several workers, the share of each worker one after
   *     the other. They can be read until the first call of {@link #next}; those of a source, until
   *     the next call of this method
   * @throws IllegalStateException if {@link #next} has been called
   */
  public Iterator<B> firstBatches() {
    return FirstBatches.flattened(firstShares(1));
  }

  /**
   * Computes values from the examples with which training starts, as training does: in training
   * steps without gradients and updates, on all workers of a trainer, with the statistics of whole
   * batches. For the initialization of a model from the outputs of a part of it, such as k-means of
   * encoder outputs.
   *
   * @param pass returns values of a batch, or of a worker's share of it; called by several threads
   *     at the same time
   * @return the values of each training step: those of its batches, of which there are several if
   *     gradients are accumulated, and of their shares, one after the other; otherwise as {@link
   *     #firstBatches()}. The first step is complete, even if it needs more than an epoch
   * @throws io.github.vqvae4j.tensor.NonFiniteException if {@code pass} throws it; its cause names
   *     the operation in which the value originated
   */
  public Iterator<float[]> firstBatches(BiFunction<Step, B, float[]> pass) {
    return new FirstPasses<>(
        firstShares(accumulate), batch, shares, accumulate, seed, workers, pass);
  }

  /**
   * Returns the shares of the batches of the first epoch.
   *
   * @param least the least number of batches of a source; more than those of an epoch continue with
   *     the next one
   */
  private Iterator<List<B>> firstShares(int least) {
    requireInitialization();
    return source == null ? firstOfStream() : firstOfSource(least);
  }

  private Iterator<List<B>> firstOfSource(int least) {
    endInitialization();
    Batches<List<B>> opened = Batches.shuffled(Shares.of(source, shares), batch, seed);
    initialization = opened;
    int count = Math.max(source.size() / batch, least);
    return new FirstBatches<>(count, this::requireInitialization) {
      @Override
      List<B> read(int index) {
        return opened.next(stop);
      }
    };
  }

  private Iterator<List<B>> firstOfStream() {
    return new FirstBatches<>(Integer.MAX_VALUE, this::requireInitialization) {
      @Override
      List<B> read(int index) {
        if (index == first.size()) {
          List<B> next = batches.next(stop);
          if (next == null) {
            return null;
          }
          first.add(new Read<>(next, batches.position()));
        }
        return first.get(index).batch;
      }
    };
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
   * @throws IllegalStateException if this data is closed, or is that of a trainer with several
   *     workers
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while waiting;
   *     its interrupt status stays set, and no batch is lost
   * @throws RuntimeException if the source or stream threw it
   */
  public B next() {
    if (shares > 1) {
      throw new IllegalStateException(
          "TrainingData.next: the trainer reads the batches of its workers itself. Initialize a"
              + " model from firstBatches().");
    }
    List<B> next = nextShares();
    return next == null ? null : next.get(0);
  }

  /** Returns the shares of the next batch, one for each worker; null at the end of a stream. */
  List<B> nextShares() {
    training = true;
    endInitialization();
    if (!first.isEmpty()) {
      Read<B> read = first.remove(0);
      position = read.position;
      return read.batch;
    }
    List<B> next = batches.next(stop);
    position = batches.position();
    return next;
  }

  /** Sets the number of batches of a training step. */
  void accumulate(int newAccumulate) {
    accumulate = newAccumulate;
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
