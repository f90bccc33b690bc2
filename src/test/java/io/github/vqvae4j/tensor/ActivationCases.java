package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** Cases of activations with parameters, and of clamp. */
final class ActivationCases {
  private static final List<long[]> SHAPES =
      List.of(shape(1), shape(17), shape(1021), shape(3, 5), shape(7, 1, 3), shape(2, 8, 8, 16));

  private final List<OperationCase> cases = new ArrayList<>();

  private ActivationCases() {}

  static List<OperationCase> all() {
    ActivationCases lists = new ActivationCases();
    for (double slope : new double[] {0.01, 0.2, 0, 1, -0.5}) {
      lists.add(
          "leakyRelu " + slope,
          Range.AWAY_FROM_ZERO,
          x -> x.leakyRelu(slope),
          v -> v > 0 ? v : slope * v);
    }
    for (Range range : new Range[] {Range.NORMAL, Range.AWAY_FROM_ZERO}) {
      lists.add("silu " + range, range, Tensor::silu, v -> v / (1 + Math.exp(-v)));
      lists.add("gelu " + range, range, Tensor::gelu, ReferenceFunctions::gelu);
      lists.add("softplus " + range, range, Tensor::softplus, ReferenceFunctions::softplus);
    }
    for (double alpha : new double[] {1, 0.3}) {
      lists.add(
          "elu " + alpha,
          Range.AWAY_FROM_ZERO,
          x -> x.elu(alpha),
          v -> v > 0 ? v : alpha * Math.expm1(v));
    }
    double infinity = Double.POSITIVE_INFINITY;
    for (double[] bounds :
        new double[][] {
          {-0.5, 1.1}, {0, 1}, {-3, -1}, {0.2, 0.2}, {-infinity, 0.1}, {0.1, infinity}
        }) {
      lists.add(
          "clamp " + bounds[0] + " " + bounds[1],
          Range.NORMAL,
          x -> x.clamp(bounds[0], bounds[1]),
          v -> Math.min(Math.max(v, bounds[0]), bounds[1]));
    }
    return lists.cases;
  }

  private void add(
      String name, Range range, UnaryOperator<Tensor> operation, DoubleUnaryOperator definition) {
    for (long[] shape : SHAPES) {
      cases.add(
          OperationCase.of(
              name,
              range,
              t -> operation.apply(t[0]),
              n -> Reference.map(n[0], definition),
              shape));
    }
  }
}
