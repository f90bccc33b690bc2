package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations that only move elements. */
final class Shapes {
  private Shapes() {}

  static Tensor reshape(Tensor x, long... wanted) {
    long[] shape = resolve(x, wanted);
    return x.step()
        .result(
            x.view(x.array(), shape),
            x.dtype(),
            result -> result.passGradient(x, x.view(result.incoming(), x.dims())),
            x)
        .sharing(x);
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

  static Tensor permute(Tensor x, int... axes) {
    int[] order = Shape.axes("permute", x.dims(), axes);
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
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              INDArray dx = x.allocate(x.dims());
              x.kernels().permute(result.incoming(), inverse, dx);
              x.give(dx);
            },
            x);
  }

  static Tensor slice(Tensor x, int axis, long from, long to) {
    int along = Shape.axes("slice", x.dims(), axis)[0];
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
    return x.step()
        .result(y, x.dtype(), result -> x.give(padded(x, along, from, result.incoming(), to)), x);
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

  /** Zeros of x's shape but for the size along one axis; null if that is 0. */
  static INDArray zeros(Tensor x, int axis, long size) {
    if (size == 0) {
      return null;
    }
    INDArray zeros = x.allocate(with(x.dims(), axis, size));
    zeros.assign(0);
    return zeros;
  }

  static Tensor concat(int axis, List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("concat: expected at least one tensor, got none.");
    }
    Tensor first = tensors.get(0);
    int along = Shape.axes("concat", first.dims(), axis)[0];
    long size = 0;
    for (Tensor t : tensors) {
      first.checkWith("concat", t);
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
    Tensor[] parts = tensors.toArray(Tensor[]::new);
    first
        .kernels()
        .concat(Arrays.stream(parts).map(Tensor::array).toArray(INDArray[]::new), along, y);
    return first
        .step()
        .result(
            y,
            first.dtype(),
            result -> {
              long from = 0;
              for (Tensor t : parts) {
                if (t.isTracked()) {
                  INDArray dx = t.allocate(t.dims());
                  t.kernels().slice(result.incoming(), along, from, dx);
                  t.give(dx);
                }
                from += t.dims()[along];
              }
            },
            parts);
  }

  private static long[] with(long[] shape, int axis, long size) {
    long[] result = shape.clone();
    result[axis] = size;
    return result;
  }
}
