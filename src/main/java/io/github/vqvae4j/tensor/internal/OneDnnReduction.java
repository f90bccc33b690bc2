package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reduction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reductions over axes in oneDNN, or in loops if the axes are the leading ones. */
final class OneDnnReduction {
  private OneDnnReduction() {}

  /**
   * Computes the sum over the axes along which y has size 1; returns false if oneDNN does not
   * support it.
   */
  static boolean sum(INDArray x, INDArray y) {
    int columns = (int) Math.min(Integer.MAX_VALUE, y.length());
    if (keepsTrailingAxes(x, y) && FloatLoops.supportsRowLength(columns)) {
      FloatLoops.sumRows(x, columns, y);
      return true;
    }
    Call call =
        OneDnn.get()
            .cached(
                "sum",
                o -> compileSum(o, x.shape(), y.shape()),
                Call.class,
                OneDnnKernels.cacheKey(0, x.shape(), y.shape()));
    if (call == Call.UNSUPPORTED) {
      return false;
    }
    call.set(0, x).set(1, y).run();
    return true;
  }

  /** Returns whether only leading axes are reduced, as in the gradient of a bias. */
  private static boolean keepsTrailingAxes(INDArray x, INDArray y) {
    int axis = 0;
    while (axis < x.rank() && y.size(axis) == 1) {
      axis++;
    }
    while (axis < x.rank() && y.size(axis) == x.size(axis)) {
      axis++;
    }
    return axis == x.rank();
  }

  private static Call compileSum(OneDnn oneDnn, long[] xs, long[] ys) {
    if (Arrays.equals(xs, ys)) {
      return Call.UNSUPPORTED;
    }
    return compile(oneDnn, dnnl.algorithm.reduction_sum, OneDnn.dense(xs), OneDnn.dense(ys));
  }

  /** Compiles a reduction of the axes along which y has size 1. */
  static Call compile(OneDnn oneDnn, dnnl.algorithm algorithm, memory.desc x, memory.desc y) {
    var description =
        new reduction.primitive_desc(
            OneDnn.cpu(), algorithm, x, y, 0, 0, OneDnn.attributes(), true);
    return OneDnn.isUnsupported(description)
        ? Call.UNSUPPORTED
        : oneDnn
            .call()
            .argument(DNNL_ARG_SRC, x)
            .argument(DNNL_ARG_DST, y)
            .build(new reduction(description), description);
  }
}
