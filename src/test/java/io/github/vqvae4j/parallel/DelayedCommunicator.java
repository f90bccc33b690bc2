package io.github.vqvae4j.parallel;

import java.util.Random;

/** A communicator for tests: its worker waits for random times before and after each call. */
public final class DelayedCommunicator implements Communicator {
  private final Communicator workers;
  private final Random random;

  /**
   * Creates a communicator.
   *
   * @param workers the communicator that makes the calls
   * @param seed the seed of the delays of all workers
   */
  public DelayedCommunicator(Communicator workers, long seed) {
    this.workers = workers;
    random = new Random(seed * 31 + workers.rank());
    delay();
  }

  private void delay() {
    try {
      Thread.sleep(random.nextInt(3) == 0 ? random.nextInt(4) : 0);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int rank() {
    return workers.rank();
  }

  @Override
  public int size() {
    return workers.size();
  }

  @Override
  public void sum(double[] values) {
    delay();
    workers.sum(values);
    delay();
  }

  @Override
  public void broadcast(double[] values, int root) {
    delay();
    workers.broadcast(values, root);
    delay();
  }

  @Override
  public void barrier() {
    delay();
    workers.barrier();
    delay();
  }
}
