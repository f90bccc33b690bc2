package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The update of the codebook's moving averages: what a step that quantized 32 images commits. */
@State(Scope.Thread)
public class AveragesKernel {
  static final int VECTORS = 32 * SearchKernel.VECTORS_PER_IMAGE;
  static final int CODES = 512;

  private final Rng rng = new Rng(1);
  private Held vectors;
  private VectorQuantizer quantizer;
  private Step step;

  /** Allocates. */
  @Setup(Level.Trial)
  public void setUp() {
    vectors = new Held(VECTORS, SearchKernel.DIMENSION);
    quantizer =
        VectorQuantizer.ema(CODES, SearchKernel.DIMENSION)
            .init(Initialization.UNIFORM)
            .deadCodeThreshold(0)
            .build(rng);
  }

  /** Quantizes; not measured. */
  @Setup(Level.Invocation)
  public void quantize() {
    step = Step.training(rng);
    quantizer.quantize(vectors.in(step));
  }

  /** Lets go of the step. */
  @TearDown(Level.Invocation)
  public void close() {
    step.close();
  }

  /** The update. */
  @Benchmark
  public void movingAverages() {
    step.commit();
  }
}
