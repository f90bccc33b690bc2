package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Start;
import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The quantizer's work on the vectors of one batch: 64 of 64 numbers for each image. */
@State(Scope.Thread)
public class QuantizerKernels {
  private static final int VECTORS_PER_IMAGE = 64;
  private static final int DIMENSION = 64;

  /** Images at once. */
  @Param({"32", "128"})
  public int batch;

  /** K. */
  @Param({"512"})
  public int codes;

  private Rng rng;
  private Held vectors;
  private Held codebook;
  private VectorQuantizer quantizer;

  /** Allocates. */
  @Setup(Level.Trial)
  public void setUp() {
    rng = new Rng(1);
    vectors = new Held((long) batch * VECTORS_PER_IMAGE, DIMENSION);
    codebook = new Held(codes, DIMENSION);
    quantizer =
        VectorQuantizer.ema(codes, DIMENSION).start(Start.UNIFORM).restartBelow(0).build(rng);
  }

  /**
   * Nearest codes.
   *
   * @return them
   */
  @Benchmark
  public int[] nearest() {
    try (Step step = Step.inference()) {
      return vectors.in(step).nearestRows(codebook.in(step));
    }
  }

  /** The whole quantizer in training, forward: search, lookup, losses, moving averages. */
  @Benchmark
  public void quantizeAndUpdate() {
    try (Step step = Step.training(rng)) {
      quantizer.quantize(vectors.in(step));
      step.commit();
    }
  }
}
