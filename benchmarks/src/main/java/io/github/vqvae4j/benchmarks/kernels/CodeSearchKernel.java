package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.Step;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The search for the nearest codes of a batch with 64 latents of dimension 64 per image. */
@State(Scope.Thread)
public class CodeSearchKernel {
  static final int LATENTS_PER_IMAGE = 64;
  static final int DIMENSION = 64;

  /** The batch size. */
  @Param({"32", "128"})
  public int batch;

  /** The number of codes, K. */
  @Param({"512"})
  public int codes;

  private RandomVariable latents;
  private RandomVariable codebook;

  /** Allocates the inputs. */
  @Setup(Level.Trial)
  public void setUp() {
    latents = new RandomVariable((long) batch * LATENTS_PER_IMAGE, DIMENSION);
    codebook = new RandomVariable(codes, DIMENSION);
  }

  /**
   * Finds the nearest codes.
   *
   * @return the codes
   */
  @Benchmark
  public int[] nearestCodes() {
    try (Step step = Step.inference()) {
      return latents.in(step).nearestRows(codebook.in(step)).toInts();
    }
  }
}
