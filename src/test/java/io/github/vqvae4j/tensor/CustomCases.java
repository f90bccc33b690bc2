package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.List;

/** Cases of custom operations with true derivatives, for all ways to return a gradient. */
final class CustomCases {
  /** The gradient formula of an operation. */
  @FunctionalInterface
  interface Gradients {
    Tensor[] of(Tensor gradient, Tensor result, Tensor... inputs);
  }

  /** A custom operation defined by two formulas. */
  record Formula(String name, OperationCase.Operation value, Gradients gradients)
      implements CustomOperation {
    @Override
    public Tensor forward(Tensor... inputs) {
      return value.apply(inputs);
    }

    @Override
    public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
      return gradients.of(gradient, result, inputs);
    }
  }

  private static final CustomOperation EXP =
      new Formula("ownExp", x -> x[0].exp(), (g, y, x) -> all(g.mul(y)));

  private static final CustomOperation SWISH =
      new Formula(
          "ownSwish",
          x -> x[0].mul(x[0].sigmoid()),
          (g, y, x) -> {
            Tensor s = x[0].sigmoid();
            return all(g.mul(s.add(y.mul(s.neg().add(1)))));
          });

  private static final CustomOperation LINEAR =
      new Formula(
          "ownLinear",
          x -> x[0].matmul(x[1]).add(x[2]),
          (g, y, x) -> all(g.matmul(false, x[1], true), x[0].matmul(true, g, false), g.sum(0)));

  private static final CustomOperation SAME =
      new Formula("ownSame", x -> x[0], (g, y, x) -> all(g));

  private static final CustomOperation SUM =
      new Formula("ownSum", x -> x[0].add(x[1]), (g, y, x) -> all(g, g));

  private static final CustomOperation TRIPLE_SUM =
      new Formula(
          "ownTripleSum",
          x -> x[0].add(x[1].reshape(x[0].shape())).mul(3),
          (g, y, x) -> {
            Tensor triple = g.mul(3);
            return all(triple, triple.reshape(x[1].shape()));
          });

  private static final CustomOperation FLAT =
      new Formula("ownFlat", x -> x[0].reshape(-1), (g, y, x) -> all(g.reshape(x[0].shape())));

  private static final CustomOperation NESTED =
      new Formula(
          "ownNested",
          x -> x[0].step().apply(SWISH, x[0]).add(x[0].step().apply(FLAT, x[0]).reshape(2, 7)),
          (g, y, x) -> all(SWISH.backward(g, SWISH.forward(x), x)[0].add(g)));

  private CustomCases() {}

  private static Tensor[] all(Tensor... gradients) {
    return gradients;
  }

  private static Tensor apply(CustomOperation operation, Tensor... inputs) {
    return inputs[0].step().apply(operation, inputs);
  }

  private static double swish(double x) {
    return x / (1 + Math.exp(-x));
  }

  private static OperationCase one(
      String name,
      OperationCase.Operation operation,
      OperationCase.Definition definition,
      long[]... shapes) {
    return OperationCase.of(name, Range.NORMAL, operation, definition, shapes);
  }

  static List<OperationCase> all() {
    long[] s = shape(2, 7);
    return List.of(
        one("own exp", x -> apply(EXP, x), x -> Reference.map(x[0], Math::exp), s),
        one("own swish", x -> apply(SWISH, x), x -> Reference.map(x[0], CustomCases::swish), s),
        one(
            "own linear",
            x -> apply(LINEAR, x),
            x -> Reference.zip(Reference.matmul(x[0], x[1]), x[2], Double::sum),
            shape(5, 3),
            shape(3, 7),
            shape(7)),
        one(
            "own linear of one matrix twice",
            x -> apply(LINEAR, x[0], x[0], x[1]),
            x -> Reference.zip(Reference.matmul(x[0], x[0]), x[1], Double::sum),
            shape(3, 3),
            shape(3)),
        one(
            "the input itself, among its other uses",
            x -> {
              Tensor a = x[0].mul(x[1]);
              Tensor same = apply(SAME, a);
              return same.add(a).add(same.mul(x[0])).add(apply(SAME, same));
            },
            x -> Reference.zip(x[0], x[1], (a, b) -> 3 * a * b + a * a * b),
            s,
            s),
        one(
            "one gradient for two inputs, which are used again",
            x -> {
              Tensor a = x[0].mul(2);
              Tensor sum = apply(SUM, a, x[1]);
              return apply(SUM, sum, sum).add(a).mul(x[1]);
            },
            x -> Reference.zip(x[0], x[1], (a, b) -> (2 * (2 * a + b) + 2 * a) * b),
            s,
            s),
        one(
            "a new gradient under two shapes",
            x -> {
              Tensor a = x[0].mul(2);
              return apply(TRIPLE_SUM, a, x[1]).add(a).add(x[1].reshape(2, 7));
            },
            x ->
                Reference.zip(
                    x[0], Reference.reshape(x[1], 2, 7), (a, b) -> 3 * (2 * a + b) + 2 * a + b),
            s,
            shape(7, 2)),
        one(
            "the input under another shape",
            x -> apply(FLAT, x[0].add(x[1])).reshape(7, 2).mul(x[1].reshape(7, 2)),
            x ->
                Reference.reshape(
                    Reference.zip(x[0], Reference.reshape(x[1], 2, 7), (a, b) -> (a + b) * b),
                    7,
                    2),
            s,
            s),
        one(
            "own operations in one",
            x -> apply(NESTED, x),
            x -> Reference.map(x[0], v -> swish(v) + v),
            s),
        one(
            "own exp of one number",
            x -> apply(EXP, x),
            x -> Reference.map(x[0], Math::exp),
            shape(1)));
  }
}
