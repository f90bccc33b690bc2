package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Definition;
import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import io.github.vqvae4j.tensor.Padding.Mode;
import java.util.ArrayList;
import java.util.List;

/** Cases of padding, spaceToDepth, depthToSpace and pooling. */
final class ImageCases {
  private final List<OperationCase> cases = new ArrayList<>();

  private ImageCases() {}

  static List<OperationCase> all() {
    ImageCases lists = new ImageCases();
    lists.addPadding();
    lists.addBlocks();
    lists.addPooling();
    return lists.cases;
  }

  private void add(String name, Operation operation, Definition definition, long... shape) {
    cases.add(OperationCase.of(name, Range.NORMAL, operation, definition, shape));
  }

  private void addPadding() {
    for (Mode mode : Mode.values()) {
      for (int[] p : new int[][] {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 0, 0, 1}, {0, 3, 4, 2}}) {
        Padding padding = new Padding(mode, p[0], p[1], p[2], p[3]);
        for (long[] s : List.of(shape(1, 4, 5, 1), shape(2, 5, 7, 3))) {
          add(
              "pad " + padding,
              t -> t[0].pad(padding),
              n -> ReferenceFunctions.pad(n[0], padding),
              s);
        }
      }
    }
    Padding wide = Padding.zeros(3);
    add("pad " + wide, t -> t[0].pad(wide), n -> ReferenceFunctions.pad(n[0], wide), 1, 1, 1, 2);
  }

  private void addBlocks() {
    for (int block = 1; block <= 3; block++) {
      int r = block;
      add(
          "spaceToDepth " + r,
          t -> t[0].spaceToDepth(r),
          n -> ReferenceFunctions.spaceToDepth(n[0], r),
          2,
          6,
          12,
          3);
      add(
          "depthToSpace " + r,
          t -> t[0].depthToSpace(r),
          n -> ReferenceFunctions.depthToSpace(n[0], r),
          2,
          3,
          5,
          36);
      add("there and back " + r, t -> t[0].spaceToDepth(r).depthToSpace(r), n -> n[0], 1, 6, 6, 1);
    }
  }

  private void addPooling() {
    for (long[] s : List.of(shape(1, 7, 7, 1), shape(2, 8, 6, 3), shape(1, 5, 11, 16))) {
      for (int kernel = 1; kernel <= 4; kernel++) {
        addBoth(s, kernel, kernel, ConvOptions.of(kernel, 0));
        addBoth(s, kernel, kernel, ConvOptions.of(1, kernel / 2));
        addBoth(s, kernel, kernel, ConvOptions.of(2, kernel - 1));
      }
      addBoth(s, 3, 2, ConvOptions.of(1, 0).stride(2, 1).padding(1, 0));
      addBoth(s, 1, 5, ConvOptions.of(1, 0).stride(3, 2).padding(0, 2));
    }
    addBoth(shape(1, 1, 1, 1), 1, 1, ConvOptions.of(1, 0));
    addBoth(shape(3, 1, 2, 5), 3, 3, ConvOptions.of(1, 1));
    // More positions in a window than a byte can index.
    addBoth(shape(2, 17, 18, 3), 17, 17, ConvOptions.of(1, 0));
  }

  private void addBoth(long[] s, int height, int width, ConvOptions options) {
    String name = height + "x" + width + " " + options;
    add(
        "maxPool " + name,
        t -> t[0].maxPool(height, width, options),
        n -> ReferenceFunctions.pool(n[0], true, height, width, options),
        s);
    add(
        "averagePool " + name,
        t -> t[0].averagePool(height, width, options),
        n -> ReferenceFunctions.pool(n[0], false, height, width, options),
        s);
  }
}
