package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reduction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums and maxima over axes by oneDNN, or by loops where the axes come first. */
final class OneDnnReduction {
  private OneDnnReduction() {}

  /** Sums over the axes along which y has size 1; false if oneDNN could not do it. */
  static boolean sum(INDArray x, INDArray y) {
    int columns = (int) Math.min(Integer.MAX_VALUE, y.length());
    if (keepsTrailingAxes(x, y) && FloatLoops.takesRowsOf(columns)) {
      FloatLoops.sumRows(x, columns, y);
      return true;
    }
    Call call =
        OneDnn.get()
            .cached(
                "sum",
                o -> compileSum(o, x.shape(), y.shape()),
                Call.class,
                OneDnnKernels.numbers(0, x.shape(), y.shape()));
    if (call == Call.NONE) {
      return false;
    }
    call.set(0, x).set(1, y).run();
    return true;
  }

  /** Whether the axes that are summed over come first, as where a bias was added to pixels. */
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
      return Call.NONE;
    }
    return compile(oneDnn, dnnl.algorithm.reduction_sum, OneDnn.dense(xs), OneDnn.dense(ys));
  }

  /** Reduces the axes along which y has size 1. */
  static Call compile(OneDnn oneDnn, dnnl.algorithm algorithm, memory.desc x, memory.desc y) {
    var description =
        new reduction.primitive_desc(
            OneDnn.cpu(), algorithm, x, y, 0, 0, OneDnn.attributes(), true);
    return OneDnn.isUnusable(description)
        ? Call.NONE
        : oneDnn
            .call()
            .argument(DNNL_ARG_SRC, x)
            .argument(DNNL_ARG_DST, y)
            .build(new reduction(description), description);
  }
}
