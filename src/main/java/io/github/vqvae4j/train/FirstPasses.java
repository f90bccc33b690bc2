package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Shares;
import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Computes values of the batches of the first training steps on all workers, in passes without
 * gradients and updates.
 */
final class FirstPasses<B> implements Iterator<float[]> {
  private final Iterator<List<B>> batches;
  private final int batch;
  private final int shares;
  private final int accumulate;
  private final long seed;
  private final Consumer<Consumer<Communicator>> workers;
  private final BiFunction<Step, B, float[]> pass;

  /** The position of the next batch in the examples. */
  private long first;

  /**
   * Creates the iterator.
   *
   * @param batches the shares of each batch
   * @param batch the number of examples in each batch
   * @param shares the number of shares, one for each worker
   * @param accumulate the number of batches of a training step
   * @param seed the seed of the run
   * @param workers runs a task on each of the workers
   * @param pass returns values of a share
   */
  FirstPasses(
      Iterator<List<B>> batches,
      int batch,
      int shares,
      int accumulate,
      long seed,
      Consumer<Consumer<Communicator>> workers,
      BiFunction<Step, B, float[]> pass) {
    this.batches = batches;
    this.batch = batch;
    this.shares = shares;
    this.accumulate = accumulate;
    this.seed = seed;
    this.workers = workers;
    this.pass = pass;
  }

  @Override
  public boolean hasNext() {
    return batches.hasNext();
  }

  /** Returns the values of the next step, those of its batches and shares one after the other. */
  @Override
  public float[] next() {
    List<float[]> values = new ArrayList<>(next(batches.next()));
    for (int i = 1; i < accumulate && batches.hasNext(); i++) {
      values.addAll(next(batches.next()));
    }
    return concatenated(values.toArray(float[][]::new));
  }

  /** Returns the values of each share of a batch. */
  private List<float[]> next(List<B> batchShares) {
    try {
      List<float[]> values = List.of(run(batchShares, false));
      first += batch;
      return values;
    } catch (NonFiniteException e) {
      initCause(e, batchShares);
      throw e;
    }
  }

  /** Repeats a pass, checks each operation, and adds the origin of a non-finite value. */
  private void initCause(NonFiniteException e, List<B> batchShares) {
    try {
      run(batchShares, true);
    } catch (NonFiniteException origin) {
      e.initCause(origin);
    }
  }

  /** Computes the values of each share. */
  private float[][] run(List<B> batchShares, boolean checkEachOperation) {
    float[][] values = new float[batchShares.size()][];
    workers.accept(
        worker -> {
          try (Step step = openStep(worker)) {
            if (checkEachOperation) {
              step.checkEachOperation();
            }
            values[worker.rank()] = pass.apply(step, batchShares.get(worker.rank()));
          }
        });
    return values;
  }

  /** Opens a training step without gradients and updates, with the random numbers of step 0. */
  private Step openStep(Communicator worker) {
    long offset = first + Shares.first(batch, shares, worker.rank());
    Step step = Step.training(new RngKey(seed, 0, offset), worker);
    step.updateOnly(Set.of());
    return step;
  }

  private static float[] concatenated(float[]... arrays) {
    float[] all = new float[Stream.of(arrays).mapToInt(v -> v.length).reduce(0, Math::addExact)];
    int offset = 0;
    for (float[] array : arrays) {
      System.arraycopy(array, 0, all, offset, array.length);
      offset += array.length;
    }
    return all;
  }
}
