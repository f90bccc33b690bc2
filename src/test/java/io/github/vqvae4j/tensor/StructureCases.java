package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;
import static io.github.vqvae4j.tensor.Tensors.embedded;

import io.github.vqvae4j.tensor.OperationCase.Definition;
import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.List;

/** Cases of sums, matrix products, and shape operations. */
final class StructureCases {
  private final List<OperationCase> cases = new ArrayList<>();

  private StructureCases() {}

  static List<OperationCase> all() {
    StructureCases lists = new StructureCases();
    lists.addSums();
    lists.addProducts();
    lists.addReshapesAndPermutations();
    lists.addSlicesAndConcatenations();
    lists.addUpsampling();
    lists.addRows();
    return lists.cases;
  }

  private void add(String name, Operation operation, Definition definition, long[]... shapes) {
    cases.add(OperationCase.of(name, Range.NORMAL, operation, definition, shapes));
  }

  private void addSums() {
    long[] image = shape(2, 3, 5, 7);
    for (long[] s : List.of(shape(1), shape(19), shape(3, 5), shape(1, 1, 1, 1), image)) {
      int[] all = java.util.stream.IntStream.range(0, s.length).toArray();
      add("sum", t -> t[0].sum(), n -> Reference.sum(n[0], all), s);
      add("mean", t -> t[0].mean(), n -> Reference.mean(n[0], all), s);
    }
    for (int axis = 0; axis < 4; axis++) {
      int a = axis;
      add("sum of axis " + a, t -> t[0].sum(a), n -> Reference.sum(n[0], a), image);
      add("mean of axis " + (a - 4), t -> t[0].mean(a - 4), n -> Reference.mean(n[0], a), image);
      for (int other = axis + 1; other < 4; other++) {
        int b = other;
        add(
            "sum of " + b + " and " + a,
            t -> t[0].sum(b, a),
            n -> Reference.sum(n[0], a, b),
            image);
      }
    }
    add("sum of all by name", t -> t[0].sum(-1, 0), n -> Reference.sum(n[0], 0, 1), shape(4, 3));
    add("sum of an axis of 1", t -> t[0].sum(1), n -> Reference.sum(n[0], 1), shape(3, 1, 2));
    add(
        "mean over pixels",
        t -> t[0].mean(0, 1, 2),
        n -> Reference.mean(n[0], 0, 1, 2),
        shape(4, 6, 6, 16));
    for (long[] s : List.of(shape(1), shape(1021), shape(2, 3, 5, 7))) {
      add(
          "meanSquaredError",
          t -> t[0].meanSquaredError(t[1]),
          n ->
              Reference.mean(
                  Reference.zip(
                      Reference.reshape(n[0], NdArray.size(s)),
                      Reference.reshape(n[1], NdArray.size(s)),
                      (a, b) -> (a - b) * (a - b)),
                  0),
          s,
          s);
    }
  }

  private void addProducts() {
    long[][] sizes = {
      {1, 1, 1},
      {1, 7, 1},
      {5, 1, 3},
      {1, 3, 17},
      {13, 7, 11},
      {64, 64, 64},
      {31, 65, 2},
      {2, 200, 3}
    };
    for (long[] mkn : sizes) {
      add(
          "matmul",
          t -> t[0].matmul(t[1]),
          n -> Reference.matmul(n[0], n[1]),
          shape(mkn[0], mkn[1]),
          shape(mkn[1], mkn[2]));
    }
  }

  private void addReshapesAndPermutations() {
    long[] s = shape(3, 5, 4);
    add("reshape", t -> t[0].reshape(4, 15), n -> Reference.reshape(n[0], 4, 15), s);
    add("reshape flat", t -> t[0].reshape(-1), n -> Reference.reshape(n[0], 60), s);
    add("reshape same", t -> t[0].reshape(3, -1, 4), n -> n[0], s);
    add(
        "reshape higher",
        t -> t[0].reshape(1, 3, -1, 2, 2),
        n -> Reference.reshape(n[0], 1, 3, 5, 2, 2),
        s);
    add("permute", t -> t[0].permute(0), n -> n[0], shape(5));
    add("permute", t -> t[0].permute(1, 0), n -> Reference.permute(n[0], 1, 0), shape(3, 5));
    add("permute", t -> t[0].permute(1, -1, 0), n -> Reference.permute(n[0], 1, 2, 0), s);
    add("permute", t -> t[0].permute(2, 0, 1), n -> Reference.permute(n[0], 2, 0, 1), s);
    long[] image = shape(2, 3, 5, 7);
    add("permute", t -> t[0].permute(0, 3, 1, 2), n -> Reference.permute(n[0], 0, 3, 1, 2), image);
    add("permute", t -> t[0].permute(3, 2, 1, 0), n -> Reference.permute(n[0], 3, 2, 1, 0), image);
    add("permute", t -> t[0].permute(1, 0), n -> Reference.permute(n[0], 1, 0), shape(1, 9));
  }

  private void addSlicesAndConcatenations() {
    long[] s = shape(3, 5, 4);
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      long size = s[axis];
      add("slice start of " + a, t -> t[0].slice(a, 0, 1), n -> Reference.slice(n[0], a, 0, 1), s);
      add("slice middle of " + a, t -> t[0].slice(a, 1, 2), n -> Reference.slice(n[0], a, 1, 2), s);
      add(
          "slice end of " + (a - 3),
          t -> t[0].slice(a - 3, 1, size),
          n -> Reference.slice(n[0], a, 1, size),
          s);
      add("slice all of " + a, t -> t[0].slice(a, 0, size), n -> n[0], s);
      long[] other = s.clone();
      other[axis] = 2;
      add(
          "concat along " + (a - 3),
          t -> Tensor.concat(a - 3, List.of(t[0], t[1])),
          n -> Reference.concat(a, List.of(n[0], n[1])),
          s,
          other);
    }
    add("slice", t -> t[0].slice(0, 3, 9), n -> Reference.slice(n[0], 0, 3, 9), shape(11));
    add("concat one", t -> Tensor.concat(0, List.of(t[0])), n -> n[0], s);
    add(
        "concat three",
        t -> Tensor.concat(3, List.of(t[0], t[1], t[2])),
        n -> Reference.concat(3, List.of(n[0], n[1], n[2])),
        shape(1, 2, 3, 1),
        shape(1, 2, 3, 5),
        shape(1, 2, 3, 2));
  }

  private void addUpsampling() {
    for (int factor = 1; factor <= 3; factor++) {
      int f = factor;
      for (long[] s : List.of(shape(1, 1, 1, 1), shape(2, 3, 5, 7), shape(1, 4, 2, 16))) {
        add("upsample " + f, t -> t[0].upsample(f), n -> Reference.upsample(n[0], f), s);
      }
    }
  }

  private void addRows() {
    int[][] lookups = {{0}, {4, 0}, {3, 1, 3, 3, 0, 3}, {2, 2, 2, 2, 2, 2, 2}};
    for (int[] indices : lookups) {
      String name = "embedding " + java.util.Arrays.toString(indices);
      add(name, t -> embedded(t[0], indices), n -> Reference.rows(n[0], indices), shape(5, 3));
    }
    add(
        "embedding of one",
        t -> embedded(t[0], 0, 0),
        n -> Reference.rows(n[0], 0, 0),
        shape(1, 1));
    add(
        "embedding of 1 number",
        t -> embedded(t[0], 6, 2),
        n -> Reference.rows(n[0], 6, 2),
        shape(7, 1));
  }

  private void addSegmentSum(int count, int[] segments, long... shape) {
    add(
        "segment sum " + count + ", " + java.util.Arrays.toString(segments),
        t -> t[0].segmentSum(t[0].step().tensor(segments, segments.length), count),
        n -> ReferenceIndices.segmentSum(n[0], count, segments),
        shape);
  }
}
