package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.internal.KernelChoice;
import io.github.vqvae4j.tensor.internal.Kernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** ReLU and its gradient. */
@State(Scope.Thread)
public class ReluKernels {
  /** The activations of 32 images after the first convolution. */
  private static final long[] SHAPE = {32, 16, 16, 64};

  /** The number of activations. */
  static final int ACTIVATIONS = 524_288;

  private final Kernels kernels = KernelChoice.forFloat();
  private INDArray x;
  private INDArray y;
  private INDArray dy;
  private INDArray dx;

  /** Allocates the arrays. */
  @Setup(Level.Trial)
  public void setUp() {
    x = NativeArray.random(SHAPE);
    y = NativeArray.random(SHAPE);
    dy = NativeArray.random(SHAPE);
    dx = NativeArray.random(SHAPE);
    kernels.unary(Kernels.Unary.RELU, x, y);
  }

  /** Computes max(x, 0). */
  @Benchmark
  public void relu() {
    kernels.unary(Kernels.Unary.RELU, x, y);
  }

  /** Computes the gradient from the output, as for convolutions with a fused ReLU. */
  @Benchmark
  public void reluGradient() {
    kernels.unaryGradient(Kernels.Unary.RELU, y, y, dy, dx);
  }
}
