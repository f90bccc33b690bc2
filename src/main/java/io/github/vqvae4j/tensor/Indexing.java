package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.GatherScatter;
import io.github.vqvae4j.tensor.internal.RowExtrema;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations that find the indices of elements, or gather and scatter elements by index. */
final class Indexing {
  private Indexing() {}

  /** Selects slices of x along an axis, which is replaced by the axes of the indices. */
  record IndexSelect(String name, int axis) implements OperationKind.ElementSelection {
    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor indices = inputs[1];
      Constants.checkInt(name(), "index tensor", indices, x);
      int along = Shape.axes(name(), x.dims(), axis)[0];
      long[] before = Arrays.copyOf(x.dims(), along);
      long[] after = Arrays.copyOfRange(x.dims(), along + 1, x.rank());
      INDArray flatIndices = indices.view(indices.array(), indices.length());
      long[] flat = x.shape();
      flat[along] = indices.length();
      INDArray y = x.allocate(flat);
      GatherScatter.gather(name(), x.array(), along, flatIndices, y);
      long[] shape = concatenated(before, indices.dims(), after);
      return ForwardResult.of(
          x.view(y, shape),
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            GatherScatter.scatterAdd(x.view(dy.array(), flat), along, flatIndices, dx);
            back.add(x, dx);
          });
    }
  }

  /**
   * Sums x [n, ..] by segment to y [count, ..]: y_k is the sum of x_i over all i with segments_i =
   * k.
   */
  record SegmentSum(long count) implements OperationKind.AnyDType {
    @Override
    public String name() {
      return "segmentSum";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor segments = inputs[1];
      Step.checkNoIntegers(name(), x);
      Constants.checkInt(name(), "segment tensor", segments, x);
      if (segments.rank() != 1 || segments.size(0) != x.size(0)) {
        throw new IllegalArgumentException(
            "segmentSum: expected one segment for each slice, got shape "
                + Arrays.toString(x.dims())
                + " and segments of shape "
                + Arrays.toString(segments.dims())
                + ".");
      }
      INDArray flatIndices = segments.array();
      GatherScatter.checkIndices(name(), flatIndices, count);
      long[] shape = x.shape();
      shape[0] = count;
      INDArray y = x.allocate(shape);
      GatherScatter.scatterAdd(x.array(), 0, flatIndices, y);
      return ForwardResult.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            GatherScatter.gather(name(), dy.array(), 0, flatIndices, dx);
            back.add(x, dx);
          });
    }
  }

  private static long[] concatenated(long[]... arrays) {
    return Arrays.stream(arrays).flatMapToLong(LongStream::of).toArray();
  }

  /** Gathers elements of the rows x [n, d] to y [n, k]: y_ij = x_i,c with c = columns_ij. */
  record GatherColumns() implements OperationKind.ElementSelection {
    @Override
    public String name() {
      return "gather";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray columns = inputs[1].array();
      INDArray y = x.allocate(inputs[1].dims());
      GatherScatter.gatherColumns(name(), x.array(), columns, y);
      return ForwardResult.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            GatherScatter.scatterAddColumns(dy.array(), columns, dx);
            back.add(x, dx);
          });
    }
  }

  /** Scatters x [n, k] to y [n, size]: y_ic is the sum of x_ij over all j with columns_ij = c. */
  record ScatterColumns(String name, long size) implements OperationKind.AnyDType {
    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray columns = inputs[1].array();
      GatherScatter.checkIndices(name(), columns, size);
      INDArray y = x.allocate(x.size(0), size);
      GatherScatter.scatterAddColumns(x.array(), columns, y);
      return ForwardResult.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            GatherScatter.gatherColumns(name(), dy.array(), columns, dx);
            back.add(x, dx);
          });
    }
  }

  /** The index [n] of the maximum or minimum of each row [n, d]. */
  record ArgExtremum(boolean max) implements OperationKind.AnyDType {
    @Override
    public String name() {
      return max ? "argmax" : "argmin";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor rows = inputs[0];
      INDArray columns = rows.step().arena().allocate(DType.INT, rows.size(0));
      RowExtrema.find(max, rows.array(), null, columns);
      return ForwardResult.of(columns, DType.INT, null);
    }
  }

  /** The k largest elements [n, k] of each row [n, d] in descending order, and their indices. */
  record TopColumns(int k) implements OperationKind {
    @Override
    public String name() {
      return "topK";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor rows = inputs[0];
      INDArray columns = rows.step().arena().allocate(DType.INT, rows.size(0), k);
      INDArray y = rows.allocate(rows.size(0), k);
      RowExtrema.topK(rows.array(), y, columns);
      return ForwardResult.of(
              y,
              rows.dtype(),
              (dy, back) -> {
                INDArray dx = rows.allocate(rows.dims());
                GatherScatter.scatterAddColumns(dy.array(), columns, dx);
                back.add(rows, dx);
              })
          .with(new ForwardResult.Constant(columns, DType.INT));
    }
  }

  static Tensor gather(Tensor x, int axis, Tensor indices) {
    int along = checked("gather", x, axis, indices);
    Tensor rows = toRows(x, along);
    Tensor columns = toRows(indices, along);
    return fromRows(x.step().apply(new GatherColumns(), rows, columns), indices.dims(), along);
  }

  static Tensor scatterAdd(Tensor x, int axis, Tensor indices, Tensor source) {
    int along = checked("scatterAdd", x, axis, indices);
    x.checkWith("scatterAdd", source);
    Shape.checkEqual("scatterAdd", indices.dims(), source.dims());
    Tensor rows = toRows(source, along);
    Tensor columns = toRows(indices, along);
    Tensor sums = x.step().apply(new ScatterColumns("scatterAdd", x.size(along)), rows, columns);
    return x.add(fromRows(sums, x.dims(), along));
  }

  private static int checked(String name, Tensor x, int axis, Tensor indices) {
    Constants.checkInt(name, "index tensor", indices, x);
    int along = Shape.axes(name, x.dims(), axis)[0];
    long[] expected = x.shape();
    if (indices.rank() == x.rank()) {
      expected[along] = indices.size(along);
    }
    if (!Arrays.equals(expected, indices.dims())) {
      throw new IllegalArgumentException(
          name
              + ": expected indices of shape "
              + Arrays.toString(x.dims())
              + " except along axis "
              + along
              + ", got "
              + Arrays.toString(indices.dims())
              + ".");
    }
    if (along != x.rank() - 1) {
      // Otherwise, the operation checks them in this order itself.
      GatherScatter.checkIndices(name, indices.array(), x.size(along));
    }
    return along;
  }

  static Tensor arg(boolean max, Tensor x, boolean keepDims, int axis) {
    OperationKind kind = new ArgExtremum(max);
    int along = Shape.axes(kind.name(), x.dims(), axis)[0];
    int[] reduced = {along};
    long[] shape = keepDims ? Shape.reduced(x.dims(), reduced) : Shape.without(x.dims(), reduced);
    return x.step().apply(kind, toRows(x, along)).reshape(shape);
  }

  static TopK topK(Tensor x, int k, int axis) {
    int along = Shape.axes("topK", x.dims(), axis)[0];
    if (k < 1 || k > x.size(along)) {
      throw new IllegalArgumentException(
          "topK: expected k from 1 to "
              + x.size(along)
              + " along axis "
              + along
              + " of shape "
              + Arrays.toString(x.dims())
              + ", got "
              + k
              + ".");
    }
    List<Tensor> results = x.step().applyAll(new TopColumns(k), toRows(x, along));
    long[] shape = x.shape();
    shape[along] = k;
    return new TopK(fromRows(results.get(0), shape, along), fromRows(results.get(1), shape, along));
  }

  static Tensor oneHot(Tensor x, int classes, DType dtype) {
    Constants.checkInt("oneHot", "class tensor", x, x);
    if (classes < 1) {
      throw new IllegalArgumentException("oneHot: expected at least 1 class, got " + classes + ".");
    }
    long[] shape = Arrays.copyOf(x.dims(), x.rank() + 1);
    shape[x.rank()] = classes;
    INDArray ones = x.step().arena().allocate(dtype, x.length(), 1);
    ones.assign(1);
    Tensor columns = x.reshape(-1, 1);
    return x.step()
        .apply(new ScatterColumns("oneHot", classes), x.step().own(ones, dtype), columns)
        .reshape(shape);
  }

  /** Moves an axis to the end, and merges the others: returns rows [n, d]. */
  private static Tensor toRows(Tensor x, int axis) {
    Tensor moved = axis == x.rank() - 1 ? x : x.permute(orderWithLast(x.rank(), axis));
    return moved.reshape(-1, x.size(axis));
  }

  /** Inverts {@link #toRows} for a given shape. */
  private static Tensor fromRows(Tensor rows, long[] shape, int axis) {
    if (axis == shape.length - 1) {
      return rows.reshape(shape);
    }
    int[] order = orderWithLast(shape.length, axis);
    int[] inverse = new int[order.length];
    long[] moved = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      moved[i] = shape[order[i]];
      inverse[order[i]] = i;
    }
    return rows.reshape(moved).permute(inverse);
  }

  private static int[] orderWithLast(int rank, int axis) {
    return IntStream.concat(IntStream.range(0, rank).filter(i -> i != axis), IntStream.of(axis))
        .toArray();
  }
}
