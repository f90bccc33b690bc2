package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.OperationCase.Definition;
import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cases with random shapes and settings, to cover unforeseen combinations. Sizes of 1, primes and
 * neighbors of powers of 2 are frequent, and inputs are often reshaped views.
 */
final class RandomCases {
  private static final int[] SIZES = {1, 1, 1, 2, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33};

  /** The maximum number of elements of an input, since reference implementations are slow. */
  private static final int MOST = 3000;

  private final Rng rng;
  private final List<OperationCase> cases = new ArrayList<>();

  private RandomCases(long seed) {
    rng = new Rng(seed);
  }

  /** Returns a number of cases of each kind, except for settings without a valid result. */
  static List<OperationCase> of(long seed, int count) {
    RandomCases lists = new RandomCases(seed);
    for (int i = 0; i < count; i++) {
      lists.addBroadcasting();
      lists.addAlongAxes();
      lists.addStructure();
      lists.addPixels();
      lists.addPooling();
      lists.addConvolution();
      lists.addProduct();
      lists.addNormalization();
      lists.addLoss();
    }
    return lists.cases;
  }

  private void add(String name, Operation operation, Definition definition, long[]... shapes) {
    boolean views = rng.nextBoolean();
    Operation maybeOnViews =
        views
            ? t -> operation.apply(Arrays.stream(t).map(RandomCases::view).toArray(Tensor[]::new))
            : operation;
    String full = cases.size() + " " + name + (views ? " of views" : "");
    cases.add(OperationCase.of(full, Range.AWAY_FROM_ZERO, maybeOnViews, definition, shapes));
  }

  private static Tensor view(Tensor x) {
    return x.reshape(1, -1).reshape(x.shape());
  }

  private int from(int first, int last) {
    return rng.nextInt(first, last + 1);
  }

  private long[] shape(int rank) {
    long[] shape = new long[rank];
    do {
      Arrays.setAll(shape, i -> SIZES[rng.nextInt(SIZES.length)]);
    } while (NdArray.size(shape) > MOST);
    return shape;
  }

  private int[] axes(int rank) {
    int[] axes = IntStream.range(0, rank).filter(axis -> rng.nextBoolean()).toArray();
    return axes.length == 0 ? new int[] {rng.nextInt(rank)} : axes;
  }

  /**
   * Returns a shape that broadcasts: some leading axes are omitted, and some others have size 1.
   */
  private long[] broadcasting(long[] shape) {
    long[] smaller = Arrays.copyOfRange(shape, rng.nextInt(shape.length), shape.length);
    for (int i = 0; i < smaller.length; i++) {
      smaller[i] = rng.nextBoolean() ? 1 : smaller[i];
    }
    return smaller;
  }

  private void addBroadcasting() {
    long[] s = shape(from(1, 5));
    long[] other = broadcasting(s);
    long[][] pair = rng.nextBoolean() ? new long[][] {s, other} : new long[][] {other, s};
    switch (rng.nextInt(4)) {
      case 0 -> add("add", t -> t[0].add(t[1]), n -> Reference.zip(n[0], n[1], Double::sum), pair);
      case 1 ->
          add("sub", t -> t[0].sub(t[1]), n -> Reference.zip(n[0], n[1], (a, b) -> a - b), pair);
      case 2 ->
          add("mul", t -> t[0].mul(t[1]), n -> Reference.zip(n[0], n[1], (a, b) -> a * b), pair);
      default ->
          add("div", t -> t[0].div(t[1]), n -> Reference.zip(n[0], n[1], (a, b) -> a / b), pair);
    }
  }

  private void addAlongAxes() {
    int rank = from(1, 5);
    long[] s = shape(rank);
    int[] axes = axes(rank);
    int axis = axes[0];
    String over = " over " + Arrays.toString(axes);
    switch (rng.nextInt(5)) {
      case 0 -> add("mean" + over, t -> t[0].mean(axes), n -> Reference.mean(n[0], axes), s);
      case 1 -> add("max" + over, t -> t[0].max(axes), n -> ReferenceFunctions.max(n[0], axes), s);
      case 2 ->
          add(
              "softmax " + axis,
              t -> t[0].softmax(axis),
              n -> ReferenceFunctions.softmax(n[0], axis),
              s);
      case 3 ->
          add(
              "logSoftmax " + axis,
              t -> t[0].logSoftmax(axis),
              n -> ReferenceFunctions.logSoftmax(n[0], axis),
              s);
      default ->
          add(
              "cumsum " + axis,
              t -> t[0].cumsum(axis),
              n -> ReferenceFunctions.cumsum(n[0], axis),
              s);
    }
  }

  private void addStructure() {
    int rank = from(1, 5);
    long[] s = shape(rank);
    int axis = rng.nextInt(rank);
    int size = (int) s[axis];
    switch (rng.nextInt(3)) {
      case 0 -> {
        int[] order = IntStream.range(0, rank).toArray();
        for (int i = rank - 1; i > 0; i--) {
          int j = rng.nextInt(i + 1);
          int stored = order[i];
          order[i] = order[j];
          order[j] = stored;
        }
        add(
            "permute " + Arrays.toString(order),
            t -> t[0].permute(order),
            n -> Reference.permute(n[0], order),
            s);
      }
      case 1 -> {
        int begin = rng.nextInt(size);
        int end = from(begin + 1, size);
        add(
            "slice " + axis + " " + begin + " " + end,
            t -> t[0].slice(axis, begin, end),
            n -> Reference.slice(n[0], axis, begin, end),
            s);
      }
      default -> {
        long[] other = s.clone();
        other[axis] = from(1, 5);
        add(
            "concat " + axis,
            t -> Tensor.concat(axis, List.of(t[0], t[1], t[0])),
            n -> Reference.concat(axis, List.of(n[0], n[1], n[0])),
            s,
            other);
      }
    }
  }

  private void addPixels() {
    long[] s = shape(4);
    int r = from(1, 4);
    switch (rng.nextInt(4)) {
      case 0 -> {
        boolean reflect = rng.nextBoolean();
        int rows = reflect ? (int) s[1] - 1 : 5;
        int columns = reflect ? (int) s[2] - 1 : 5;
        Padding padding =
            new Padding(
                reflect ? Padding.Mode.REFLECT : Padding.Mode.ZEROS,
                from(0, rows),
                from(0, rows),
                from(0, columns),
                from(0, columns));
        add(
            "pad " + padding,
            t -> t[0].pad(padding),
            n -> ReferenceFunctions.pad(n[0], padding),
            s);
      }
      case 1 -> {
        long[] blocks = {s[0], from(1, 5) * r, from(1, 5) * r, from(1, 9)};
        add(
            "spaceToDepth " + r,
            t -> t[0].spaceToDepth(r),
            n -> ReferenceFunctions.spaceToDepth(n[0], r),
            blocks);
      }
      case 2 -> {
        long[] blocks = {s[0], from(1, 5), from(1, 5), (long) from(1, 5) * r * r};
        add(
            "depthToSpace " + r,
            t -> t[0].depthToSpace(r),
            n -> ReferenceFunctions.depthToSpace(n[0], r),
            blocks);
      }
      default -> add("upsample " + r, t -> t[0].upsample(r), n -> Reference.upsample(n[0], r), s);
    }
  }

  private void addPooling() {
    long[] s = shape(4);
    int height = from(1, 5);
    int width = from(1, 5);
    ConvOptions options =
        ConvOptions.of(1, 0)
            .stride(from(1, 4), from(1, 4))
            .padding(from(0, height - 1), from(0, width - 1));
    if (options.height().size(s[1], height) > 0 && options.width().size(s[2], width) > 0) {
      String name = " " + height + "x" + width + " " + options;
      add(
          "maxPool" + name,
          t -> t[0].maxPool(height, width, options),
          n -> ReferenceFunctions.pool(n[0], true, height, width, options),
          s);
      add(
          "averagePool" + name,
          t -> t[0].averagePool(height, width, options),
          n -> ReferenceFunctions.pool(n[0], false, height, width, options),
          s);
    }
  }

  private void addConvolution() {
    int groups = rng.nextBoolean() ? 1 : from(1, 4);
    long in = (long) groups * from(1, 9);
    long out = (long) groups * from(1, 9);
    long height = from(1, 4);
    long width = from(1, 4);
    long[] s = {from(1, 3), from(1, 9), from(1, 9), in};
    ConvOptions options =
        ConvOptions.of(1, 0)
            .stride(from(1, 3), from(1, 3))
            .padding(from(0, 3), from(0, 3), from(0, 3), from(0, 3))
            .dilation(from(1, 3), from(1, 3))
            .groups(groups);
    if (rng.nextBoolean()) {
      if (options.height().size(s[1], height) > 0 && options.width().size(s[2], width) > 0) {
        add(
            "conv2d " + options,
            t -> t[0].conv2d(t[1], t[2], options),
            n ->
                Reference.zip(ReferenceConvolutions.conv2d(n[0], n[1], options), n[2], Double::sum),
            s,
            new long[] {height, width, in / groups, out},
            new long[] {out});
      }
    } else {
      ConvOptions padded =
          options.outputPadding(
              rng.nextInt(Math.max(options.height().stride(), options.height().dilation())),
              rng.nextInt(Math.max(options.width().stride(), options.width().dilation())));
      if (padded.height().transposedSize(s[1], height) > 0
          && padded.width().transposedSize(s[2], width) > 0) {
        add(
            "convTranspose2d " + padded,
            t -> t[0].convTranspose2d(t[1], t[2], padded),
            n ->
                Reference.zip(
                    ReferenceConvolutions.convTranspose2d(n[0], n[1], padded), n[2], Double::sum),
            s,
            new long[] {height, width, out / groups, in},
            new long[] {out});
      }
    }
  }

  private void addProduct() {
    int rank = from(2, 4);
    long[] a = shape(rank);
    long[] b = a.clone();
    b[rank - 2] = from(1, 17);
    if (rng.nextBoolean()) {
      add(
          "a b^T",
          t -> t[0].matmul(false, t[1], true),
          n -> SequenceCases.product(n[0], SequenceCases.transposed(n[1])),
          a,
          b);
    } else {
      long[] value = b.clone();
      value[rank - 1] = from(1, 9);
      add(
          "attention",
          t -> Tensor.scaledDotProductAttention(t[0], t[1], t[2], false),
          n -> SequenceCases.attention(n[0], n[1], n[2], false),
          a,
          b,
          value);
    }
  }

  private void addNormalization() {
    int groups = from(1, 4);
    long[] s = shape(from(2, 4));
    s[s.length - 1] = (long) groups * from(1, 9);
    long channels = s[s.length - 1];
    long rows = NdArray.size(s) / channels;
    long[] element = {channels};
    double epsilon = NormalizationCases.EPSILON;
    switch (rng.nextInt(3)) {
      case 0 ->
          add(
              "layerNorm",
              t -> t[0].layerNorm(t[1], t[2], epsilon),
              n -> NormalizationCases.normalize(n[0], n[1], n[2], rows, 1),
              s,
              element,
              element);
      case 1 ->
          add(
              "groupNorm " + groups,
              t -> t[0].groupNorm(groups, t[1], t[2], epsilon),
              n -> NormalizationCases.normalize(n[0], n[1], n[2], s[0], groups),
              s,
              element,
              element);
      default ->
          add(
              "batchNorm",
              t -> t[0].batchNorm(t[1], t[2], epsilon).output(),
              n -> NormalizationCases.normalize(n[0], n[1], n[2], 1, channels),
              s,
              element,
              element);
    }
  }

  private void addLoss() {
    long[] s = shape(from(1, 4));
    int classes = (int) s[s.length - 1];
    int[] targets = rng.ints(NdArray.size(s) / classes, 0, classes).toArray();
    add(
        "crossEntropy",
        t -> t[0].crossEntropy(targets),
        n -> ReferenceFunctions.crossEntropy(n[0], targets),
        s);
  }
}
