package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.Kernels.PoolingMode;
import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import java.util.function.Function;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * PoolingMode by oneDNN of images [batch, height, width, channels].
 *
 * @param image shape of the images
 * @param result shape of the results
 * @param notes whether the forward pass writes down where each maximum was
 */
record OneDnnPooling(
    PoolingMode kind,
    long[] image,
    long[] kernel,
    ConvOptions window,
    long[] result,
    boolean notes) {

  /** y = the pooled x; false if oneDNN could not do it. */
  boolean forward(INDArray x, INDArray y, INDArray where) {
    return run(cached("pooling", this::compile), x, y, where);
  }

  /** dx from the gradient of y; false if oneDNN could not do it. */
  boolean backward(INDArray where, INDArray dy, INDArray dx) {
    return run(cached("pooling gradient", this::compileGradient), dy, dx, where);
  }

  private boolean run(Call call, INDArray from, INDArray to, INDArray where) {
    if (call == Call.NONE) {
      return false;
    }
    call.set(0, from).set(1, to);
    if (notes) {
      call.set(2, where);
    }
    call.run();
    return true;
  }

  private Call cached(String name, Function<OneDnn, Call> build) {
    return OneDnn.get()
        .cached(
            name,
            build,
            Call.class,
            OneDnnKernels.numbers(
                kind.ordinal() + (notes ? 2 : 0), image, kernel, strides(), paddings()));
  }

  private Call compile(OneDnn oneDnn) {
    var description = describe();
    if (OneDnn.isUnusable(description)) {
      return Call.NONE;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, channelsLast(image))
            .argument(DNNL_ARG_DST, channelsLast(result));
    if (notes) {
      builder.argument(DNNL_ARG_WORKSPACE, description.workspace_desc());
    }
    return builder.build(new pooling_forward(description), description);
  }

  private pooling_forward.primitive_desc describe() {
    return new pooling_forward.primitive_desc(
        OneDnn.cpu(),
        kind == PoolingMode.MAX && !notes
            ? dnnl.prop_kind.forward_inference
            : dnnl.prop_kind.forward_training,
        algorithm(),
        channelsLast(image),
        channelsLast(result),
        strides(),
        kernel,
        new long[2],
        paddings(),
        paddings(),
        OneDnn.attributes(),
        true);
  }

  private Call compileGradient(OneDnn oneDnn) {
    var forward = describe();
    if (OneDnn.isUnusable(forward)) {
      // Then nobody wrote notes.
      return Call.NONE;
    }
    var description =
        new pooling_backward.primitive_desc(
            OneDnn.cpu(),
            algorithm(),
            channelsLast(image),
            channelsLast(result),
            strides(),
            kernel,
            new long[2],
            paddings(),
            paddings(),
            forward,
            OneDnn.attributes(),
            true);
    if (OneDnn.isUnusable(description)) {
      return Call.NONE;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_DIFF_DST, channelsLast(result))
            .argument(DNNL_ARG_DIFF_SRC, channelsLast(image));
    if (notes) {
      builder.argument(DNNL_ARG_WORKSPACE, description.workspace_desc());
    }
    return builder.build(new pooling_backward(description), description);
  }

  private dnnl.algorithm algorithm() {
    return switch (kind) {
      case MAX -> dnnl.algorithm.pooling_max;
      case AVERAGE -> dnnl.algorithm.pooling_avg_include_padding;
    };
  }

  private long[] strides() {
    return new long[] {window.height().stride(), window.width().stride()};
  }

  private long[] paddings() {
    return new long[] {window.height().before(), window.width().before()};
  }

  /** oneDNN names the axes batch, channels, height, width; the strides say how they lie. */
  private static memory.desc channelsLast(long[] s) {
    return OneDnn.strided(
        new long[] {s[0], s[3], s[1], s[2]}, s[1] * s[2] * s[3], 1, s[2] * s[3], s[3]);
  }
}
