package io.github.vqvae4j.parallel;

/**
 * Communication between the workers of a training run, each of which computes a share of every
 * batch. Every worker calls the same methods in the same order, and each call waits for those of
 * all other workers. Waiting threads park. An interrupt does not end the wait; the thread's
 * interrupt status stays set.
 *
 * <p>If a worker fails, calls of the other workers throw an exception that ends their work as well,
 * and {@link Workers#run} throws what the first one threw. A communicator may only be used in its
 * task, by the thread of its worker.
 */
public interface Communicator {
  /**
   * Returns the index of this worker.
   *
   * @return from 0 to {@code size() - 1}
   */
  int rank();

  /**
   * Returns the number of workers.
   *
   * @return the number of workers, at least 1
   */
  int size();

  /**
   * Replaces values by their sums over all workers, added in the order of the ranks. All workers
   * get the same bits.
   *
   * @param values the values of this worker, as many as those of the others
   * @throws IllegalStateException if the workers do not call the same method with arrays of the
   *     same length
   */
  void sum(double[] values);

  /**
   * Replaces values by those of one worker.
   *
   * @param values the values of this worker, as many as those of the others
   * @param root the rank of the worker whose values all others get
   * @throws IllegalArgumentException if there is no worker of this rank
   * @throws IllegalStateException as for {@link #sum}
   */
  void broadcast(double[] values, int root);

  /**
   * Waits for all workers. What each of them has written before its call is visible to the others
   * afterwards.
   *
   * @throws IllegalStateException as for {@link #sum}
   */
  void barrier();

  /**
   * Returns the communicator of a single worker, whose calls have no effect.
   *
   * @return the communicator, of rank 0 and size 1
   */
  static Communicator single() {
    return SingleWorker.INSTANCE;
  }
}
