package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.GatherScatter;
import io.github.vqvae4j.tensor.internal.RowExtrema;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations that find elements, or take and put them by index. */
final class Indexing {
  private Indexing() {}

  /** x's slices along an axis, which is replaced by the axes of the indices. */
  record IndexSelect(String name, int axis) implements Kind.Choice {
    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor indices = inputs[1];
      Selection.checkInt(name(), "tensor of indices", indices, x);
      int along = Shape.axes(name(), x.dims(), axis)[0];
      long[] before = Arrays.copyOf(x.dims(), along);
      long[] after = Arrays.copyOfRange(x.dims(), along + 1, x.rank());
      INDArray places = indices.view(indices.array(), indices.length());
      long[] flat = x.shape();
      flat[along] = indices.length();
      INDArray y = x.allocate(flat);
      GatherScatter.gather(name(), x.array(), along, places, y);
      long[] shape = joined(before, indices.dims(), after);
      return Value.of(
          x.view(y, shape),
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            GatherScatter.scatterAdd(x.view(dy.array(), flat), along, places, dx);
            back.give(x, dx);
          });
    }
  }

  /** y [count, ..] of x [n, ..]: y_k is the sum of x_i over all i with k = segments_i. */
  record SegmentSum(long count) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return "segmentSum";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor segments = inputs[1];
      Step.checkNoIntegers(name(), x);
      Selection.checkInt(name(), "tensor of segments", segments, x);
      if (segments.rank() != 1 || segments.size(0) != x.size(0)) {
        throw new IllegalArgumentException(
            "segmentSum: expected slices and the segment of each, got "
                + Arrays.toString(x.dims())
                + " and segments "
                + Arrays.toString(segments.dims())
                + ".");
      }
      INDArray places = segments.array();
      GatherScatter.checkIndices(name(), places, count);
      long[] shape = x.shape();
      shape[0] = count;
      INDArray y = x.allocate(shape);
      GatherScatter.scatterAdd(x.array(), 0, places, y);
      return Value.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            GatherScatter.gather(name(), dy.array(), 0, places, dx);
            back.give(x, dx);
          });
    }
  }

  private static long[] joined(long[]... parts) {
    return Arrays.stream(parts).flatMapToLong(LongStream::of).toArray();
  }

  /** y [n, k] of x [n, d]: y_ij = x_i,c with c = columns_ij. */
  record Pick() implements Kind.Choice {
    @Override
    public String name() {
      return "gather";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray columns = inputs[1].array();
      INDArray y = x.allocate(inputs[1].dims());
      GatherScatter.gatherColumns(name(), x.array(), columns, y);
      return Value.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            GatherScatter.scatterAddColumns(dy.array(), columns, dx);
            back.give(x, dx);
          });
    }
  }

  /** y [n, size] of x [n, k]: y_ic is the sum of x_ij over all j with c = columns_ij. */
  record Place(String name, long size) implements Kind.OfAnyFormat {
    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray columns = inputs[1].array();
      GatherScatter.checkIndices(name(), columns, size);
      INDArray y = x.allocate(x.size(0), size);
      GatherScatter.scatterAddColumns(x.array(), columns, y);
      return Value.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            GatherScatter.gatherColumns(name(), dy.array(), columns, dx);
            back.give(x, dx);
          });
    }
  }

  /** Where the largest or smallest element of each row [n, d] is: [n]. */
  record ArgExtreme(boolean largest) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return largest ? "argmax" : "argmin";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor rows = inputs[0];
      INDArray columns = rows.step().arena().allocate(DType.INT, rows.size(0));
      RowExtrema.find(largest, rows.array(), null, columns);
      return Value.of(columns, DType.INT, null);
    }
  }

  /** The k largest elements of each row [n, d], largest first, and where they are: [n, k]. */
  record Top(int k) implements Kind {
    @Override
    public String name() {
      return "topK";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor rows = inputs[0];
      INDArray columns = rows.step().arena().allocate(DType.INT, rows.size(0), k);
      INDArray y = rows.allocate(rows.size(0), k);
      RowExtrema.topK(rows.array(), y, columns);
      return Value.of(
              y,
              rows.dtype(),
              (dy, back) -> {
                INDArray dx = rows.allocate(rows.dims());
                GatherScatter.scatterAddColumns(dy.array(), columns, dx);
                back.give(rows, dx);
              })
          .with(new Value.Constant(columns, DType.INT));
    }
  }

  static Tensor gather(Tensor x, int axis, Tensor indices) {
    int along = checked("gather", x, axis, indices);
    Tensor rows = lastAsRows(x, along);
    Tensor columns = lastAsRows(indices, along);
    return rowsBack(x.step().apply(new Pick(), rows, columns), indices.dims(), along);
  }

  static Tensor scatterAdd(Tensor x, int axis, Tensor indices, Tensor source) {
    int along = checked("scatterAdd", x, axis, indices);
    x.checkWith("scatterAdd", source);
    Shape.checkEqual("scatterAdd", indices.dims(), source.dims());
    Tensor rows = lastAsRows(source, along);
    Tensor columns = lastAsRows(indices, along);
    Tensor sums = x.step().apply(new Place("scatterAdd", x.size(along)), rows, columns);
    return x.add(rowsBack(sums, x.dims(), along));
  }

  private static int checked(String name, Tensor x, int axis, Tensor indices) {
    Selection.checkInt(name, "tensor of indices", indices, x);
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
              + " but for axis "
              + along
              + ", got "
              + Arrays.toString(indices.dims())
              + ".");
    }
    if (along != x.rank() - 1) {
      // Else they are checked where they are used, in the same order.
      GatherScatter.checkIndices(name, indices.array(), x.size(along));
    }
    return along;
  }

  static Tensor arg(boolean largest, Tensor x, boolean keepDims, int axis) {
    Kind kind = new ArgExtreme(largest);
    int along = Shape.axes(kind.name(), x.dims(), axis)[0];
    int[] over = {along};
    long[] shape = keepDims ? Shape.reduced(x.dims(), over) : Shape.without(x.dims(), over);
    return x.step().apply(kind, lastAsRows(x, along)).reshape(shape);
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
    List<Tensor> found = x.step().applyAll(new Top(k), lastAsRows(x, along));
    long[] shape = x.shape();
    shape[along] = k;
    return new TopK(rowsBack(found.get(0), shape, along), rowsBack(found.get(1), shape, along));
  }

  static Tensor oneHot(Tensor x, int classes, DType dtype) {
    Selection.checkInt("oneHot", "tensor of classes", x, x);
    if (classes < 1) {
      throw new IllegalArgumentException("oneHot: expected at least 1 class, got " + classes + ".");
    }
    long[] shape = Arrays.copyOf(x.dims(), x.rank() + 1);
    shape[x.rank()] = classes;
    INDArray ones = x.step().arena().allocate(dtype, x.length(), 1);
    ones.assign(1);
    Tensor columns = x.reshape(-1, 1);
    return x.step()
        .apply(new Place("oneHot", classes), x.step().own(ones, dtype), columns)
        .reshape(shape);
  }

  /** x [.., d] with an axis moved to the end, as rows [n, d]. */
  private static Tensor lastAsRows(Tensor x, int axis) {
    Tensor moved = axis == x.rank() - 1 ? x : x.permute(toEnd(x.rank(), axis));
    return moved.reshape(-1, x.size(axis));
  }

  /** The inverse of {@link #lastAsRows}, to a shape. */
  private static Tensor rowsBack(Tensor rows, long[] shape, int axis) {
    if (axis == shape.length - 1) {
      return rows.reshape(shape);
    }
    int[] order = toEnd(shape.length, axis);
    int[] inverse = new int[order.length];
    long[] moved = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      moved[i] = shape[order[i]];
      inverse[order[i]] = i;
    }
    return rows.reshape(moved).permute(inverse);
  }

  private static int[] toEnd(int rank, int axis) {
    return IntStream.concat(IntStream.range(0, rank).filter(i -> i != axis), IntStream.of(axis))
        .toArray();
  }
}
