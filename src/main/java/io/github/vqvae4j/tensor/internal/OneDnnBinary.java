package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import java.util.Arrays;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Binary functions in oneDNN, with broadcasting. */
final class OneDnnBinary {
  private OneDnnBinary() {}

  /** Computes y = a op b; returns false if oneDNN does not support it. */
  static boolean run(Binary operation, INDArray a, INDArray b, INDArray y) {
    if (operation == Binary.MAXIMUM || operation == Binary.MINIMUM) {
      // oneDNN's functions return the other operand if one is NaN.
      return false;
    }
    boolean sameShape = Arrays.equals(a.shape(), b.shape());
    long[] as = sameShape ? new long[] {a.length()} : a.shape();
    long[] bs = sameShape ? as : b.shape();
    long[] ys = sameShape ? as : y.shape();
    Call call =
        OneDnn.get()
            .cached(
                "binary",
                o -> compile(o, operation, as, bs, ys),
                Call.class,
                OneDnnKernels.cacheKey(operation.ordinal(), as, bs));
    if (call == Call.UNSUPPORTED) {
      return false;
    }
    call.set(0, a).set(1, b).set(2, y).run();
    return true;
  }

  private static Call compile(OneDnn oneDnn, Binary operation, long[] as, long[] bs, long[] ys) {
    dnnl.algorithm algorithm =
        switch (operation) {
          case ADD -> dnnl.algorithm.binary_add;
          case SUB -> dnnl.algorithm.binary_sub;
          case MUL -> dnnl.algorithm.binary_mul;
          default -> dnnl.algorithm.binary_div;
        };
    memory.desc a = OneDnn.dense(as);
    memory.desc b = OneDnn.dense(bs);
    memory.desc y = OneDnn.dense(ys);
    var description =
        new binary.primitive_desc(OneDnn.cpu(), algorithm, a, b, y, OneDnn.attributes(), true);
    return OneDnn.isUnsupported(description)
        ? Call.UNSUPPORTED
        : oneDnn
            .call()
            .argument(DNNL_ARG_SRC_0, a)
            .argument(DNNL_ARG_SRC_1, b)
            .argument(DNNL_ARG_DST, y)
            .build(new binary(description), description);
  }
}
