package io.github.vqvae4j.tensor;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Gradients of golden cases for which central differences are not valid: at kinks, ties and
 * infinities.
 */
final class ReferenceGradients {
  private ReferenceGradients() {}

  /** Returns the gradients of the operands in order; empty if central differences are valid. */
  static List<NdArray> of(GoldenCase c) {
    NdArray x = c.ndArray(c.operands().get(0));
    NdArray dy = c.ndArray("dy");
    return switch (c.operation()) {
      case "round_straight_through", "floor_straight_through", "sign_straight_through" ->
          List.of(dy);
      case "pow" -> derivative(x, dy, v -> pow(v, c.number("exponent")));
      case "elu" -> derivative(x, dy, v -> v > 0 ? 1 : c.number("alpha") * Math.exp(v));
      case "maximum" -> shared(x, c.ndArray("target"), dy, 1);
      case "minimum" -> shared(x, c.ndArray("target"), dy, -1);
      case "max" ->
          reduction(c, (d, v) -> ReferenceAxes.extremeGradient(ReferenceAxes.max(v), d, v));
      case "min" ->
          reduction(c, (d, v) -> ReferenceAxes.extremeGradient(ReferenceAxes.min(v), d, v));
      case "std" ->
          reduction(c, (d, v) -> ReferenceAxes.stdGradient(c.integer("correction"), d, v));
      case "log_sum_exp" -> reduction(c, ReferenceAxes::logSumExpGradient);
      case "masked_fill" -> List.of(ReferenceIndices.maskedFill(dy, c.ndArray("mask"), 0));
      case "top_k" -> {
        NdArray zeros = NdArray.zeros(x.shape());
        int axis = c.integer("axis");
        yield List.of(ReferenceIndices.scatterAdd(zeros, axis, c.ndArray("indices"), dy));
      }
      default -> List.of();
    };
  }

  private static List<NdArray> derivative(NdArray x, NdArray dy, DoubleUnaryOperator derivative) {
    return List.of(Reference.zip(dy, Reference.map(x, derivative), (d, slope) -> d * slope));
  }

  /** The derivative of x^e, which is 0 for e = 0 even at x = 0. */
  private static double pow(double x, double exponent) {
    return exponent == 0 ? 0 : exponent * Math.pow(x, exponent - 1);
  }

  private static List<NdArray> reduction(GoldenCase c, ReferenceAxes.Spread spread) {
    return List.of(
        ReferenceAxes.gradient(c.ndArray("x"), c.ndArray("dy"), spread, c.integers("axes")));
  }

  /** Assigns dy to the larger of a and b times the sign; half to each if they are equal. */
  private static List<NdArray> shared(NdArray a, NdArray b, NdArray dy, int sign) {
    NdArray share = Reference.zip(a, b, (v, w) -> 0.5 + 0.5 * sign * Math.signum(v - w));
    return List.of(
        summed(Reference.zip(share, dy, (s, d) -> s * d), a.shape()),
        summed(Reference.zip(share, dy, (s, d) -> (1 - s) * d), b.shape()));
  }

  /** Sums a gradient over broadcast axes. */
  private static NdArray summed(NdArray gradient, long... shape) {
    NdArray sum = NdArray.zeros(shape);
    NdArray.forEachIndex(
        gradient.shape(),
        index -> {
          long[] own = new long[shape.length];
          for (int i = 0; i < own.length; i++) {
            own[i] = shape[i] == 1 ? 0 : index[index.length - own.length + i];
          }
          sum.add(gradient.at(index), own);
        });
    return sum;
  }
}
