package io.github.vqvae4j.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations that only move elements. */
final class Rearrangements {
  private Rearrangements() {}

  /** The same elements in the same order under another shape, of which one axis may be -1. */
  record Reshape(long... shape) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return "reshape";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray y = x.view(x.array(), resolve(x, shape));
      return Value.sharing(x, y, (dy, back) -> back.share(x, dy));
    }

    private static long[] resolve(Tensor x, long[] wanted) {
      long[] shape = wanted.clone();
      long known = 1;
      int open = -1;
      boolean valid = shape.length > 0;
      for (int i = 0; i < shape.length; i++) {
        if (shape[i] == -1 && open < 0) {
          open = i;
        } else {
          valid = valid && shape[i] > 0 && shape[i] <= x.length() / known;
          known *= valid ? shape[i] : 1;
        }
      }
      if (valid && open >= 0) {
        shape[open] = x.length() / known;
        known *= shape[open];
      }
      if (!valid || known != x.length()) {
        throw new IllegalArgumentException(
            "reshape: shape "
                + Arrays.toString(x.dims())
                + " has "
                + x.length()
                + " elements and cannot become "
                + Arrays.toString(wanted)
                + ".");
      }
      return shape;
    }
  }

  /** Axis i of the result is the input's axis axes[i]. */
  record Permute(int... axes) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return "permute";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      int[] order = Shape.axes(name(), x.dims(), axes);
      if (axes.length != x.rank()) {
        throw new IllegalArgumentException(
            "permute: expected all "
                + x.rank()
                + " axes of shape "
                + Arrays.toString(x.dims())
                + ", got "
                + Arrays.toString(axes)
                + ".");
      }
      long[] shape = new long[order.length];
      int[] inverse = new int[order.length];
      for (int i = 0; i < order.length; i++) {
        shape[i] = x.dims()[order[i]];
        inverse[order[i]] = i;
      }
      INDArray y = x.allocate(shape);
      x.kernels().permute(x.array(), order, y);
      return Value.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            x.kernels().permute(dy.array(), inverse, dx);
            back.give(x, dx);
          });
    }
  }

  /** The elements from one index to before another along an axis. */
  record Slice(int axis, long from, long to) implements Kind.Choice {
    @Override
    public String name() {
      return "slice";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      int along = Shape.axes(name(), x.dims(), axis)[0];
      long size = x.dims()[along];
      if (from < 0 || to <= from || to > size) {
        throw new IllegalArgumentException(
            "slice: expected 0 <= from < to <= "
                + size
                + " along axis "
                + along
                + " of shape "
                + Arrays.toString(x.dims())
                + ", got from "
                + from
                + " to "
                + to
                + ".");
      }
      INDArray y = x.allocate(with(x.dims(), along, to - from));
      x.kernels().slice(x.array(), along, from, y);
      return Value.of(
          y, x.dtype(), (dy, back) -> back.give(x, padded(x, along, from, dy.array(), to)));
    }

    /** The gradient of a slice: zeros before and after it. */
    private static INDArray padded(Tensor x, int axis, long from, INDArray dy, long to) {
      INDArray before = zeros(x, axis, from);
      INDArray after = zeros(x, axis, x.dims()[axis] - to);
      INDArray[] parts =
          Stream.of(before, dy, after).filter(Objects::nonNull).toArray(INDArray[]::new);
      INDArray dx = x.allocate(x.dims());
      x.kernels().concat(parts, axis, dx);
      for (INDArray part : parts) {
        if (part != dy) {
          x.release(part);
        }
      }
      return dx;
    }
  }

  /** The inputs one after another along an axis. */
  record Concat(int axis) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return "concat";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor first = inputs[0];
      int along = Shape.axes(name(), first.dims(), axis)[0];
      long size = 0;
      for (Tensor t : inputs) {
        first.checkWith(name(), t);
        if (t.rank() != first.rank()
            || !Arrays.equals(with(t.dims(), along, 1), with(first.dims(), along, 1))) {
          throw new IllegalArgumentException(
              "concat: shapes must be equal but for axis "
                  + along
                  + ", got "
                  + Arrays.toString(first.dims())
                  + " and "
                  + Arrays.toString(t.dims())
                  + ".");
        }
        size += t.dims()[along];
      }
      INDArray y = first.allocate(with(first.dims(), along, size));
      INDArray[] arrays = Arrays.stream(inputs).map(Tensor::array).toArray(INDArray[]::new);
      first.kernels().concat(arrays, along, y);
      return Value.of(y, first.dtype(), (dy, back) -> giveParts(back, dy, along, inputs));
    }

    private static void giveParts(
        Backpropagation back, GradientArray dy, int axis, Tensor... inputs) {
      long from = 0;
      for (Tensor t : inputs) {
        if (back.wants(t)) {
          INDArray dx = t.allocate(t.dims());
          t.kernels().slice(dy.array(), axis, from, dx);
          back.give(t, dx);
        }
        from += t.dims()[axis];
      }
    }
  }

  /** Axes of size 1, or that the input lacks, repeated to a shape. */
  record Expand(long... shape) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return "expand";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      long[] to = resolved(x);
      INDArray xs = x.view(x.array(), Shape.padded(x.dims(), to.length));
      long[] ones = new long[to.length];
      Arrays.fill(ones, 1);
      INDArray always = x.step().arena().allocate(DType.INT, ones);
      always.assign(1);
      INDArray y = x.allocate(to);
      x.kernels().where(always, xs, xs, y);
      x.release(always);
      return Value.of(y, x.dtype(), (dy, back) -> Reductions.shareSum(back, x, dy));
    }

    private long[] resolved(Tensor x) {
      long[] to = shape.clone();
      int added = to.length - x.rank();
      boolean fits = added >= 0;
      for (int i = 0; fits && i < to.length; i++) {
        long size = i < added ? 1 : x.dims()[i - added];
        to[i] = to[i] == -1 && i >= added ? size : to[i];
        fits = to[i] >= 1 && (size == 1 || size == to[i]);
      }
      if (!fits) {
        throw new IllegalArgumentException(
            "expand: shape "
                + Arrays.toString(x.dims())
                + " cannot be repeated to "
                + Arrays.toString(shape)
                + ": aligned at the last axis, only axes of size 1 can.");
      }
      return to;
    }
  }

  static Tensor stack(int axis, List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("stack: expected at least one tensor, got none.");
    }
    Tensor first = tensors.get(0);
    int along = axis < 0 ? axis + first.rank() + 1 : axis;
    if (along < 0 || along > first.rank()) {
      throw new IllegalArgumentException(
          "stack: expected an axis from "
              + (-first.rank() - 1)
              + " to "
              + first.rank()
              + " for shape "
              + Arrays.toString(first.dims())
              + ", got "
              + axis
              + ".");
    }
    long[] shape = new long[first.rank() + 1];
    System.arraycopy(first.dims(), 0, shape, 0, along);
    shape[along] = 1;
    System.arraycopy(first.dims(), along, shape, along + 1, first.rank() - along);
    for (Tensor tensor : tensors) {
      Shape.checkEqual("stack", first.dims(), tensor.dims());
    }
    return concat(along, tensors.stream().map(t -> t.reshape(shape)).toList());
  }

  static Tensor pad(Tensor x, int axis, long before, long after, double value) {
    int along = checkedPadding("pad", x, axis, before, after);
    List<Tensor> parts = new ArrayList<>();
    if (before > 0) {
      parts.add(Selection.full("pad", x, value, with(x.dims(), along, before)));
    }
    parts.add(x);
    if (after > 0) {
      parts.add(Selection.full("pad", x, value, with(x.dims(), along, after)));
    }
    return parts.size() == 1 ? x : concat(along, parts);
  }

  static Tensor padReflect(Tensor x, int axis, long before, long after) {
    int along = checkedPadding("padReflect", x, axis, before, after);
    int size = Math.toIntExact(x.size(along));
    if (Math.max(before, after) >= size) {
      throw new IllegalArgumentException(
          "padReflect: "
              + before
              + " and "
              + after
              + " elements along axis "
              + along
              + " of shape "
              + Arrays.toString(x.dims())
              + " cannot be reflected: expected fewer than its size "
              + size
              + ".");
    }
    int[] sources = new int[Math.toIntExact(before + size + after)];
    for (int i = 0; i < sources.length; i++) {
      int place = Math.abs(i - (int) before);
      sources[i] = place < size ? place : 2 * (size - 1) - place;
    }
    return x.indexSelect(along, x.step().tensor(sources, sources.length));
  }

  private static int checkedPadding(String name, Tensor x, int axis, long before, long after) {
    if (before < 0 || after < 0) {
      throw new IllegalArgumentException(
          name
              + ": expected paddings of at least 0, got "
              + before
              + " and "
              + after
              + "; slice(..) takes elements away.");
    }
    return Shape.axes(name, x.dims(), axis)[0];
  }

  static Tensor concat(int axis, List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("concat: expected at least one tensor, got none.");
    }
    return tensors.get(0).step().apply(new Concat(axis), tensors.toArray(Tensor[]::new));
  }

  /** Zeros of x's shape but for the size along one axis; null if that is 0. */
  static INDArray zeros(Tensor x, int axis, long size) {
    if (size == 0) {
      return null;
    }
    INDArray zeros = x.allocate(with(x.dims(), axis, size));
    zeros.assign(0);
    return zeros;
  }

  private static long[] with(long[] shape, int axis, long size) {
    long[] result = shape.clone();
    result[axis] = size;
    return result;
  }
}
