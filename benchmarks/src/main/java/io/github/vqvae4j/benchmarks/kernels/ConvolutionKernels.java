package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.benchmarks.convolutions.ConvolutionPass;
import io.github.vqvae4j.benchmarks.convolutions.ModelConvolutions;
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

/** The convolutions of the model in isolation, compared with oneDNN's fastest primitives. */
@State(Scope.Thread)
public class ConvolutionKernels {
  static final int IMAGE_SIZE = 32;

  /** The pass of a convolution. */
  public enum Direction {
    /** Computes the output, including the bias. */
    FORWARD("forward"),
    /** Computes the input gradient. */
    INPUT_GRADIENT("input gradient"),
    /** Computes the weight gradient and, unless transposed, the bias gradient. */
    WEIGHT_GRADIENT("weight gradient");

    private final String text;

    Direction(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** The batch size. */
  @Param({"32"})
  public int batch;

  /** The index of the convolution in the model; the omitted ones have the same shapes. */
  @Param({"0", "1", "2", "3", "4", "7", "8", "13", "14"})
  public int convolution;

  /** The pass. */
  @Param public Direction direction;

  private final Kernels kernels = KernelChoice.forFloat();
  private ModelConvolutions.Shape shape;
  private ConvOptions options;
  private INDArray input;
  private INDArray weight;
  private INDArray bias;
  private INDArray output;
  private INDArray inputGradient;
  private INDArray weightGradient;
  private INDArray biasGradient;
  private ConvolutionPass primitive;

  /** Allocates the arrays. */
  @Setup(Level.Trial)
  public void setUp() {
    shape = ModelConvolutions.of(IMAGE_SIZE).get(convolution);
    options = ConvOptions.of(shape.stride(), shape.padding());
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
    primitive = ConvolutionPass.fastest(kind(), shape, batch, true);
  }

  private ConvolutionPass.Kind kind() {
    return switch (direction) {
      case FORWARD ->
          shape.transposed() ? ConvolutionPass.Kind.BACKWARD_DATA : ConvolutionPass.Kind.FORWARD;
      case INPUT_GRADIENT ->
          shape.transposed() ? ConvolutionPass.Kind.FORWARD : ConvolutionPass.Kind.BACKWARD_DATA;
      case WEIGHT_GRADIENT -> ConvolutionPass.Kind.BACKWARD_WEIGHTS;
    };
  }

  /** Calls the library's kernel with changed weights, as in training. */
  @Benchmark
  public void library() {
    long stamp = VersionStamp.next();
    if (shape.transposed()) {
      transposed(stamp);
    } else {
      switch (direction) {
        case FORWARD -> kernels.conv2d(input, weight, stamp, bias, null, false, options, output);
        case INPUT_GRADIENT ->
            kernels.conv2dGradients(
                input, weight, stamp, output, options, inputGradient, null, null);
        case WEIGHT_GRADIENT ->
            kernels.conv2dGradients(
                input, weight, stamp, output, options, null, weightGradient, biasGradient);
      }
    }
  }

  /** A transposed convolution is a convolution's input gradient, so input and output swap roles. */
  private void transposed(long stamp) {
    switch (direction) {
      case FORWARD ->
          kernels.convTranspose2d(input, weight, stamp, bias, null, false, options, output);
      case INPUT_GRADIENT ->
          kernels.conv2d(output, weight, stamp, null, null, false, options, inputGradient);
      case WEIGHT_GRADIENT ->
          kernels.conv2dGradients(
              output, weight, stamp, input, options, null, weightGradient, null);
    }
  }

  /** Runs oneDNN's primitive alone, with weights in the layout that oneDNN prefers. */
  @Benchmark
  public void oneDnn() {
    primitive.run();
  }
}
