package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Softmax and log-softmax in oneDNN, which has optimized implementations for the last axis. Methods
 * return false if oneDNN does not support the arguments.
 */
final class OneDnnSoftmax {
  private OneDnnSoftmax() {}

  /** Computes y = softmax(x) along an axis, or its logarithm. */
  static boolean value(INDArray x, int axis, boolean log, INDArray y) {
    long[] shape = aroundAxis(x.shape(), axis);
    Call call =
        OneDnn.get()
            .cached(
                "softmax",
                o -> compile(o, shape, log),
                Call.class,
                OneDnnKernels.cacheKey(log ? 1 : 0, shape));
    if (call == Call.UNSUPPORTED) {
      return false;
    }
    call.set(0, x).set(1, y).run();
    return true;
  }

  /** Computes dx from the result y and its gradient. */
  static boolean gradient(INDArray y, INDArray dy, int axis, boolean log, INDArray dx) {
    long[] shape = aroundAxis(y.shape(), axis);
    Call call =
        OneDnn.get()
            .cached(
                "softmax gradient",
                o -> compileGradient(o, shape, log),
                Call.class,
                OneDnnKernels.cacheKey(log ? 1 : 0, shape));
    if (call == Call.UNSUPPORTED) {
      return false;
    }
    call.set(0, y).set(1, dy).set(2, dx).run();
    return true;
  }

  /** Returns the total sizes before an axis, along it and, unless it is 1, after it. */
  private static long[] aroundAxis(long[] shape, int axis) {
    long before = 1;
    for (int i = 0; i < axis; i++) {
      before *= shape[i];
    }
    long after = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      after *= shape[i];
    }
    return after == 1 ? new long[] {before, shape[axis]} : new long[] {before, shape[axis], after};
  }

  private static Call compile(OneDnn oneDnn, long[] shape, boolean log) {
    memory.desc layout = OneDnn.dense(shape);
    var description = describe(layout, log);
    return OneDnn.isUnsupported(description)
        ? Call.UNSUPPORTED
        : oneDnn
            .call()
            .argument(DNNL_ARG_SRC, layout)
            .argument(DNNL_ARG_DST, layout)
            .build(new softmax_forward(description), description);
  }

  private static softmax_forward.primitive_desc describe(memory.desc layout, boolean log) {
    return new softmax_forward.primitive_desc(
        OneDnn.cpu(),
        dnnl.prop_kind.forward_training,
        algorithm(log),
        layout,
        layout,
        1,
        OneDnn.attributes(),
        true);
  }

  private static dnnl.algorithm algorithm(boolean log) {
    return log ? dnnl.algorithm.softmax_log : dnnl.algorithm.softmax_accurate;
  }

  private static Call compileGradient(OneDnn oneDnn, long[] shape, boolean log) {
    memory.desc layout = OneDnn.dense(shape);
    var description =
        new softmax_backward.primitive_desc(
            OneDnn.cpu(),
            algorithm(log),
            layout,
            layout,
            layout,
            1,
            describe(layout, log),
            OneDnn.attributes(),
            true);
    return OneDnn.isUnsupported(description)
        ? Call.UNSUPPORTED
        : oneDnn
            .call()
            .argument(DNNL_ARG_DST, layout)
            .argument(DNNL_ARG_DIFF_DST, layout)
            .argument(DNNL_ARG_DIFF_SRC, layout)
            .build(new softmax_backward(description), description);
  }
}
