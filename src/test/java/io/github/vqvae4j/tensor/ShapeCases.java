package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Definition;
import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of stack, expand, padding along an axis, and matrix products with broadcasting. */
final class ShapeCases {
  private final List<OperationCase> cases = new ArrayList<>();

  private ShapeCases() {}

  static List<OperationCase> all() {
    ShapeCases lists = new ShapeCases();
    lists.addStacks();
    lists.addExpansions();
    for (long[] s : List.of(shape(1), shape(23), shape(7, 1), shape(3, 5, 2), shape(2, 8, 8, 16))) {
      lists.addPadding(s);
    }
    lists.addProducts();
    return lists.cases;
  }

  private void add(String name, Operation operation, Definition definition, long[]... shapes) {
    cases.add(OperationCase.of(name, Range.NORMAL, operation, definition, shapes));
  }

  private void addStacks() {
    for (long[] s : List.of(shape(1), shape(5), shape(3, 1), shape(2, 3, 5))) {
      for (int axis = 0; axis <= s.length; axis++) {
        int a = axis;
        int fromEnd = axis - s.length - 1;
        add(
            "stack " + fromEnd,
            t -> Tensor.stack(fromEnd, List.of(t[0], t[1], t[0])),
            n -> ReferenceShapes.stack(a, List.of(n[0], n[1], n[0])),
            s,
            s);
      }
    }
  }

  private void addExpansions() {
    addExpansion(shape(1), 7);
    addExpansion(shape(3, 1), -1, 5);
    addExpansion(shape(3, 1, 2), 2, -1, 5, 2);
    addExpansion(shape(1, 1), 4, 3, 512);
    addExpansion(shape(2, 3), 2, 3);
  }

  private void addExpansion(long[] s, int... to) {
    long[] shape = Arrays.stream(to).asLongStream().toArray();
    add(
        "expand to " + Arrays.toString(to),
        t -> t[0].expand(shape),
        n -> ReferenceShapes.expand(n[0], to),
        s);
  }

  private void addPadding(long... s) {
    for (int axis = 0; axis < s.length; axis++) {
      int a = axis;
      int fromEnd = axis - s.length;
      add(
          "pad " + fromEnd,
          t -> t[0].pad(fromEnd, 2, 1, -0.5),
          n -> ReferenceShapes.pad(n[0], a, 2, 1, -0.5),
          s);
      long max = s[axis] - 1;
      add(
          "padReflect " + a,
          t -> t[0].padReflect(a, max, max / 2),
          n -> ReferenceShapes.padReflect(n[0], a, max, max / 2),
          s);
    }
  }

  private void addProducts() {
    long[][][] pairs = {
      {shape(5, 1, 3, 7), shape(2, 7, 4)},
      {shape(2, 1, 1, 1), shape(1, 3, 1, 1)},
      {shape(3, 7), shape(4, 7, 1)}
    };
    for (long[][] pair : pairs) {
      add(
          "matmul",
          t -> t[0].matmul(t[1]),
          n -> ReferenceShapes.matmul(n[0], false, n[1], false),
          pair);
    }
    add(
        "matmul, both transposed",
        t -> t[0].matmul(true, t[1], true),
        n -> ReferenceShapes.matmul(n[0], true, n[1], true),
        shape(3, 1, 7, 5),
        shape(2, 4, 7));
  }
}
