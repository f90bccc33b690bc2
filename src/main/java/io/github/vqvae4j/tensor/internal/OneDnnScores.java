package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link Kernels#scores} in oneDNN: a matrix product with bias, and a max reduction. */
final class OneDnnScores {
  private OneDnnScores() {}

  /**
   * Computes the scores; returns false, without computing anything, if oneDNN has no optimized
   * implementation.
   */
  static boolean run(INDArray x, INDArray table, INDArray bias, INDArray scores, INDArray best) {
    long n = x.size(0);
    long d = x.size(1);
    long k = table.size(0);
    long groups = best.length();
    long groupSize = scores.length() / groups;
    OneDnn oneDnn = OneDnn.get();
    Call product = oneDnn.cached("scores", o -> product(o, n, d, k), Call.class, n, d, k);
    Call max = oneDnn.cached("max", o -> max(o, groups, groupSize), Call.class, groups, groupSize);
    if (product == Call.UNSUPPORTED || max == Call.UNSUPPORTED) {
      return false;
    }
    product.set(0, x).set(1, table).set(2, bias).set(3, scores).run();
    max.set(0, scores).set(1, best).run();
    return true;
  }

  private static Call product(OneDnn oneDnn, long n, long d, long k) {
    memory.desc rows = OneDnn.dense(n, d);
    memory.desc codes = OneDnn.strided(new long[] {d, k}, 1, d);
    memory.desc bias = OneDnn.dense(1, k);
    memory.desc y = OneDnn.dense(n, k);
    primitive_attr attributes = OneDnn.attributes();
    // Overrides ONEDNN_DEFAULT_FPMATH_MODE: the error bound assumes sums in float.
    attributes.set_fpmath_mode(dnnl.fpmath_mode.strict);
    var description =
        new matmul.primitive_desc(OneDnn.cpu(), rows, codes, bias, y, attributes, true);
    return OneDnn.isUnsupported(description)
        ? Call.UNSUPPORTED
        : oneDnn
            .call()
            .argument(DNNL_ARG_SRC, rows)
            .argument(DNNL_ARG_WEIGHTS, codes)
            .argument(DNNL_ARG_BIAS, bias)
            .argument(DNNL_ARG_DST, y)
            .build(new matmul(description), description);
  }

  private static Call max(OneDnn oneDnn, long groups, long size) {
    memory.desc one = OneDnn.dense(groups, 1);
    return OneDnnReduction.compile(
        oneDnn, dnnl.algorithm.reduction_max, OneDnn.dense(groups, size), one);
  }
}
