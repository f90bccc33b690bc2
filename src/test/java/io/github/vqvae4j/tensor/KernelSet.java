package io.github.vqvae4j.tensor;

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
    return new Step(true, new RngKey(rng.nextLong(), 0, 0), kernels);
  }

  /** Opens an inference step. */
  public Step inference() {
    return new Step(false, null, kernels);
  }
}
