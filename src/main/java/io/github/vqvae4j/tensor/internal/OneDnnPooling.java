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
 * Pooling in oneDNN of images [batch, height, width, channels].
 *
 * @param mode the pooling function
 * @param image the shape of the images
 * @param kernel the height and width of the window
 * @param options stride and padding
 * @param result the shape of the results
 * @param withWorkspace whether the forward pass stores the positions of the maxima
 */
record OneDnnPooling(
    PoolingMode mode,
    long[] image,
    long[] kernel,
    ConvOptions options,
    long[] result,
    boolean withWorkspace) {

  /** Computes y by pooling x; returns false if oneDNN does not support it. */
  boolean forward(INDArray x, INDArray y, INDArray workspace) {
    return run(cached("pooling", this::compile), x, y, workspace);
  }

  /** Computes dx from dy; returns false if oneDNN does not support it. */
  boolean backward(INDArray workspace, INDArray dy, INDArray dx) {
    return run(cached("pooling gradient", this::compileGradient), dy, dx, workspace);
  }

  private boolean run(Call call, INDArray from, INDArray to, INDArray workspace) {
    if (call == Call.UNSUPPORTED) {
      return false;
    }
    call.set(0, from).set(1, to);
    if (withWorkspace) {
      call.set(2, workspace);
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
            OneDnnKernels.cacheKey(
                mode.ordinal() + (withWorkspace ? 2 : 0), image, kernel, strides(), paddings()));
  }

  private Call compile(OneDnn oneDnn) {
    var description = describe();
    if (OneDnn.isUnsupported(description)) {
      return Call.UNSUPPORTED;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, channelsLast(image))
            .argument(DNNL_ARG_DST, channelsLast(result));
    if (withWorkspace) {
      builder.argument(DNNL_ARG_WORKSPACE, description.workspace_desc());
    }
    return builder.build(new pooling_forward(description), description);
  }

  private pooling_forward.primitive_desc describe() {
    return new pooling_forward.primitive_desc(
        OneDnn.cpu(),
        mode == PoolingMode.MAX && !withWorkspace
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
    if (OneDnn.isUnsupported(forward)) {
      // The forward pass used the fallback and stored no positions.
      return Call.UNSUPPORTED;
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
    if (OneDnn.isUnsupported(description)) {
      return Call.UNSUPPORTED;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_DIFF_DST, channelsLast(result))
            .argument(DNNL_ARG_DIFF_SRC, channelsLast(image));
    if (withWorkspace) {
      builder.argument(DNNL_ARG_WORKSPACE, description.workspace_desc());
    }
    return builder.build(new pooling_backward(description), description);
  }

  private dnnl.algorithm algorithm() {
    return switch (mode) {
      case MAX -> dnnl.algorithm.pooling_max;
      case AVERAGE -> dnnl.algorithm.pooling_avg_include_padding;
    };
  }

  private long[] strides() {
    return new long[] {options.height().stride(), options.width().stride()};
  }

  private long[] paddings() {
    return new long[] {options.height().before(), options.width().before()};
  }

  /**
   * Returns the layout of channels-last images; the logical axes are batch, channels, height,
   * width.
   */
  private static memory.desc channelsLast(long[] s) {
    return OneDnn.strided(
        new long[] {s[0], s[3], s[1], s[2]}, s[1] * s[2] * s[3], 1, s[2] * s[3], s[3]);
  }
}
