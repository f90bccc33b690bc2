package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** Each operation but the convolutions as its definition says, in double. */
final class Reference {
  private Reference() {}

  static Numbers map(Numbers x, DoubleUnaryOperator function) {
    return new Numbers(Arrays.stream(x.values()).map(function).toArray(), x.shape());
  }

  static Numbers zip(Numbers a, Numbers b, DoubleBinaryOperator function) {
    int rank = Math.max(a.shape().length, b.shape().length);
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = Math.max(sizeFromEnd(a, rank - i), sizeFromEnd(b, rank - i));
    }
    return Numbers.filled(
        shape, index -> function.applyAsDouble(a.broadcastAt(index), b.broadcastAt(index)));
  }

  private static long sizeFromEnd(Numbers x, int position) {
    return position > x.shape().length ? 1 : x.shape()[x.shape().length - position];
  }

  /** Sums over the axes, given from 0; the others are kept. */
  static Numbers sum(Numbers x, int... axes) {
    int[] kept =
        IntStream.range(0, x.shape().length)
            .filter(axis -> IntStream.of(axes).noneMatch(a -> a == axis))
            .toArray();
    long[] shape = Arrays.stream(kept).mapToLong(axis -> x.shape()[axis]).toArray();
    Numbers result = Numbers.zeros(kept.length == 0 ? new long[] {1} : shape);
    Numbers.forEachIndex(
        x.shape(),
        index -> {
          long[] target = Arrays.stream(kept).mapToLong(axis -> index[axis]).toArray();
          result.add(x.at(index), kept.length == 0 ? new long[] {0} : target);
        });
    return result;
  }

  static Numbers mean(Numbers x, int... axes) {
    Numbers sum = sum(x, axes);
    double count = (double) x.values().length / sum.values().length;
    return map(sum, v -> v / count);
  }

  static Numbers matmul(Numbers a, Numbers b) {
    return Numbers.filled(
        new long[] {a.shape()[0], b.shape()[1]},
        index -> {
          double sum = 0;
          for (long k = 0; k < a.shape()[1]; k++) {
            sum += a.at(index[0], k) * b.at(k, index[1]);
          }
          return sum;
        });
  }

  static Numbers reshape(Numbers x, long... shape) {
    return new Numbers(x.values(), shape);
  }

  static Numbers permute(Numbers x, int... axes) {
    long[] shape = Arrays.stream(axes).mapToLong(axis -> x.shape()[axis]).toArray();
    return Numbers.filled(
        shape,
        index -> {
          long[] source = new long[axes.length];
          for (int i = 0; i < axes.length; i++) {
            source[axes[i]] = index[i];
          }
          return x.at(source);
        });
  }

  static Numbers slice(Numbers x, int axis, long from, long to) {
    return Numbers.filled(
        with(x.shape(), axis, to - from), index -> x.at(with(index, axis, index[axis] + from)));
  }

  static Numbers concat(int axis, List<Numbers> parts) {
    long total = parts.stream().mapToLong(part -> part.shape()[axis]).sum();
    return Numbers.filled(
        with(parts.get(0).shape(), axis, total),
        index -> {
          long at = index[axis];
          int which = 0;
          while (at >= parts.get(which).shape()[axis]) {
            at -= parts.get(which++).shape()[axis];
          }
          return parts.get(which).at(with(index, axis, at));
        });
  }

  static Numbers rows(Numbers table, int... indices) {
    return Numbers.filled(
        new long[] {indices.length, table.shape()[1]},
        index -> table.at(indices[(int) index[0]], index[1]));
  }

  static Numbers upsample(Numbers x, int factor) {
    long[] s = x.shape();
    return Numbers.filled(
        new long[] {s[0], s[1] * factor, s[2] * factor, s[3]},
        i -> x.at(i[0], i[1] / factor, i[2] / factor, i[3]));
  }

  private static long[] with(long[] numbers, int position, long number) {
    long[] result = numbers.clone();
    result[position] = number;
    return result;
  }
}
