package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.benchmarks.floor.ModelConvolutions;
import io.github.vqvae4j.benchmarks.floor.Pass;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.KernelChoice;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.VersionStamp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Each convolution of the model by itself, and beside it oneDNN's fastest primitive alone. */
@State(Scope.Thread)
public class ConvolutionKernels {
  static final int IMAGE_SIZE = 32;

  /** What is computed. */
  public enum Direction {
    /** The result, with bias. */
    FORWARD("forward"),
    /** The gradient of the images. */
    INPUT_GRADIENT("images' gradient"),
    /** The gradient of the weights and, of a convolution that is not transposed, of the bias. */
    WEIGHT_GRADIENT("weights' gradient");

    private final String text;

    Direction(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** Images at once. */
  @Param({"32"})
  public int batch;

  /** Which of the model's 15; the others have the shape of one of these. */
  @Param({"0", "1", "2", "3", "4", "7", "8", "13", "14"})
  public int convolution;

  /** Which way. */
  @Param public Direction direction;

  private final Kernels kernels = KernelChoice.forFloat();
  private ModelConvolutions.Shape shape;
  private ConvOptions window;
  private INDArray input;
  private INDArray weight;
  private INDArray bias;
  private INDArray output;
  private INDArray inputGradient;
  private INDArray weightGradient;
  private INDArray biasGradient;
  private Pass alone;

  /** Allocates. */
  @Setup(Level.Trial)
  public void setUp() {
    shape = ModelConvolutions.of(IMAGE_SIZE).get(convolution);
    window = ConvOptions.of(shape.stride(), shape.padding());
    long[] large = {batch, shape.size(), shape.size(), shape.in()};
    long[] small = {batch, shape.outSize(), shape.outSize(), shape.out()};
    long[] weights = {shape.kernel(), shape.kernel(), shape.in(), shape.out()};
    input = NativeArray.random(shape.transposed() ? small : large);
    inputGradient = NativeArray.random(shape.transposed() ? small : large);
    output = NativeArray.random(shape.transposed() ? large : small);
    weight = NativeArray.random(weights);
    weightGradient = NativeArray.random(weights);
    bias = NativeArray.random(shape.transposed() ? shape.in() : shape.out());
    biasGradient = NativeArray.random(shape.transposed() ? shape.in() : shape.out());
    alone = Pass.fastest(kind(), shape, batch, true);
  }

  private Pass.Kind kind() {
    return switch (direction) {
      case FORWARD -> shape.transposed() ? Pass.Kind.BACKWARD_DATA : Pass.Kind.FORWARD;
      case INPUT_GRADIENT -> shape.transposed() ? Pass.Kind.FORWARD : Pass.Kind.BACKWARD_DATA;
      case WEIGHT_GRADIENT -> Pass.Kind.BACKWARD_WEIGHTS;
    };
  }

  /** The library. Its weights count as new each time, as they are in training. */
  @Benchmark
  public void library() {
    long stamp = VersionStamp.next();
    if (shape.transposed()) {
      transposed(stamp);
    } else {
      switch (direction) {
        case FORWARD -> kernels.conv2d(input, weight, stamp, bias, null, false, window, output);
        case INPUT_GRADIENT ->
            kernels.conv2dGradients(
                input, weight, stamp, output, window, inputGradient, null, null);
        case WEIGHT_GRADIENT ->
            kernels.conv2dGradients(
                input, weight, stamp, output, window, null, weightGradient, biasGradient);
      }
    }
  }

  /** Its gradients are those of the convolution that it is the gradient of, the other way round. */
  private void transposed(long stamp) {
    switch (direction) {
      case FORWARD ->
          kernels.convTranspose2d(input, weight, stamp, bias, null, false, window, output);
      case INPUT_GRADIENT ->
          kernels.conv2d(output, weight, stamp, null, null, false, window, inputGradient);
      case WEIGHT_GRADIENT ->
          kernels.conv2dGradients(output, weight, stamp, input, window, null, weightGradient, null);
    }
  }

  /** oneDNN alone, its weights in the layout that it likes best. */
  @Benchmark
  public void oneDnn() {
    alone.run();
  }
}
