package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.OperationCase.Definition;
import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;

/**
 * Cases of operations with INT operands or results. INT results are embedded in differentiable
 * operations: a comparison as a factor, an index for a lookup.
 */
final class IntegerCases {
  private static final List<long[]> SHAPES =
      List.of(shape(1), shape(23), shape(7, 1), shape(3, 5), shape(2, 3, 5, 7), shape(16, 128));

  private final List<OperationCase> cases = new ArrayList<>();

  private IntegerCases() {}

  static List<OperationCase> all() {
    IntegerCases lists = new IntegerCases();
    lists.addComparisons();
    lists.addChoices();
    for (long[] s : SHAPES) {
      for (int axis = 0; axis < s.length; axis++) {
        lists.addExtremes(axis, s);
        lists.addLookups(axis, s);
      }
    }
    lists.addClasses();
    return lists.cases;
  }

  private void add(String name, Operation operation, Definition definition, long[]... shapes) {
    cases.add(OperationCase.of(name, Range.AWAY_FROM_ZERO, operation, definition, shapes));
  }

  private void addComparisons() {
    addComparison("lt", Tensor::lt, Tensor::lt, (a, b) -> a < b ? 1 : 0);
    addComparison("le", Tensor::le, Tensor::le, (a, b) -> a <= b ? 1 : 0);
    addComparison("gt", Tensor::gt, Tensor::gt, (a, b) -> a > b ? 1 : 0);
    addComparison("ge", Tensor::ge, Tensor::ge, (a, b) -> a >= b ? 1 : 0);
    addComparison("eq", Tensor::eq, Tensor::eq, (a, b) -> a == b ? 1 : 0);
    addComparison("ne", Tensor::ne, Tensor::ne, (a, b) -> a != b ? 1 : 0);
  }

  /** Compares signs, so that some elements are equal. */
  private void addComparison(
      String name,
      BinaryOperator<Tensor> ofTwo,
      BiFunction<Tensor, Double, Tensor> withNumber,
      DoubleBinaryOperator definition) {
    for (long[][] pair :
        new long[][][] {
          {shape(17), shape(17)}, {shape(3, 1, 5), shape(2, 1)}, {shape(1), shape(3)}
        }) {
      add(
          name,
          t -> t[0].mul(ofTwo.apply(t[0].sign(), t[1].sign()).to(t[0].dtype())).add(t[1]),
          n ->
              Reference.zip(
                  n[0],
                  n[1],
                  (a, b) -> a * definition.applyAsDouble(Math.signum(a), Math.signum(b)) + b),
          pair);
    }
    add(
        name + " number",
        t -> t[0].mul(withNumber.apply(t[0].sign(), 1.0).to(t[0].dtype())),
        n -> Reference.map(n[0], a -> a * definition.applyAsDouble(Math.signum(a), 1)),
        shape(4, 33));
  }

  private void addChoices() {
    long[][][] shapes = {
      {shape(17), shape(17), shape(17)},
      {shape(3, 1), shape(5), shape(2, 1, 1)},
      {shape(1), shape(2, 8, 8, 16), shape(16)}
    };
    for (long[][] s : shapes) {
      int[] mask = ints(2, s[0]);
      add(
          "where",
          t -> Tensor.where(t[0].step().tensor(mask, s[0]), t[0], t[1]),
          n -> ReferenceIndices.where(ndArray(mask, s[0]), n[0], n[1]),
          s[1],
          s[2]);
    }
    for (long[] m : List.of(shape(3, 5), shape(5), shape(3, 1))) {
      int[] mask = ints(2, m);
      add(
          "maskedFill",
          t -> t[0].maskedFill(t[0].step().tensor(mask, m), 0.25),
          n -> ReferenceIndices.maskedFill(n[0], ndArray(mask, m), 0.25),
          shape(2, 3, 5));
    }
  }

  private void addExtremes(int axis, long... s) {
    int fromEnd = axis - s.length;
    add(
        "gather argmax " + axis,
        t -> t[0].gather(axis, t[0].argmax(true, axis)),
        n -> ReferenceAxes.reduce(n[0], true, ReferenceAxes::max, axis),
        s);
    add(
        "gather argmin " + fromEnd,
        t -> t[0].gather(fromEnd, t[0].argmin(true, fromEnd)),
        n -> ReferenceAxes.reduce(n[0], true, ReferenceAxes::min, axis),
        s);
    int k = (int) (s[axis] + 1) / 2;
    add(
        "topK " + axis,
        t -> t[0].topK(k, axis).values(),
        n -> ReferenceIndices.gather(n[0], axis, ReferenceIndices.topK(n[0], k, axis)),
        s);
  }

  private void addLookups(int axis, long... s) {
    long[] along = s.clone();
    along[axis] = 4;
    int[] indices = ints((int) s[axis], along);
    add(
        "gather " + axis,
        t -> t[0].gather(axis, t[0].step().tensor(indices, along)),
        n -> ReferenceIndices.gather(n[0], axis, ndArray(indices, along)),
        s);
    add(
        "scatterAdd " + axis,
        t -> t[0].scatterAdd(axis, t[0].step().tensor(indices, along), t[1]),
        n -> ReferenceIndices.scatterAdd(n[0], axis, ndArray(indices, along), n[1]),
        s,
        along);
    long[] matrix = {2, 3};
    int[] slices = ints((int) s[axis], matrix);
    add(
        "indexSelect " + axis,
        t -> t[0].indexSelect(axis, t[0].step().tensor(slices, matrix)),
        n -> ReferenceIndices.indexSelect(n[0], axis, ndArray(slices, matrix)),
        s);
  }

  private void addClasses() {
    long[] rows = {3, 5};
    int[] classes = ints(7, rows);
    add(
        "embedding",
        t -> t[0].embedding(t[0].step().tensor(classes, rows)),
        n -> ReferenceIndices.indexSelect(n[0], 0, ndArray(classes, rows)),
        shape(7, 16));
    add(
        "argmax, argmin, oneHot",
        t -> {
          Tensor apart = t[0].argmax(1).ne(t[0].argmin(1)).to(t[0].dtype());
          return t[0].mul(t[0].argmax(1).oneHot(9, t[0].dtype())).mul(apart.reshape(-1, 1));
        },
        n ->
            Reference.zip(
                n[0],
                ReferenceIndices.oneHot(ReferenceIndices.argmax(n[0], false, 1), 9),
                (a, b) -> a * b),
        shape(4, 9));
    long[] logits = {3, 5, 7};
    add(
        "crossEntropy of a tensor",
        t -> t[0].crossEntropy(t[0].step().tensor(classes, rows)),
        n -> ReferenceIndices.crossEntropy(n[0], ndArray(classes, rows), -100),
        logits);
    add(
        "crossEntropy without class 2",
        t -> t[0].crossEntropy(t[0].step().tensor(classes, rows), 2),
        n -> ReferenceIndices.crossEntropy(n[0], ndArray(classes, rows), 2),
        logits);
  }

  /** Returns integers below a bound that depend only on the shape. */
  private static int[] ints(int bound, long... shape) {
    return new Rng(bound).ints(NdArray.size(shape), 0, bound).toArray();
  }

  private static NdArray ndArray(int[] values, long... shape) {
    return new NdArray(Arrays.stream(values).asDoubleStream().toArray(), shape);
  }
}
