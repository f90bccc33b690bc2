package io.github.vqvae4j.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations that change shapes or move elements without computing new values. */
final class ShapeOperations {
  private ShapeOperations() {}

  /** A view of another shape, in which one dimension may be -1. */
  record Reshape(long... shape) implements OperationKind.AnyDType {
    @Override
    public String name() {
      return "reshape";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray y = x.view(x.array(), resolve(x, shape));
      return ForwardResult.view(x, y, (dy, back) -> back.addShared(x, dy));
    }

    private static long[] resolve(Tensor x, long[] requested) {
      long[] shape = requested.clone();
      long known = 1;
      int inferred = -1;
      boolean valid = shape.length > 0;
      for (int i = 0; i < shape.length; i++) {
        if (shape[i] == -1 && inferred < 0) {
          inferred = i;
        } else {
          valid = valid && shape[i] > 0 && shape[i] <= x.length() / known;
          known *= valid ? shape[i] : 1;
        }
      }
      if (valid && inferred >= 0) {
        shape[inferred] = x.length() / known;
        known *= shape[inferred];
      }
      if (!valid || known != x.length()) {
        throw new IllegalArgumentException(
            "reshape: expected a shape with "
                + x.length()
                + (x.length() == 1 ? " element" : " elements")
                + ", got "
                + Arrays.toString(requested)
                + " for a tensor of shape "
                + Arrays.toString(x.dims())
                + ".");
      }
      return shape;
    }
  }

  /** A permutation of the axes: axis i of the result is axis axes[i] of the input. */
  record Permute(int... axes) implements OperationKind.AnyDType {
    @Override
    public String name() {
      return "permute";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
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
      return ForwardResult.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            x.kernels().permute(dy.array(), inverse, dx);
            back.add(x, dx);
          });
    }
  }

  /** A range of indices along an axis. */
  record Slice(int axis, long start, long end) implements OperationKind.ElementSelection {
    @Override
    public String name() {
      return "slice";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      int along = Shape.axes(name(), x.dims(), axis)[0];
      long size = x.dims()[along];
      if (start < 0 || end <= start || end > size) {
        throw new IllegalArgumentException(
            "slice: expected 0 <= start < end <= "
                + size
                + " along axis "
                + along
                + " of shape "
                + Arrays.toString(x.dims())
                + ", got start "
                + start
                + " and end "
                + end
                + ".");
      }
      INDArray y = x.allocate(withSize(x.dims(), along, end - start));
      x.kernels().slice(x.array(), along, start, y);
      return ForwardResult.of(
          y, x.dtype(), (dy, back) -> back.add(x, padded(x, along, start, dy.array(), end)));
    }

    /** Returns the gradient of a slice, padded with zeros to the shape of x. */
    private static INDArray padded(Tensor x, int axis, long start, INDArray dy, long end) {
      INDArray before = zeros(x, axis, start);
      INDArray after = zeros(x, axis, x.dims()[axis] - end);
      INDArray[] chunks =
          Stream.of(before, dy, after).filter(Objects::nonNull).toArray(INDArray[]::new);
      INDArray dx = x.allocate(x.dims());
      x.kernels().concat(chunks, axis, dx);
      for (INDArray chunk : chunks) {
        if (chunk != dy) {
          x.release(chunk);
        }
      }
      return dx;
    }
  }

  /** The concatenation of the inputs along an axis. */
  record Concat(int axis) implements OperationKind.AnyDType {
    @Override
    public String name() {
      return "concat";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor first = inputs[0];
      int along = Shape.axes(name(), first.dims(), axis)[0];
      long size = 0;
      for (Tensor t : inputs) {
        first.checkWith(name(), t);
        if (t.rank() != first.rank()
            || !Arrays.equals(withSize(t.dims(), along, 1), withSize(first.dims(), along, 1))) {
          throw new IllegalArgumentException(
              "concat: expected equal shapes except along axis "
                  + along
                  + ", got "
                  + Arrays.toString(first.dims())
                  + " and "
                  + Arrays.toString(t.dims())
                  + ".");
        }
        size += t.dims()[along];
      }
      INDArray y = first.allocate(withSize(first.dims(), along, size));
      INDArray[] arrays = Arrays.stream(inputs).map(Tensor::array).toArray(INDArray[]::new);
      first.kernels().concat(arrays, along, y);
      return ForwardResult.of(y, first.dtype(), (dy, back) -> addSlices(back, dy, along, inputs));
    }

    private static void addSlices(
        Backpropagation back, GradientArray dy, int axis, Tensor... inputs) {
      long start = 0;
      for (Tensor t : inputs) {
        if (back.requires(t)) {
          INDArray dx = t.allocate(t.dims());
          t.kernels().slice(dy.array(), axis, start, dx);
          back.add(t, dx);
        }
        start += t.dims()[axis];
      }
    }
  }

  /** A broadcast to a shape: axes of size 1, and missing leading axes, are repeated. */
  record Expand(long... shape) implements OperationKind.AnyDType {
    @Override
    public String name() {
      return "expand";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      long[] target = resolved(x);
      INDArray xs = x.view(x.array(), Shape.padded(x.dims(), target.length));
      long[] ones = new long[target.length];
      Arrays.fill(ones, 1);
      INDArray condition = x.step().arena().allocate(DType.INT, ones);
      condition.assign(1);
      INDArray y = x.allocate(target);
      x.kernels().where(condition, xs, xs, y);
      x.release(condition);
      return ForwardResult.of(y, x.dtype(), (dy, back) -> Reductions.addSharedSum(back, x, dy));
    }

    private long[] resolved(Tensor x) {
      long[] target = shape.clone();
      int prepended = target.length - x.rank();
      boolean fits = prepended >= 0;
      for (int i = 0; fits && i < target.length; i++) {
        long size = i < prepended ? 1 : x.dims()[i - prepended];
        target[i] = target[i] == -1 && i >= prepended ? size : target[i];
        fits = target[i] >= 1 && (size == 1 || size == target[i]);
      }
      if (!fits) {
        throw new IllegalArgumentException(
            "expand: shape "
                + Arrays.toString(x.dims())
                + " cannot be expanded to "
                + Arrays.toString(shape)
                + ": aligned at the last axis, only axes of size 1 can be repeated.");
      }
      return target;
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
    List<Tensor> tensors = new ArrayList<>();
    if (before > 0) {
      tensors.add(Constants.full("pad", x, value, withSize(x.dims(), along, before)));
    }
    tensors.add(x);
    if (after > 0) {
      tensors.add(Constants.full("pad", x, value, withSize(x.dims(), along, after)));
    }
    return tensors.size() == 1 ? x : concat(along, tensors);
  }

  static Tensor padReflect(Tensor x, int axis, long before, long after) {
    int along = checkedPadding("padReflect", x, axis, before, after);
    int size = Math.toIntExact(x.size(along));
    if (Math.max(before, after) >= size) {
      throw new IllegalArgumentException(
          "padReflect: expected padding of less than "
              + size
              + " along axis "
              + along
              + " of shape "
              + Arrays.toString(x.dims())
              + ", got "
              + before
              + " and "
              + after
              + ".");
    }
    int[] sources = new int[Math.toIntExact(before + size + after)];
    for (int i = 0; i < sources.length; i++) {
      int index = Math.abs(i - (int) before);
      sources[i] = index < size ? index : 2 * (size - 1) - index;
    }
    return x.indexSelect(along, x.step().tensor(sources, sources.length));
  }

  private static int checkedPadding(String name, Tensor x, int axis, long before, long after) {
    if (before < 0 || after < 0) {
      throw new IllegalArgumentException(
          name
              + ": expected padding of at least 0, got "
              + before
              + " and "
              + after
              + "; use slice(..) to remove elements.");
    }
    return Shape.axes(name, x.dims(), axis)[0];
  }

  static Tensor concat(int axis, List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("concat: expected at least one tensor, got none.");
    }
    return tensors.get(0).step().apply(new Concat(axis), tensors.toArray(Tensor[]::new));
  }

  /** Returns zeros of x's shape with a different size along one axis; null if that is 0. */
  static INDArray zeros(Tensor x, int axis, long size) {
    if (size == 0) {
      return null;
    }
    INDArray zeros = x.allocate(withSize(x.dims(), axis, size));
    zeros.assign(0);
    return zeros;
  }

  private static long[] withSize(long[] shape, int axis, long size) {
    long[] result = shape.clone();
    result[axis] = size;
    return result;
  }
}
