package io.github.vqvae4j.parallel;

/** The communicator of a single worker. */
enum SingleWorker implements Communicator {
  INSTANCE;

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public void sum(double[] values) {}

  @Override
  public void broadcast(double[] values, int root) {
    Workers.checkRoot(root, 1);
  }

  @Override
  public void barrier() {}
}
