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

import io.github.vqvae4j.tensor.ConvOptions;
import java.util.Arrays;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Convolutions for one set of shapes in oneDNN. Images stay channels last; only weights are
 * reordered, into the layout each primitive picks. A method returns false where oneDNN would run
 * its reference code; nothing was computed then.
 */
final class OneDnnConvolution {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnnConvolution.class);

  /** One primitive, and how its weights come into (or out of) its layout; null if they lie so. */
  private record Compiled(OneDnn.Call call, OneDnn.Packing packing) {}

  /** Stands for "oneDNN has no fast code for this". */
  private static final Compiled NONE = new Compiled(null, null);

  private final OneDnn oneDnn;
  private final long[] numbers;
  private final ConvolutionDescriptions descriptions;

  /** Whether the kernel sees the images in some column and some row of the results. */
  private final boolean seesImages;

  /**
   * The convolution from images to results; both may be of a training pass's other direction.
   *
   * @param x shape of the convolution's images
   * @param w shape of its weights, [kernel height, kernel width, in / groups, out]
   * @param y shape of its results
   */
  OneDnnConvolution(OneDnn oneDnn, long[] x, long[] w, long[] y, ConvOptions window) {
    this.oneDnn = oneDnn;
    numbers = OneDnnKernels.numbers(0, x, w, y, OneDnnConvolutions.geometry(window));
    descriptions = new ConvolutionDescriptions(x, w, y, window);
    seesImages = sees(x[1], w[0], y[1], window.height()) && sees(x[2], w[1], y[2], window.width());
  }

  private static boolean sees(long pixels, long kernel, long results, ConvOptions.Axis axis) {
    for (long i = 0; i < results; i++) {
      for (long k = 0; k < kernel; k++) {
        long pixel = i * axis.stride() - axis.before() + k * axis.dilation();
        if (pixel >= 0 && pixel < pixels) {
          return true;
        }
      }
    }
    return false;
  }

  // --- y = relu?(x * w + bias + residual)

  boolean forward(
      INDArray x, Weights w, INDArray withBias, INDArray residual, boolean relu, INDArray y) {
    return run("conv", x, w, pointer(withBias), pointer(residual), relu, y.data().pointer());
  }

  /** As above, for a bias and a result that are in no array. */
  boolean forward(INDArray x, Weights w, Pointer withBias, boolean relu, Pointer y) {
    return run("conv", x, w, withBias, null, relu, y);
  }

  private static Pointer pointer(INDArray array) {
    return array == null ? null : array.data().pointer();
  }

  private boolean run(
      String kind,
      INDArray source,
      Weights w,
      Pointer withBias,
      Pointer residual,
      boolean relu,
      Pointer target) {
    Compiled compiled = cached(kind, withBias != null, residual != null, relu);
    if (compiled == NONE) {
      return false;
    }
    OneDnn.Call call = compiled.call();
    call.set(0, source).set(1, packed(compiled, w)).set(2, target);
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

  private Compiled compileForward(boolean withBias, boolean residual, boolean relu) {
    var description = descriptions.forward(withBias, fused(residual, relu, descriptions.result));
    if (!isUsable("result", description)) {
      return NONE;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, descriptions.image)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DST, descriptions.result);
    return new Compiled(
        finish(builder, withBias ? descriptions.bias : null, residual ? descriptions.result : null)
            .build(new convolution_forward(description), description),
        oneDnn.packing(descriptions.weights, description.weights_desc()));
  }

  private static primitive_attr fused(boolean residual, boolean relu, memory.desc result) {
    primitive_attr attributes = OneDnn.attributes();
    post_ops after = new post_ops();
    if (residual) {
      after.append_binary(dnnl.algorithm.binary_add, result);
    }
    if (relu) {
      OneDnn.appendRelu(after);
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

  boolean inputGradient(INDArray dy, Weights w, INDArray dx) {
    Compiled compiled = cached("conv dx", false, false, false);
    if (compiled == NONE) {
      return false;
    }
    compiled.call().set(0, dy).set(1, packed(compiled, w)).set(2, dx).run();
    return true;
  }

  private Compiled compileInputGradient() {
    var description = descriptions.inputGradient();
    if (!isUsable("gradient of the images", description)) {
      return NONE;
    }
    return new Compiled(
        oneDnn
            .call()
            .argument(DNNL_ARG_DIFF_DST, descriptions.result)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DIFF_SRC, descriptions.image)
            .build(new convolution_backward_data(description), description),
        oneDnn.packing(descriptions.weights, description.weights_desc()));
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
    OneDnn.Packing packing = compiled.packing();
    if (packing == null) {
      call.set(2, dWeight).run();
    } else {
      Pointer own = Scratch.FIRST.floats(packing.bytesBefore() / Float.BYTES);
      call.set(2, own).run();
      packing.reorder().set(0, own).set(1, dWeight).run();
    }
    return true;
  }

  private Compiled compileWeightGradient(boolean withBias) {
    var description = descriptions.weightGradient(withBias);
    if (!isUsable("gradient of the weights", description)) {
      return NONE;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, descriptions.image)
            .argument(DNNL_ARG_DIFF_DST, descriptions.result)
            .argument(DNNL_ARG_DIFF_WEIGHTS, description.diff_weights_desc());
    if (withBias) {
      builder.argument(DNNL_ARG_DIFF_BIAS, descriptions.bias);
    }
    return new Compiled(
        builder.build(new convolution_backward_weights(description), description),
        oneDnn.packing(description.diff_weights_desc(), descriptions.weights));
  }

  // --- x = relu?(transposed convolution of y + bias + residual)

  boolean transposed(
      INDArray y, Weights w, INDArray withBias, INDArray residual, boolean relu, INDArray x) {
    return run("deconv", y, w, pointer(withBias), pointer(residual), relu, x.data().pointer());
  }

  private Compiled compileTransposed(boolean withBias, boolean residual, boolean relu) {
    var description = descriptions.transposed(withBias, fused(residual, relu, descriptions.image));
    if (!isUsable("transposed", description)) {
      return NONE;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, descriptions.result)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DST, descriptions.image);
    return new Compiled(
        finish(
                builder,
                withBias ? descriptions.transposedBias : null,
                residual ? descriptions.image : null)
            .build(new deconvolution_forward(description), description),
        oneDnn.packing(descriptions.transposedWeights, description.weights_desc()));
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

  /**
   * Whether there is such a convolution, and fast code for it; the log says which. oneDNN 3.11
   * reads address 0 where all that the kernel ever sees is padding, and there is a bias.
   */
  private boolean isUsable(String what, primitive_desc_base description) {
    boolean usable = seesImages && description != null && !OneDnn.isUnusable(description);
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "Convolution {}, {}: {}.",
          Arrays.toString(numbers),
          what,
          usable ? "oneDNN's " + OneDnn.implementation(description) : "ND4J's");
    }
    return usable;
  }

  private Pointer packed(Compiled compiled, Weights w) {
    return (compiled.packing() == null ? w : oneDnn.pack(w, compiled.packing())).data();
  }
}
