package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Unary functions in oneDNN. Methods return false if oneDNN does not support the function
 * accurately.
 */
final class OneDnnUnary {
  private OneDnnUnary() {}

  /** Computes y = f(x). */
  static boolean value(Unary function, double alpha, double beta, INDArray x, INDArray y) {
    switch (function) {
      case LOG -> {
        // oneDNN's logarithm has an absolute error of 1e-6: near x = 1, hardly any digit is
        // correct.
        return false;
      }
      case SIN, COS, ROUND, FLOOR, SIGN, POW -> {
        return false;
      }
      case SOFTPLUS -> {
        return softplus(x, y);
      }
      case ELU -> {
        return elu(alpha, x, y);
      }
      default -> {
        // Computed by oneDNN below.
      }
    }
    float a = alphaOf(function, alpha);
    float b = (float) beta;
    long n = x.length();
    Call call =
        OneDnn.get()
            .cached(
                "unary",
                o -> compile(o, function, a, b, n),
                Call.class,
                function.ordinal(),
                Float.floatToIntBits(a),
                Float.floatToIntBits(b),
                n);
    if (call == Call.UNSUPPORTED) {
      return false;
    }
    call.set(0, x).set(1, y).run();
    return true;
  }

  /**
   * Computes max(x, 0) + ln(1 + e^-|x|) with oneDNN's exponential. oneDNN's soft ReLU has an
   * absolute error of 2e-6 and may therefore be negative for x below -13.
   */
  private static boolean softplus(INDArray x, INDArray y) {
    if (!value(Unary.ABS, 0, 0, x, y)) {
      return false;
    }
    FloatLoops.affine(y, -1, 0, y);
    if (!value(Unary.EXP, 0, 0, y, y)) {
      return false;
    }
    FloatLoops.softplus(x, y);
    return true;
  }

  /**
   * Computes e^min(x, 0) - 1 as 2 t / (1 - t) with t = tanh(min(x, 0) / 2) by oneDNN. oneDNN's ELU
   * subtracts 1 from an exponential, so no digit is correct for x close to 0.
   */
  private static boolean elu(double alpha, INDArray x, INDArray y) {
    FloatLoops.halveNegative(x, y);
    if (!value(Unary.TANH, 0, 0, y, y)) {
      return false;
    }
    FloatLoops.elu((float) alpha, x, y);
    return true;
  }

  /** Computes dx = dy f'(x), where y = f(x). */
  static boolean gradient(
      Unary function, double alpha, double beta, INDArray x, INDArray y, INDArray dy, INDArray dx) {
    switch (function) {
      case SIN, COS, ROUND, FLOOR, SIGN, POW -> {
        return false;
      }
      default -> {
        // Computed by oneDNN below.
      }
    }
    // oneDNN's derivative of clip is 0 at the lower bound, where it should be 1.
    float a =
        switch (function) {
          case CLAMP -> Math.nextDown((float) alpha);
          case RELU -> 0;
          default -> alphaOf(function, alpha);
        };
    float b = (float) beta;
    long n = dx.length();
    Call call =
        OneDnn.get()
            .cached(
                "unary gradient",
                o -> compileGradient(o, function, a, b, n),
                Call.class,
                function.ordinal(),
                Float.floatToIntBits(a),
                Float.floatToIntBits(b),
                n);
    if (call == Call.UNSUPPORTED) {
      return false;
    }
    call.set(0, usesResult(function) ? y : x).set(1, dy).set(2, dx).run();
    if (function == Unary.ELU) {
      // oneDNN treats NaN like a positive value.
      FloatLoops.propagateNaN(x, dx);
    }
    return true;
  }

  /** Returns oneDNN's parameter alpha. */
  private static float alphaOf(Unary function, double alpha) {
    return switch (function) {
      case NEG -> -1;
      case SILU, SOFTPLUS -> 1;
      case RELU -> OneDnn.RELU_SLOPE;
      default -> (float) alpha;
    };
  }

  private static Call compile(OneDnn oneDnn, Unary function, float alpha, float beta, long n) {
    memory.desc layout = OneDnn.dense(n);
    var description = describe(function, alpha, beta, layout);
    return OneDnn.isUnsupported(description)
        ? Call.UNSUPPORTED
        : oneDnn
            .call()
            .argument(DNNL_ARG_SRC, layout)
            .argument(DNNL_ARG_DST, layout)
            .build(new eltwise_forward(description), description);
  }

  private static eltwise_forward.primitive_desc describe(
      Unary function, float alpha, float beta, memory.desc layout) {
    dnnl.algorithm algorithm =
        switch (function) {
          case NEG -> dnnl.algorithm.eltwise_linear;
          case SQUARE -> dnnl.algorithm.eltwise_square;
          case SQRT -> dnnl.algorithm.eltwise_sqrt;
          case EXP -> dnnl.algorithm.eltwise_exp;
          case LOG -> dnnl.algorithm.eltwise_log;
          case ABS -> dnnl.algorithm.eltwise_abs;
          // See OneDnn.appendRelu.
          case RELU -> dnnl.algorithm.eltwise_hardswish;
          case LEAKY_RELU -> dnnl.algorithm.eltwise_relu;
          case SIGMOID -> dnnl.algorithm.eltwise_logistic;
          case TANH -> dnnl.algorithm.eltwise_tanh;
          case CLAMP -> dnnl.algorithm.eltwise_clip;
          case SILU -> dnnl.algorithm.eltwise_swish;
          case GELU -> dnnl.algorithm.eltwise_gelu_erf;
          case SOFTPLUS -> dnnl.algorithm.eltwise_soft_relu;
          case ELU -> dnnl.algorithm.eltwise_elu;
          default -> throw new IllegalArgumentException(function + " is not computed by oneDNN.");
        };
    return new eltwise_forward.primitive_desc(
        OneDnn.cpu(),
        dnnl.prop_kind.forward_training,
        algorithm,
        layout,
        layout,
        alpha,
        beta,
        OneDnn.attributes(),
        true);
  }

  /** Returns whether the derivative is computed from f(x) instead of x. */
  private static boolean usesResult(Unary function) {
    return switch (function) {
      case SQRT, EXP, RELU, SIGMOID, TANH -> true;
      default -> false;
    };
  }

  private static Call compileGradient(
      OneDnn oneDnn, Unary function, float alpha, float beta, long n) {
    memory.desc layout = OneDnn.dense(n);
    dnnl.algorithm algorithm =
        switch (function) {
          case NEG -> dnnl.algorithm.eltwise_linear;
          case SQUARE -> dnnl.algorithm.eltwise_square;
          case SQRT -> dnnl.algorithm.eltwise_sqrt_use_dst_for_bwd;
          case EXP -> dnnl.algorithm.eltwise_exp_use_dst_for_bwd;
          case LOG -> dnnl.algorithm.eltwise_log;
          case ABS -> dnnl.algorithm.eltwise_abs;
          case RELU -> dnnl.algorithm.eltwise_relu_use_dst_for_bwd;
          case LEAKY_RELU -> dnnl.algorithm.eltwise_relu;
          case SIGMOID -> dnnl.algorithm.eltwise_logistic_use_dst_for_bwd;
          case TANH -> dnnl.algorithm.eltwise_tanh_use_dst_for_bwd;
          case CLAMP -> dnnl.algorithm.eltwise_clip;
          case SILU -> dnnl.algorithm.eltwise_swish;
          case GELU -> dnnl.algorithm.eltwise_gelu_erf;
          case SOFTPLUS -> dnnl.algorithm.eltwise_soft_relu;
          case ELU -> dnnl.algorithm.eltwise_elu;
          default -> throw new IllegalArgumentException(function + " is not computed by oneDNN.");
        };
    var description =
        new eltwise_backward.primitive_desc(
            OneDnn.cpu(),
            algorithm,
            layout,
            layout,
            layout,
            alpha,
            beta,
            // The gradient of ReLU uses oneDNN's ReLU.
            describe(function == Unary.RELU ? Unary.LEAKY_RELU : function, alpha, beta, layout),
            OneDnn.attributes(),
            true);
    return OneDnn.isUnsupported(description)
        ? Call.UNSUPPORTED
        : oneDnn
            .call()
            .argument(usesResult(function) ? DNNL_ARG_DST : DNNL_ARG_SRC, layout)
            .argument(DNNL_ARG_DIFF_DST, layout)
            .argument(DNNL_ARG_DIFF_SRC, layout)
            .build(new eltwise_backward(description), description);
  }
}
