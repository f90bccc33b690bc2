package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations that only move elements. */
final class Rearrangements {
  private Rearrangements() {}

  /** The same elements in the same order under another shape, of which one axis may be -1. */
  record Reshape(long... shape) implements Kind {
    @Override
    public String name() {
      return "reshape";
    }

    @Override
    public boolean takesIntegers() {
      return true;
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
  record Permute(int... axes) implements Kind {
    @Override
    public String name() {
      return "permute";
    }

    @Override
    public boolean takesIntegers() {
      return true;
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
  record Slice(int axis, long from, long to) implements Kind {
    @Override
    public String name() {
      return "slice";
    }

    @Override
    public boolean takesIntegers() {
      return true;
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
  record Concat(int axis) implements Kind {
    @Override
    public String name() {
      return "concat";
    }

    @Override
    public boolean takesIntegers() {
      return true;
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
