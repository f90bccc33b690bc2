package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.benchmarks.floor.ModelConvolutions;
import io.github.vqvae4j.benchmarks.floor.Pass;
import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Window;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Each convolution of the model by itself, and beside it oneDNN's primitives alone. */
@State(Scope.Thread)
public class ConvolutionKernels {
  private static final int IMAGE_SIZE = 32;

  /** Images at once. */
  @Param({"32"})
  public int batch;

  /** Which of the model's 15; the others have the shape of one of these. */
  @Param({"0", "1", "2", "3", "4", "7", "8", "13", "14"})
  public int convolution;

  private ModelConvolutions.Shape shape;
  private Rng rng;
  private Held images;
  private Held weight;
  private Held bias;
  private Pass[] passes;

  /** Allocates. */
  @Setup(Level.Trial)
  public void setUp() {
    shape = ModelConvolutions.of(IMAGE_SIZE).get(convolution);
    rng = new Rng(1);
    boolean t = shape.transposed();
    int size = t ? shape.outSize() : shape.size();
    images = new Held(batch, size, size, t ? shape.out() : shape.in());
    weight = new Held(shape.kernel(), shape.kernel(), shape.in(), shape.out());
    bias = new Held(t ? shape.in() : shape.out());
    passes =
        new Pass[] {
          Pass.fastest(t ? Pass.Kind.BACKWARD_DATA : Pass.Kind.FORWARD, shape, batch, true),
          Pass.fastest(Pass.Kind.BACKWARD_WEIGHTS, shape, batch, true),
          Pass.fastest(t ? Pass.Kind.FORWARD : Pass.Kind.BACKWARD_DATA, shape, batch, true)
        };
  }

  private Tensor output(Step step) {
    Window window = Window.of(shape.stride(), shape.padding());
    Tensor x = images.in(step);
    return shape.transposed()
        ? x.convTranspose2d(weight.in(step), bias.in(step), window)
        : x.conv2d(weight.in(step), bias.in(step), window);
  }

  /**
   * The library, forward, with bias.
   *
   * @return the output's size
   */
  @Benchmark
  public long forward() {
    try (Step step = Step.inference()) {
      return output(step).length();
    }
  }

  /**
   * The library, forward and backward, with the gradients of images, weights and bias, and a mean
   * that the gradient starts from.
   *
   * @return the output's size
   */
  @Benchmark
  public long forwardAndBackward() {
    try (Step step = Step.training(rng)) {
      Tensor output = output(step);
      output.mean().backward();
      return output.length();
    }
  }

  /** oneDNN alone, forward. */
  @Benchmark
  public void oneDnnForward() {
    passes[0].run();
  }

  /** oneDNN alone, forward and both gradients. */
  @Benchmark
  public void oneDnnForwardAndBackward() {
    for (Pass pass : passes) {
      pass.run();
    }
  }
}
