package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.Step;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The search for the nearest codes of one batch: 64 vectors of 64 numbers for each image. */
@State(Scope.Thread)
public class SearchKernel {
  static final int VECTORS_PER_IMAGE = 64;
  static final int DIMENSION = 64;

  /** Images at once. */
  @Param({"32", "128"})
  public int batch;

  /** K. */
  @Param({"512"})
  public int codes;

  private Held vectors;
  private Held codebook;

  /** Allocates. */
  @Setup(Level.Trial)
  public void setUp() {
    vectors = new Held((long) batch * VECTORS_PER_IMAGE, DIMENSION);
    codebook = new Held(codes, DIMENSION);
  }

  /**
   * Searches.
   *
   * @return the codes
   */
  @Benchmark
  public int[] nearestCodes() {
    try (Step step = Step.inference()) {
      return vectors.in(step).nearestRows(codebook.in(step)).toInts();
    }
  }
}
