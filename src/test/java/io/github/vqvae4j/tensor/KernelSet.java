package io.github.vqvae4j.tensor;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Nd4jKernels;
import io.github.vqvae4j.tensor.internal.OneDnnKernels;

/** The kernel sets for FLOAT that a test can select. */
public enum KernelSet {
  ND4J(new Nd4jKernels()),
  ONEDNN(new OneDnnKernels());

  private final Kernels kernels;

  KernelSet(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Opens a training step. */
  public Step training(Rng rng) {
    return training(new RngKey(rng.nextLong(), 0, 0), Communicator.single());
  }

  /** Opens a training step of a worker. */
  public Step training(RngKey key, Communicator workers) {
    return new Step(true, key, workers, kernels);
  }

  /** Opens an inference step. */
  public Step inference() {
    return new Step(false, null, Communicator.single(), kernels);
  }
}
