package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** Cases of unary functions, and of binary functions with broadcasting. */
final class ElementwiseCases {
  private static final long[][] SHAPES = {
    {1},
    {2},
    {17},
    {1021},
    {3, 5},
    {1, 1, 1},
    {7, 1, 3},
    {2, 3, 5, 7},
    {4, 8, 8, 16},
    {1, 2, 1, 3, 2}
  };

  private static final long[][][] PAIRS = {
    {{1}, {1}},
    {{7}, {7}},
    {{2, 3, 5, 7}, {2, 3, 5, 7}},
    {{1}, {13}},
    {{13}, {1}},
    {{3, 5, 7}, {1}},
    {{1}, {3, 5, 7}},
    {{3, 5, 7}, {7}},
    {{7}, {3, 5, 7}},
    {{3, 5, 7}, {5, 1}},
    {{3, 5, 7}, {1, 1, 1}},
    {{5, 1}, {1, 7}},
    {{3, 1, 7}, {5, 1}},
    {{1, 5, 1, 3}, {2, 1, 7, 1}},
    {{4, 6, 6, 16}, {16}},
    {{4, 6, 6, 16}, {4, 1, 1, 16}},
    {{4, 6, 6, 16}, {6, 6, 1}},
    {{1, 2, 1, 3, 2}, {3, 1, 2, 1, 1}},
    {{1, 1, 1, 4}, {3, 1}},
  };

  private final List<OperationCase> cases = new ArrayList<>();

  private ElementwiseCases() {}

  static List<OperationCase> all() {
    ElementwiseCases lists = new ElementwiseCases();
    lists.addUnary();
    lists.addBinary();
    lists.addBroadcastsOfEveryAxis();
    return lists.cases;
  }

  private void addUnary() {
    unary("neg", Range.NORMAL, Tensor::neg, v -> -v);
    unary("square", Range.NORMAL, Tensor::square, v -> v * v);
    unary("sqrt", Range.POSITIVE, Tensor::sqrt, Math::sqrt);
    unary("exp", Range.NORMAL, Tensor::exp, Math::exp);
    unary("log", Range.POSITIVE, Tensor::log, Math::log);
    unary("abs", Range.AWAY_FROM_ZERO, Tensor::abs, Math::abs);
    unary("relu", Range.AWAY_FROM_ZERO, Tensor::relu, v -> Math.max(v, 0));
    unary("sigmoid", Range.NORMAL, Tensor::sigmoid, v -> 1 / (1 + Math.exp(-v)));
    unary("tanh", Range.NORMAL, Tensor::tanh, Math::tanh);
    unary("add scalar", Range.NORMAL, x -> x.add(-1.5), v -> v - 1.5);
    unary("mul scalar", Range.NORMAL, x -> x.mul(-2.5), v -> v * -2.5);
    unary("sub scalar", Range.NORMAL, x -> x.sub(0.25), v -> v - 0.25);
    unary("rsub scalar", Range.NORMAL, x -> x.rsub(1.75), v -> 1.75 - v);
    unary("div scalar", Range.NORMAL, x -> x.div(3), v -> v / 3);
    unary("sin", Range.NORMAL, x -> x.mul(20).sin(), v -> Math.sin(20 * v));
    unary("cos", Range.NORMAL, x -> x.mul(20).cos(), v -> Math.cos(20 * v));
    for (double exponent : new double[] {-1, 0, 0.5, 1, 2, 2.5, 3}) {
      unary("pow " + exponent, Range.POSITIVE, x -> x.pow(exponent), v -> Math.pow(v, exponent));
    }
    unary("mul 0", Range.NORMAL, x -> x.mul(0), v -> 0);
    unary("mul 1", Range.NORMAL, x -> x.mul(1), v -> v);
  }

  private void unary(
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

  private void addBinary() {
    for (long[][] pair : PAIRS) {
      binary("add", Range.NORMAL, Tensor::add, Double::sum, pair);
      binary("sub", Range.NORMAL, Tensor::sub, (a, b) -> a - b, pair);
      binary("mul", Range.NORMAL, Tensor::mul, (a, b) -> a * b, pair);
      binary("div", Range.AWAY_FROM_ZERO, Tensor::div, (a, b) -> a / b, pair);
      binary("maximum", Range.NORMAL, Tensor::maximum, Math::max, pair);
      binary("minimum", Range.NORMAL, Tensor::minimum, Math::min, pair);
    }
  }

  /** Broadcasts each axis of [2, 3, 5] in neither, one or both operands. */
  private void addBroadcastsOfEveryAxis() {
    for (int sides = 0; sides < 64; sides++) {
      binary("mul", Range.NORMAL, Tensor::mul, (a, b) -> a * b, ones(sides), ones(sides >> 3));
    }
  }

  private static long[] ones(int axes) {
    long[] shape = shape(2, 3, 5);
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (axes >> i & 1) == 1 ? 1 : shape[i];
    }
    return shape;
  }

  private void binary(
      String name,
      Range range,
      BinaryOperator<Tensor> operation,
      DoubleBinaryOperator definition,
      long[]... pair) {
    cases.add(
        OperationCase.of(
            name,
            range,
            t -> operation.apply(t[0], t[1]),
            n -> Reference.zip(n[0], n[1], definition),
            pair));
  }
}
