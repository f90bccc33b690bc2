package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Definition;
import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Cases of softmax, cumulative sums and maxima along every axis. */
final class AxisCases {
  private static final List<long[]> SHAPES =
      List.of(
          shape(1),
          shape(23),
          shape(3, 5),
          shape(1, 7),
          shape(7, 1),
          shape(4, 512),
          shape(2, 3, 5, 7),
          shape(1, 2, 1, 3, 2));

  private final List<OperationCase> cases = new ArrayList<>();

  private AxisCases() {}

  static List<OperationCase> all() {
    AxisCases lists = new AxisCases();
    for (long[] s : SHAPES) {
      lists.addEveryAxis(s);
    }
    lists.addMaximaOverSeveralAxes();
    return lists.cases;
  }

  private void add(String name, Operation operation, Definition definition, long... shape) {
    cases.add(OperationCase.of(name, Range.NORMAL, operation, definition, shape));
  }

  private void addEveryAxis(long... s) {
    for (int axis = 0; axis < s.length; axis++) {
      int a = axis;
      int fromEnd = axis - s.length;
      add("softmax " + a, t -> t[0].softmax(a), n -> ReferenceFunctions.softmax(n[0], a), s);
      add(
          "logSoftmax " + fromEnd,
          t -> t[0].logSoftmax(fromEnd),
          n -> ReferenceFunctions.logSoftmax(n[0], a),
          s);
      add("cumsum " + a, t -> t[0].cumsum(a), n -> ReferenceFunctions.cumsum(n[0], a), s);
      add("max " + fromEnd, t -> t[0].max(fromEnd), n -> ReferenceFunctions.max(n[0], a), s);
    }
    int[] all = IntStream.range(0, s.length).toArray();
    add("max of all", t -> t[0].max(), n -> ReferenceFunctions.max(n[0], all), s);
  }

  private void addMaximaOverSeveralAxes() {
    long[] s = shape(2, 3, 5, 7);
    add("max of 2 and 0", t -> t[0].max(2, 0), n -> ReferenceFunctions.max(n[0], 0, 2), s);
    add("max over pixels", t -> t[0].max(1, 2), n -> ReferenceFunctions.max(n[0], 1, 2), s);
    add("max of 3, 1, 0", t -> t[0].max(3, 1, 0), n -> ReferenceFunctions.max(n[0], 0, 1, 3), s);
  }
}
