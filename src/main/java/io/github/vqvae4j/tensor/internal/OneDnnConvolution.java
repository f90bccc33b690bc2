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

import io.github.vqvae4j.log.internal.Log;
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

/**
 * Convolutions in oneDNN for one set of shapes. Images are channels-last; only weights are
 * reordered, into the layout chosen by each primitive. Methods return false, without computing
 * anything, if oneDNN has only a reference implementation.
 */
final class OneDnnConvolution {
  private static final Logger LOG = Log.of(OneDnnConvolution.class);

  /**
   * A primitive and the conversion of its weights (or weight gradient) between layouts; null if the
   * layouts are equal.
   */
  private record Compiled(OneDnn.Call call, OneDnn.Packing packing) {}

  /** Indicates that oneDNN has no optimized implementation. */
  private static final Compiled UNSUPPORTED = new Compiled(null, null);

  private final OneDnn oneDnn;
  private final long[] key;
  private final ConvolutionDescriptors descriptors;

  /** Whether at least one result pixel depends on the images, rather than on padding only. */
  private final boolean overlapsImages;

  /**
   * Creates a convolution from images to results.
   *
   * @param x the shape of the images
   * @param w the shape of the weights, [kernel height, kernel width, in / groups, out]
   * @param y the shape of the results
   */
  OneDnnConvolution(OneDnn oneDnn, long[] x, long[] w, long[] y, ConvOptions options) {
    this.oneDnn = oneDnn;
    key = OneDnnKernels.cacheKey(0, x, w, y, OneDnnConvolutions.geometry(options));
    descriptors = new ConvolutionDescriptors(x, w, y, options);
    overlapsImages =
        overlaps(x[1], w[0], y[1], options.height()) && overlaps(x[2], w[1], y[2], options.width());
  }

  private static boolean overlaps(long pixels, long kernel, long results, ConvOptions.Axis axis) {
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
      INDArray x, Weights w, INDArray bias, INDArray residual, boolean relu, INDArray y) {
    return run("conv", x, w, pointer(bias), pointer(residual), relu, y.data().pointer());
  }

  /** Like the method above, for a bias and a result given as pointers. */
  boolean forward(INDArray x, Weights w, Pointer bias, boolean relu, Pointer y) {
    return run("conv", x, w, bias, null, relu, y);
  }

  private static Pointer pointer(INDArray array) {
    return array == null ? null : array.data().pointer();
  }

  private boolean run(
      String kind,
      INDArray source,
      Weights w,
      Pointer bias,
      Pointer residual,
      boolean relu,
      Pointer target) {
    Compiled compiled = cached(kind, bias != null, residual != null, relu);
    if (compiled == UNSUPPORTED) {
      return false;
    }
    OneDnn.Call call = compiled.call();
    call.set(0, source).set(1, packed(compiled, w)).set(2, target);
    int next = 3;
    if (bias != null) {
      call.set(next++, bias);
    }
    if (residual != null) {
      call.set(next, residual);
    }
    call.run();
    return true;
  }

  private Compiled compileForward(boolean withBias, boolean residual, boolean relu) {
    var description = descriptors.forward(withBias, fused(residual, relu, descriptors.result));
    if (!isUsable("result", description)) {
      return UNSUPPORTED;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, descriptors.image)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DST, descriptors.result);
    return new Compiled(
        finish(builder, withBias ? descriptors.bias : null, residual ? descriptors.result : null)
            .build(new convolution_forward(description), description),
        oneDnn.packing(descriptors.weights, description.weights_desc()));
  }

  private static primitive_attr fused(boolean residual, boolean relu, memory.desc result) {
    primitive_attr attributes = OneDnn.attributes();
    post_ops postOps = new post_ops();
    if (residual) {
      postOps.append_binary(dnnl.algorithm.binary_add, result);
    }
    if (relu) {
      OneDnn.appendRelu(postOps);
    }
    attributes.set_post_ops(postOps);
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
    if (compiled == UNSUPPORTED) {
      return false;
    }
    compiled.call().set(0, dy).set(1, packed(compiled, w)).set(2, dx).run();
    return true;
  }

  private Compiled compileInputGradient() {
    var description = descriptors.inputGradient();
    if (!isUsable("gradient of the images", description)) {
      return UNSUPPORTED;
    }
    return new Compiled(
        oneDnn
            .call()
            .argument(DNNL_ARG_DIFF_DST, descriptors.result)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DIFF_SRC, descriptors.image)
            .build(new convolution_backward_data(description), description),
        oneDnn.packing(descriptors.weights, description.weights_desc()));
  }

  boolean weightGradient(INDArray x, INDArray dy, INDArray dWeight, INDArray dBias) {
    Compiled compiled = cached("conv dw", dBias != null, false, false);
    if (compiled == UNSUPPORTED) {
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
      Pointer packedGradient = ScratchBuffer.FIRST.floats(packing.bytesBefore() / Float.BYTES);
      call.set(2, packedGradient).run();
      packing.reorder().set(0, packedGradient).set(1, dWeight).run();
    }
    return true;
  }

  private Compiled compileWeightGradient(boolean withBias) {
    var description = descriptors.weightGradient(withBias);
    if (!isUsable("gradient of the weights", description)) {
      return UNSUPPORTED;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, descriptors.image)
            .argument(DNNL_ARG_DIFF_DST, descriptors.result)
            .argument(DNNL_ARG_DIFF_WEIGHTS, description.diff_weights_desc());
    if (withBias) {
      builder.argument(DNNL_ARG_DIFF_BIAS, descriptors.bias);
    }
    return new Compiled(
        builder.build(new convolution_backward_weights(description), description),
        oneDnn.packing(description.diff_weights_desc(), descriptors.weights));
  }

  // --- x = relu?(transposed convolution of y + bias + residual)

  boolean transposed(
      INDArray y, Weights w, INDArray bias, INDArray residual, boolean relu, INDArray x) {
    return run("deconv", y, w, pointer(bias), pointer(residual), relu, x.data().pointer());
  }

  private Compiled compileTransposed(boolean withBias, boolean residual, boolean relu) {
    var description = descriptors.transposed(withBias, fused(residual, relu, descriptors.image));
    if (!isUsable("transposed", description)) {
      return UNSUPPORTED;
    }
    OneDnn.Builder builder =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, descriptors.result)
            .argument(DNNL_ARG_WEIGHTS, description.weights_desc())
            .argument(DNNL_ARG_DST, descriptors.image);
    return new Compiled(
        finish(
                builder,
                withBias ? descriptors.transposedBias : null,
                residual ? descriptors.image : null)
            .build(new deconvolution_forward(description), description),
        oneDnn.packing(descriptors.transposedWeights, description.weights_desc()));
  }

  // --- shared

  private Compiled cached(String kind, boolean withBias, boolean residual, boolean relu) {
    long[] fullKey = Arrays.copyOf(key, key.length + 3);
    fullKey[key.length] = withBias ? 1 : 0;
    fullKey[key.length + 1] = residual ? 1 : 0;
    fullKey[key.length + 2] = relu ? 1 : 0;
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
        fullKey);
  }

  /**
   * Returns whether oneDNN has an optimized implementation, and logs it. oneDNN 3.11 dereferences a
   * null pointer if all kernel positions cover only padding and there is a bias.
   */
  private boolean isUsable(String what, primitive_desc_base description) {
    boolean usable = overlapsImages && description != null && !OneDnn.isUnsupported(description);
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "Convolution {}, {}: {}.",
          Arrays.toString(key),
          what,
          usable ? "oneDNN's " + OneDnn.implementation(description) : "ND4J's");
    }
    return usable;
  }

  private Pointer packed(Compiled compiled, Weights w) {
    return (compiled.packing() == null ? w : oneDnn.pack(w, compiled.packing())).data();
  }
}
