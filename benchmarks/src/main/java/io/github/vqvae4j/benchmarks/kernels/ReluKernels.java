package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.internal.KernelChoice;
import io.github.vqvae4j.tensor.internal.Kernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Relu and its gradient. */
@State(Scope.Thread)
public class ReluKernels {
  /** Activations of 32 images after the first convolution. */
  private static final long[] SHAPE = {32, 16, 16, 64};

  /** How many numbers these are. */
  static final int ACTIVATIONS = 524_288;

  private final Kernels kernels = KernelChoice.forFloat();
  private INDArray x;
  private INDArray y;
  private INDArray dy;
  private INDArray dx;

  /** Allocates. */
  @Setup(Level.Trial)
  public void setUp() {
    x = NativeArray.random(SHAPE);
    y = NativeArray.random(SHAPE);
    dy = NativeArray.random(SHAPE);
    dx = NativeArray.random(SHAPE);
    kernels.unary(Kernels.Unary.RELU, x, y);
  }

  /** max(x, 0). */
  @Benchmark
  public void relu() {
    kernels.unary(Kernels.Unary.RELU, x, y);
  }

  /** Its gradient, from its result, as convolutions with a fused relu have it. */
  @Benchmark
  public void reluGradient() {
    kernels.unaryGradient(Kernels.Unary.RELU, y, y, dy, dx);
  }
}
