package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution or transposed convolution with fused operations. Its other uses apply the same
 * weights to larger images and in the opposite direction, which is also used by the input gradient.
 */
record ConvolutionCase(
    boolean transposed,
    int batch,
    int height,
    int width,
    int in,
    int out,
    int kernelHeight,
    int kernelWidth,
    ConvOptions options,
    boolean bias,
    boolean residual,
    boolean relu) {
  static ConvolutionCase square(
      boolean transposed, int batch, int size, int in, int out, int kernel, ConvOptions options) {
    return new ConvolutionCase(
        transposed, batch, size, size, in, out, kernel, kernel, options, true, false, false);
  }

  /** Returns the number of multiplications of a forward pass. */
  long multiplications() {
    return (long) batch
        * (transposed ? (long) height * width : height(height) * width(width))
        * kernelHeight
        * kernelWidth
        * in
        * out
        / options.groups();
  }

  /** Returns whether the convolution is valid and its results are not empty in either direction. */
  boolean isValid() {
    return in % options.groups() == 0
        && out % options.groups() == 0
        && height(height) > 0
        && width(width) > 0
        && opposite(height(height), true) > 0
        && opposite(width(width), false) > 0;
  }

  private long height(long size) {
    return size(size, transposed, true);
  }

  private long width(long size) {
    return size(size, transposed, false);
  }

  private long opposite(long size, boolean rows) {
    return size(size, !transposed, rows);
  }

  private long size(long size, boolean transpose, boolean rows) {
    ConvOptions.Axis axis = rows ? options.height() : options.width();
    int padding = axis.before() + axis.after();
    int extent = axis.dilation() * ((rows ? kernelHeight : kernelWidth) - 1) + 1;
    return transpose
        ? (size - 1) * axis.stride() - padding + extent + axis.outputPadding()
        : Math.floorDiv(size + padding - extent, axis.stride()) + 1;
  }

  Subject subject() {
    int groups = options.groups();
    List<long[]> shapes = new ArrayList<>();
    shapes.add(
        transposed
            ? new long[] {kernelHeight, kernelWidth, out / groups, in}
            : new long[] {kernelHeight, kernelWidth, in / groups, out});
    shapes.add(new long[] {out});
    shapes.add(new long[] {batch, height, width, in});
    shapes.add(new long[] {batch, height(height), width(width), out});
    shapes.add(new long[] {batch + 1, height + 1, width + 2, in});
    shapes.add(new long[] {batch, height(height), width(width), out});
    ConvOptions withoutOutputPadding = options.outputPadding(0, 0);
    return Subject.of(
        shapes,
        List.of(
            v -> {
              Tensor b = bias ? v[1] : null;
              Tensor r = residual ? v[3] : null;
              return transposed
                  ? FusedConvolution.of(Form.CONV_TRANSPOSE_2D, v[2], v[0], b, r, relu, options)
                  : FusedConvolution.of(Form.CONV_2D, v[2], v[0], b, r, relu, options);
            },
            v ->
                transposed
                    ? v[4].convTranspose2d(v[0], v[1], options)
                    : v[4].conv2d(v[0], v[1], options),
            v ->
                transposed
                    ? v[5].conv2d(v[0], null, withoutOutputPadding)
                    : v[5].convTranspose2d(v[0], null, withoutOutputPadding)));
  }
}
