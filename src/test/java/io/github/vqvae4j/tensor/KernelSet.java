package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Nd4jKernels;
import io.github.vqvae4j.tensor.internal.OneDnnKernels;

/** The two ways to compute in float, each of which a test can ask for. */
public enum KernelSet {
  ND4J(new Nd4jKernels()),
  ONEDNN(new OneDnnKernels());

  private final Kernels kernels;

  KernelSet(Kernels kernels) {
    this.kernels = kernels;
  }

  /** A step that trains. */
  public Step training(Rng rng) {
    return new Step(true, new RngKey(rng.nextLong(), 0, 0), kernels);
  }

  /** A step that only computes. */
  public Step inference() {
    return new Step(false, null, kernels);
  }
}
