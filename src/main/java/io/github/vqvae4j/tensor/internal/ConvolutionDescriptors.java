package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import java.util.Arrays;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;

/**
 * The oneDNN descriptors of one convolution: the memory layouts of its images, results and weights,
 * its strides, dilation and padding, and the primitive descriptors built from them.
 */
final class ConvolutionDescriptors {
  final memory.desc image;
  final memory.desc result;
  final memory.desc weights;
  final memory.desc transposedWeights;
  final memory.desc bias;
  final memory.desc transposedBias;
  private final memory.desc anyWeights;
  private final memory.desc anyTransposedWeights;
  private final long[] strides;
  private final long[] dilation;
  private final long[] padding;
  private final long[] paddingAfter;

  /**
   * Creates the descriptors of a convolution that maps images to results.
   *
   * @param x the shape of the images
   * @param w the shape of the weights, [kernel height, kernel width, in / groups, out]
   * @param y the shape of the results
   */
  ConvolutionDescriptors(long[] x, long[] w, long[] y, ConvOptions options) {
    strides = new long[] {options.height().stride(), options.width().stride()};
    // oneDNN's dilation is the number of pixels skipped between kernel elements.
    dilation = new long[] {options.height().dilation() - 1, options.width().dilation() - 1};
    padding = new long[] {options.height().before(), options.width().before()};
    // The padding actually used at the bottom and right; less than the configured padding if the
    // stride does not divide the size.
    paddingAfter =
        new long[] {
          (y[1] - 1) * strides[0]
              + (w[0] - 1) * options.height().dilation()
              + 1
              - x[1]
              - padding[0],
          (y[2] - 1) * strides[1] + (w[1] - 1) * options.width().dilation() + 1 - x[2] - padding[1]
        };
    image = channelsLast(x);
    result = channelsLast(y);
    long groups = options.groups();
    long[] logical = {groups, w[3] / groups, w[2], w[0], w[1]};
    long[] weightStrides = {w[3] / groups, 1, w[3], w[1] * w[2] * w[3], w[2] * w[3]};
    int first = groups == 1 ? 1 : 0;
    weights = weights(logical, first, weightStrides);
    anyWeights = anyLayout(logical, first);
    // The transposed convolution maps our results to our images.
    swap(logical);
    swap(weightStrides);
    transposedWeights = weights(logical, first, weightStrides);
    anyTransposedWeights = anyLayout(logical, first);
    bias = OneDnn.dense(w[3]);
    transposedBias = OneDnn.dense(x[3]);
  }

  /**
   * Omits the group axis if there is only one group: oneDNN has more implementations for that case.
   */
  private static memory.desc weights(long[] shape, int first, long[] strides) {
    return OneDnn.strided(
        Arrays.copyOfRange(shape, first, shape.length),
        Arrays.copyOfRange(strides, first, strides.length));
  }

  private static memory.desc anyLayout(long[] shape, int first) {
    return new memory.desc(
        Arrays.copyOfRange(shape, first, shape.length),
        memory.data_type.f32,
        memory.format_tag.any);
  }

  private static void swap(long[] weightAxes) {
    long outputs = weightAxes[1];
    weightAxes[1] = weightAxes[2];
    weightAxes[2] = outputs;
  }

  private static memory.desc channelsLast(long[] shape) {
    return new memory.desc(
        new long[] {shape[0], shape[3], shape[1], shape[2]},
        memory.data_type.f32,
        memory.format_tag.nhwc);
  }

  /** Returns the primitive descriptor of the convolution. */
  convolution_forward.primitive_desc forward(boolean withBias, primitive_attr attributes) {
    return withBias
        ? new convolution_forward.primitive_desc(
            OneDnn.cpu(),
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.convolution_direct,
            image,
            anyWeights,
            bias,
            result,
            strides,
            dilation,
            padding,
            paddingAfter,
            attributes,
            true)
        : new convolution_forward.primitive_desc(
            OneDnn.cpu(),
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.convolution_direct,
            image,
            anyWeights,
            result,
            strides,
            dilation,
            padding,
            paddingAfter,
            attributes,
            true);
  }

  /** Returns the primitive descriptor of the input gradient; null if oneDNN does not support it. */
  convolution_backward_data.primitive_desc inputGradient() {
    var hint = forward(false, OneDnn.attributes());
    if (hint.get(true) == null) {
      return null;
    }
    return new convolution_backward_data.primitive_desc(
        OneDnn.cpu(),
        dnnl.algorithm.convolution_direct,
        image,
        anyWeights,
        result,
        strides,
        dilation,
        padding,
        paddingAfter,
        hint,
        OneDnn.attributes(),
        true);
  }

  /**
   * Returns the primitive descriptor of the weight gradient; null if oneDNN does not support it.
   */
  convolution_backward_weights.primitive_desc weightGradient(boolean withBias) {
    var hint = forward(withBias, OneDnn.attributes());
    if (hint.get(true) == null) {
      return null;
    }
    return withBias
        ? new convolution_backward_weights.primitive_desc(
            OneDnn.cpu(),
            dnnl.algorithm.convolution_direct,
            image,
            anyWeights,
            bias,
            result,
            strides,
            dilation,
            padding,
            paddingAfter,
            hint,
            OneDnn.attributes(),
            true)
        : new convolution_backward_weights.primitive_desc(
            OneDnn.cpu(),
            dnnl.algorithm.convolution_direct,
            image,
            anyWeights,
            result,
            strides,
            dilation,
            padding,
            paddingAfter,
            hint,
            OneDnn.attributes(),
            true);
  }

  /** Returns the primitive descriptor of the transposed convolution, from results to images. */
  deconvolution_forward.primitive_desc transposed(boolean withBias, primitive_attr attributes) {
    return withBias
        ? new deconvolution_forward.primitive_desc(
            OneDnn.cpu(),
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.deconvolution_direct,
            result,
            anyTransposedWeights,
            transposedBias,
            image,
            strides,
            dilation,
            padding,
            paddingAfter,
            attributes,
            true)
        : new deconvolution_forward.primitive_desc(
            OneDnn.cpu(),
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.deconvolution_direct,
            result,
            anyTransposedWeights,
            image,
            strides,
            dilation,
            padding,
            paddingAfter,
            attributes,
            true);
  }
}
