package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.Adam;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Adam and relu. */
@State(Scope.Thread)
public class ElementwiseKernels {
  /** Parameters of the model without its codebook. */
  static final int PARAMETERS = 662_723;

  /** Activations of 32 images after the first convolution: 32 x 16 x 16 x 64. */
  static final int ACTIVATIONS = 524_288;

  private Rng rng;
  private Held activations;
  private List<Parameter> parameters;
  private Adam adam;
  private Step stepWithGradient;

  private static final class Flat extends Layer {
    Flat() {
      parameter("all", new float[PARAMETERS], PARAMETERS);
    }

    @Override
    protected Tensor compute(Tensor input) {
      return input;
    }
  }

  /** Allocates, and computes a gradient. */
  @Setup(Level.Trial)
  public void setUp() {
    rng = new Rng(1);
    activations = new Held(ACTIVATIONS);
    parameters = new Flat().parameters();
    adam = Adam.rate(3e-4);
    stepWithGradient = Step.training(rng);
    parameters.get(0).in(stepWithGradient).add(1).square().mean().backward();
  }

  /** Lets go. */
  @TearDown(Level.Trial)
  public void tearDown() {
    stepWithGradient.close();
  }

  /** Adam's update. */
  @Benchmark
  public void adam() {
    adam.update(parameters, stepWithGradient);
  }

  /**
   * Relu.
   *
   * @return its size
   */
  @Benchmark
  public long relu() {
    try (Step step = Step.inference()) {
      return activations.in(step).relu().length();
    }
  }

  /**
   * Relu, a mean that the gradient starts from, and both gradients.
   *
   * @return its size
   */
  @Benchmark
  public long reluAndGradient() {
    try (Step step = Step.training(rng)) {
      Tensor output = activations.in(step).relu();
      output.mean().backward();
      return output.length();
    }
  }
}
