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

/** The EMA codebook update after the quantization of 32 images, run by the step's commit. */
@State(Scope.Thread)
public class EmaKernel {
  static final int LATENTS = 32 * CodeSearchKernel.LATENTS_PER_IMAGE;
  static final int CODES = 512;

  private final Rng rng = new Rng(1);
  private RandomVariable latents;
  private VectorQuantizer quantizer;
  private Step step;

  /** Creates the input and the quantizer. */
  @Setup(Level.Trial)
  public void setUp() {
    latents = new RandomVariable(LATENTS, CodeSearchKernel.DIMENSION);
    quantizer =
        VectorQuantizer.ema(CODES, CodeSearchKernel.DIMENSION)
            .init(Initialization.UNIFORM)
            .deadCodeThreshold(0)
            .build(rng);
  }

  /** Quantizes the input; not measured. */
  @Setup(Level.Invocation)
  public void quantize() {
    step = Step.training(rng);
    quantizer.quantize(latents.in(step));
  }

  /** Closes the step. */
  @TearDown(Level.Invocation)
  public void close() {
    step.close();
  }

  /** Updates the codebook. */
  @Benchmark
  public void emaUpdate() {
    step.commit();
  }
}
