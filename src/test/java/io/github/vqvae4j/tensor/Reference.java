package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** Reference implementations in double of all operations except convolutions. */
final class Reference {
  private Reference() {}

  static NdArray map(NdArray x, DoubleUnaryOperator function) {
    return new NdArray(Arrays.stream(x.values()).map(function).toArray(), x.shape());
  }

  static NdArray zip(NdArray a, NdArray b, DoubleBinaryOperator function) {
    int rank = Math.max(a.shape().length, b.shape().length);
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = Math.max(sizeFromEnd(a, rank - i), sizeFromEnd(b, rank - i));
    }
    return NdArray.filled(
        shape, index -> function.applyAsDouble(a.broadcastAt(index), b.broadcastAt(index)));
  }

  private static long sizeFromEnd(NdArray x, int position) {
    return position > x.shape().length ? 1 : x.shape()[x.shape().length - position];
  }

  /** Sums over non-negative axes, which are retained with size 1. */
  static NdArray sum(NdArray x, int... axes) {
    int[] stored =
        IntStream.range(0, x.shape().length)
            .filter(axis -> IntStream.of(axes).noneMatch(a -> a == axis))
            .toArray();
    long[] shape = Arrays.stream(stored).mapToLong(axis -> x.shape()[axis]).toArray();
    NdArray result = NdArray.zeros(stored.length == 0 ? new long[] {1} : shape);
    NdArray.forEachIndex(
        x.shape(),
        index -> {
          long[] target = Arrays.stream(stored).mapToLong(axis -> index[axis]).toArray();
          result.add(x.at(index), stored.length == 0 ? new long[] {0} : target);
        });
    return result;
  }

  static NdArray mean(NdArray x, int... axes) {
    NdArray sum = sum(x, axes);
    double count = (double) x.values().length / sum.values().length;
    return map(sum, v -> v / count);
  }

  static NdArray matmul(NdArray a, NdArray b) {
    return NdArray.filled(
        new long[] {a.shape()[0], b.shape()[1]},
        index -> {
          double sum = 0;
          for (long k = 0; k < a.shape()[1]; k++) {
            sum += a.at(index[0], k) * b.at(k, index[1]);
          }
          return sum;
        });
  }

  static NdArray reshape(NdArray x, long... shape) {
    return new NdArray(x.values(), shape);
  }

  static NdArray permute(NdArray x, int... axes) {
    long[] shape = Arrays.stream(axes).mapToLong(axis -> x.shape()[axis]).toArray();
    return NdArray.filled(
        shape,
        index -> {
          long[] source = new long[axes.length];
          for (int i = 0; i < axes.length; i++) {
            source[axes[i]] = index[i];
          }
          return x.at(source);
        });
  }

  static NdArray slice(NdArray x, int axis, long from, long to) {
    return NdArray.filled(
        with(x.shape(), axis, to - from), index -> x.at(with(index, axis, index[axis] + from)));
  }

  static NdArray concat(int axis, List<NdArray> fragments) {
    long total = fragments.stream().mapToLong(part -> part.shape()[axis]).sum();
    return NdArray.filled(
        with(fragments.get(0).shape(), axis, total),
        index -> {
          long at = index[axis];
          int which = 0;
          while (at >= fragments.get(which).shape()[axis]) {
            at -= fragments.get(which++).shape()[axis];
          }
          return fragments.get(which).at(with(index, axis, at));
        });
  }

  static NdArray rows(NdArray table, int... indices) {
    return NdArray.filled(
        new long[] {indices.length, table.shape()[1]},
        index -> table.at(indices[(int) index[0]], index[1]));
  }

  static NdArray upsample(NdArray x, int factor) {
    long[] s = x.shape();
    return NdArray.filled(
        new long[] {s[0], s[1] * factor, s[2] * factor, s[3]},
        i -> x.at(i[0], i[1] / factor, i[2] / factor, i[3]));
  }

  private static long[] with(long[] array, int position, long value) {
    long[] result = array.clone();
    result[position] = value;
    return result;
  }
}
