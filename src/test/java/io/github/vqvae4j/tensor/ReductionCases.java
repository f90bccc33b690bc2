package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Definition;
import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Cases of all reductions over no, one and several axes, with and without keepDims; and of norms.
 */
final class ReductionCases {
  /** A reduction with keepDims. */
  @FunctionalInterface
  private interface Reduction {
    Tensor of(Tensor x, boolean keepDims, int... axes);
  }

  private final List<OperationCase> cases = new ArrayList<>();

  private ReductionCases() {}

  static List<OperationCase> all() {
    ReductionCases lists = new ReductionCases();
    lists.addReductions("sum", Tensor::sum, ReferenceAxes::sum);
    lists.addReductions("mean", Tensor::mean, ReferenceAxes::mean);
    lists.addReductions("max", Tensor::max, ReferenceAxes::max);
    lists.addReductions("min", Tensor::min, ReferenceAxes::min);
    lists.addReductions("logSumExp", Tensor::logSumExp, ReferenceAxes::logSumExp);
    lists.addReductions(
        "var", (x, keep, axes) -> x.var(0, keep, axes), v -> ReferenceAxes.var(0, v));
    lists.addReductions(
        "std", (x, keep, axes) -> x.std(1, keep, axes), v -> Math.sqrt(ReferenceAxes.var(1, v)));
    lists.addShortForms();
    lists.addNorms();
    return lists.cases;
  }

  private void add(String name, Operation operation, Definition definition, long[]... shapes) {
    cases.add(OperationCase.of(name, Range.NORMAL, operation, definition, shapes));
  }

  private void addReductions(String name, Reduction reduction, ToDoubleFunction<double[]> of) {
    for (boolean keep : new boolean[] {false, true}) {
      addReduction(name, reduction, of, keep, shape(23));
      addReduction(name, reduction, of, keep, shape(7, 512), 1);
      addReduction(name, reduction, of, keep, shape(7, 3), 0);
      addReduction(name, reduction, of, keep, shape(1, 2, 1, 3), -3);
      addReduction(name, reduction, of, keep, shape(2, 3, 5, 7), -1, 1);
      addReduction(name, reduction, of, keep, shape(2, 3, 5));
    }
  }

  private void addReduction(
      String name,
      Reduction reduction,
      ToDoubleFunction<double[]> of,
      boolean keep,
      long[] s,
      int... axes) {
    add(
        name + (keep ? " kept " : " over ") + Arrays.toString(axes),
        t -> reduction.of(t[0], keep, axes),
        n -> ReferenceAxes.reduce(n[0], keep, of, axes),
        s);
  }

  private void addShortForms() {
    long[] s = shape(3, 4, 5);
    add(
        "min(1)",
        t -> t[0].min(1),
        n -> ReferenceAxes.reduce(n[0], false, ReferenceAxes::min, 1),
        s);
    add(
        "logSumExp(0)",
        t -> t[0].logSumExp(0),
        n -> ReferenceAxes.reduce(n[0], false, ReferenceAxes::logSumExp, 0),
        s);
    add(
        "var(2)",
        t -> t[0].var(2),
        n -> ReferenceAxes.reduce(n[0], false, v -> ReferenceAxes.var(1, v), 2),
        s);
    add(
        "std(2)",
        t -> t[0].std(2),
        n -> ReferenceAxes.reduce(n[0], false, v -> Math.sqrt(ReferenceAxes.var(1, v)), 2),
        s);
  }

  private void addNorms() {
    for (long[] s : List.of(shape(5), shape(3, 64), shape(2, 1, 7), shape(7, 3))) {
      for (int axis = 0; axis < s.length; axis++) {
        int a = axis;
        add(
            "l2Normalize " + a,
            t -> t[0].l2Normalize(a),
            n -> ReferenceAxes.l2Normalize(n[0], a, 1e-12),
            s);
        add(
            "l2Normalize, at least 1.5, " + a,
            t -> t[0].l2Normalize(a - s.length, 1.5),
            n -> ReferenceAxes.l2Normalize(n[0], a, 1.5),
            s);
      }
    }
    for (long[] s : List.of(shape(5, 7), shape(3, 3, 4, 1), shape(1, 2))) {
      add(
          "weightNorm",
          t -> t[0].weightNorm(t[1]),
          n -> ReferenceWeights.weightNorm(n[0], n[1]),
          s,
          shape(s[s.length - 1]));
    }
  }
}
