package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.List;

/** Reference implementations of stacking, broadcasting, padding and batched matrix products. */
final class ReferenceShapes {
  private ReferenceShapes() {}

  /** Element i of the new axis is tensor i; negative axes include the new axis. */
  static NdArray stack(int axis, List<NdArray> fragments) {
    long[] s = fragments.get(0).shape();
    int at = Math.floorMod(axis, s.length + 1);
    return NdArray.filled(
        inserted(s, at, fragments.size()),
        index -> fragments.get((int) index[at]).at(removed(index, at)));
  }

  /** Broadcasts to a shape, in which -1 keeps the size. */
  static NdArray expand(NdArray x, int... shape) {
    int ahead = shape.length - x.shape().length;
    long[] wanted = new long[shape.length];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = shape[i] == -1 ? x.shape()[i - ahead] : shape[i];
    }
    return NdArray.filled(wanted, x::broadcastAt);
  }

  /** y[.., i, j] = sum over l of a[.., i, l] b[.., l, j], with broadcasting of the leading axes. */
  static NdArray matmul(NdArray a, boolean transposed, NdArray b, boolean otherTransposed) {
    NdArray left = transposed ? transpose(a) : a;
    NdArray right = otherTransposed ? transpose(b) : b;
    int rank = Math.max(a.shape().length, b.shape().length);
    long[] shape = new long[rank];
    for (int i = 3; i <= rank; i++) {
      shape[rank - i] = Math.max(fromEnd(a, i), fromEnd(b, i));
    }
    shape[rank - 2] = fromEnd(left, 2);
    shape[rank - 1] = fromEnd(right, 1);
    return NdArray.filled(
        shape,
        index -> {
          double sum = 0;
          for (long l = 0; l < fromEnd(left, 1); l++) {
            sum +=
                left.broadcastAt(with(index, rank - 1, l))
                    * right.broadcastAt(with(index, rank - 2, l));
          }
          return sum;
        });
  }

  static NdArray pad(NdArray x, int axis, long before, long after, double value) {
    int along = Math.floorMod(axis, x.shape().length);
    long size = x.shape()[along];
    return NdArray.filled(
        with(x.shape(), along, before + size + after),
        index -> {
          long source = index[along] - before;
          return source < 0 || source >= size ? value : x.at(with(index, along, source));
        });
  }

  /** Reflection padding: c b | a b c | b a. */
  static NdArray padReflect(NdArray x, int axis, long before, long after) {
    int along = Math.floorMod(axis, x.shape().length);
    long last = x.shape()[along] - 1;
    return NdArray.filled(
        with(x.shape(), along, before + last + 1 + after),
        index -> {
          long source = Math.abs(index[along] - before);
          return x.at(with(index, along, last - Math.abs(last - source)));
        });
  }

  private static NdArray transpose(NdArray x) {
    int rank = x.shape().length;
    int[] axes = new int[rank];
    Arrays.setAll(axes, i -> i < rank - 2 ? i : 2 * rank - 3 - i);
    return Reference.permute(x, axes);
  }

  private static long fromEnd(NdArray x, int position) {
    return position > x.shape().length ? 1 : x.shape()[x.shape().length - position];
  }

  static long[] with(long[] values, int position, long scalar) {
    long[] result = values.clone();
    result[position] = scalar;
    return result;
  }

  static long[] inserted(long[] values, int position, long... further) {
    long[] result = Arrays.copyOf(values, values.length + further.length);
    System.arraycopy(further, 0, result, position, further.length);
    System.arraycopy(values, position, result, position + further.length, values.length - position);
    return result;
  }

  static long[] removed(long[] values, int position) {
    long[] result = Arrays.copyOf(values, values.length - 1);
    System.arraycopy(values, position + 1, result, position, result.length - position);
    return result;
  }
}
