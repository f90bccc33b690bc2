package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.vqvae4j.tensor.Window;
import java.util.Arrays;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions for one set of shapes in oneDNN. Images stay channels last; only weights are
 * reordered, into the layout each primitive picks. A method returns false where oneDNN would run
 * its reference code; nothing was computed then.
 */
final class OneDnnConvolution {
  /** One primitive, and how its weights come into (or out of) its layout. */
  private record Compiled(
      OneDnn.Call call, memory.desc layout, String layoutName, OneDnn.Call reorder) {
    boolean plain() {
      return reorder == null;
    }
  }

  /** Stands for "oneDNN has no fast code for this". */
  private static final Compiled NONE = new Compiled(null, null, null, null);

  private final OneDnn oneDnn;
  private final long[] numbers;
  private final long[] strides;
  private final long[] dilation;
  private final long[] padding;
  private final long[] paddingAfter;
  private final memory.desc image;
  private final memory.desc result;
  private final memory.desc weights;
  private final memory.desc anyWeights;
  private final memory.desc transposedWeights;
  private final memory.desc anyTransposedWeights;
  private final memory.desc bias;
  private final memory.desc transposedBias;

  /**
   * The convolution from images to results; both may be of a training pass's other direction.
   *
   * @param x shape of the convolution's images
   * @param w shape of its weights, [kernel height, kernel width, in / groups, out]
   * @param y shape of its results
   */
  OneDnnConvolution(OneDnn oneDnn, long[] x, long[] w, long[] y, Window window) {
    this.oneDnn = oneDnn;
    numbers = OneDnnKernels.numbers(0, x, w, y, OneDnnConvolutions.geometry(window));
    strides = new long[] {window.strideHeight(), window.strideWidth()};
    // oneDNN counts the rows and columns between those of the kernel.
    dilation = new long[] {window.dilationHeight() - 1, window.dilationWidth() - 1};
    padding = new long[] {window.paddingHeight(), window.paddingWidth()};
    // What remains at the far side may be less than the padding, where the stride does not divide.
    paddingAfter =
        new long[] {
          (y[1] - 1) * strides[0] + (w[0] - 1) * window.dilationHeight() + 1 - x[1] - padding[0],
          (y[2] - 1) * strides[1] + (w[1] - 1) * window.dilationWidth() + 1 - x[2] - padding[1]
        };
    image = channelsLast(x);
    result = channelsLast(y);
    long groups = window.groups();
    long[] logical = {groups, w[3] / groups, w[2], w[0], w[1]};
    long[] weightStrides = {w[3] / groups, 1, w[3], w[1] * w[2] * w[3], w[2] * w[3]};
    int first = groups == 1 ? 1 : 0;
    weights = weights(logical, first, weightStrides);
    anyWeights = anyLayout(logical, first);
    // Transposed, its inputs are our results, and its results our images.
    swap(logical);
    swap(weightStrides);
    transposedWeights = weights(logical, first, weightStrides);
    anyTransposedWeights = anyLayout(logical, first);
    bias = OneDnn.dense(w[3]);
    transposedBias = OneDnn.dense(x[3]);
  }

  /** Without the axis of groups, if there is but one: oneDNN has more code for that. */
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

  private static void swap(long[] ofWeights) {
    long outputs = ofWeights[1];
    ofWeights[1] = ofWeights[2];
    ofWeights[2] = outputs;
  }

  private static memory.desc channelsLast(long[] shape) {
    return new memory.desc(
        new long[] {shape[0], shape[3], shape[1], shape[2]},
        memory.data_type.f32,
        memory.format_tag.nhwc);
  }

  // --- y = relu?(x * w + bias + residual)

  boolean forward(
      INDArray x,
      INDArray w,
      long stamp,
      INDArray withBias,
      INDArray residual,
      boolean relu,
      INDArray y) {
    return run("conv", x, w, stamp, withBias, residual, relu, y);
  }

  private boolean run(
      String kind,
      INDArray source,
      INDArray w,
      long stamp,
      INDArray withBias,
      INDArray residual,
      boolean relu,
      INDArray target) {
    Compiled compiled = cached(kind, withBias != null, residual != null, relu);
    if (compiled == NONE) {
      return false;
    }
    OneDnn.Call call = compiled.call();
    call.set(0, source).set(1, packed(compiled, w, stamp)).set(2, target);
    int next = 3;
    if (withBias != null) {
      call.set(next++, withBias);
    }
    if (residual != null) {
      call.set(next, residual);
    }
    call.run();
    return true;
  }

  private convolution_forward.primitive_desc describeForward(
      boolean withBias, primitive_attr attributes) {
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

  private Compiled compileForward(boolean withBias, boolean residual, boolean relu) {
    var description = describeForward(withBias, fused(residual, relu, result));
    if (OneDnn.isUnusable(description)) {
      return NONE;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, image)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DST, result);
    return compiled(
        finish(builder, withBias ? bias : null, residual ? result : null)
            .build(new convolution_forward(description), description),
        weights,
        description.weights_desc(),
        true);
  }

  private static primitive_attr fused(boolean residual, boolean relu, memory.desc result) {
    primitive_attr attributes = OneDnn.attributes();
    post_ops after = new post_ops();
    if (residual) {
      after.append_binary(dnnl.algorithm.binary_add, result);
    }
    if (relu) {
      after.append_eltwise(dnnl.algorithm.eltwise_relu, 0, 0);
    }
    attributes.set_post_ops(after);
    return attributes;
  }

  private static OneDnn.Builder finish(
      OneDnn.Builder builder, memory.desc bias, memory.desc residual) {
    if (bias != null) {
      builder.argument(DNNL_ARG_BIAS, bias);
    }
    if (residual != null) {
      builder.argument(DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1, residual);
    }
    return builder;
  }

  // --- gradients of y = x * w + bias

  boolean inputGradient(INDArray dy, INDArray w, long stamp, INDArray dx) {
    Compiled compiled = cached("conv dx", false, false, false);
    if (compiled == NONE) {
      return false;
    }
    compiled.call().set(0, dy).set(1, packed(compiled, w, stamp)).set(2, dx).run();
    return true;
  }

  private Compiled compileInputGradient() {
    var hint = describeForward(false, OneDnn.attributes());
    if (hint.get(true) == null) {
      return NONE;
    }
    var description =
        new convolution_backward_data.primitive_desc(
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
    if (OneDnn.isUnusable(description)) {
      return NONE;
    }
    return compiled(
        oneDnn
            .call()
            .argument(DNNL_ARG_DIFF_DST, result)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DIFF_SRC, image)
            .build(new convolution_backward_data(description), description),
        weights,
        description.weights_desc(),
        true);
  }

  boolean weightGradient(INDArray x, INDArray dy, INDArray dWeight, INDArray dBias) {
    Compiled compiled = cached("conv dw", dBias != null, false, false);
    if (compiled == NONE) {
      return false;
    }
    OneDnn.Call call = compiled.call().set(0, x).set(1, dy);
    if (dBias != null) {
      call.set(3, dBias);
    }
    if (compiled.plain()) {
      call.set(2, dWeight).run();
    } else {
      Pointer own = oneDnn.buffer(compiled.layout(), compiled.layoutName());
      call.set(2, own).run();
      compiled.reorder().set(0, own).set(1, dWeight).run();
    }
    return true;
  }

  private Compiled compileWeightGradient(boolean withBias) {
    var hint = describeForward(withBias, OneDnn.attributes());
    if (hint.get(true) == null) {
      return NONE;
    }
    var description =
        withBias
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
    if (OneDnn.isUnusable(description)) {
      return NONE;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, image)
            .argument(DNNL_ARG_DIFF_DST, result)
            .argument(DNNL_ARG_DIFF_WEIGHTS, description.diff_weights_desc());
    if (withBias) {
      builder.argument(DNNL_ARG_DIFF_BIAS, bias);
    }
    return compiled(
        builder.build(new convolution_backward_weights(description), description),
        weights,
        description.diff_weights_desc(),
        false);
  }

  // --- x = relu?(transposed convolution of y + bias + residual)

  boolean transposed(
      INDArray y,
      INDArray w,
      long stamp,
      INDArray withBias,
      INDArray residual,
      boolean relu,
      INDArray x) {
    return run("deconv", y, w, stamp, withBias, residual, relu, x);
  }

  private Compiled compileTransposed(boolean withBias, boolean residual, boolean relu) {
    primitive_attr attributes = fused(residual, relu, image);
    var description =
        withBias
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
    if (OneDnn.isUnusable(description)) {
      return NONE;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, result)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DST, image);
    return compiled(
        finish(builder, withBias ? transposedBias : null, residual ? image : null)
            .build(new deconvolution_forward(description), description),
        transposedWeights,
        description.weights_desc(),
        true);
  }

  // --- shared

  private Compiled cached(String kind, boolean withBias, boolean residual, boolean relu) {
    long[] key = Arrays.copyOf(numbers, numbers.length + 3);
    key[numbers.length] = withBias ? 1 : 0;
    key[numbers.length + 1] = residual ? 1 : 0;
    key[numbers.length + 2] = relu ? 1 : 0;
    return oneDnn.cached(
        kind,
        o ->
            switch (kind) {
              case "conv" -> compileForward(withBias, residual, relu);
              case "conv dx" -> compileInputGradient();
              case "conv dw" -> compileWeightGradient(withBias);
              default -> compileTransposed(withBias, residual, relu);
            },
        Compiled.class,
        key);
  }

  private Compiled compiled(
      OneDnn.Call call, memory.desc ours, memory.desc picked, boolean intoPicked) {
    if (ours.equals(picked)) {
      return new Compiled(call, null, null, null);
    }
    memory.desc from = intoPicked ? ours : picked;
    memory.desc to = intoPicked ? picked : ours;
    return new Compiled(call, picked, OneDnn.layoutOf(picked), oneDnn.reorder(from, to, false));
  }

  private Pointer packed(Compiled compiled, INDArray w, long stamp) {
    return compiled.plain()
        ? w.data().pointer()
        : oneDnn.pack(w, stamp, compiled.reorder(), compiled.layout(), compiled.layoutName());
  }
}
