package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.ReferenceShapes.inserted;
import static io.github.vqvae4j.tensor.ReferenceShapes.removed;
import static io.github.vqvae4j.tensor.ReferenceShapes.with;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Reference implementations of index operations and selections. */
final class ReferenceIndices {
  private ReferenceIndices() {}

  /** Returns the first index of the maximum along an axis; NaN is the maximum. */
  static NdArray argmax(NdArray x, boolean keepDims, int axis) {
    return ReferenceAxes.reduce(x, keepDims, values -> ranking(values)[0], axis);
  }

  /** Returns the first index of the minimum along an axis; NaN is the minimum. */
  static NdArray argmin(NdArray x, boolean keepDims, int axis) {
    return argmax(Reference.map(x, v -> -v), keepDims, axis);
  }

  /**
   * Returns the indices of the k largest values along an axis in descending order; ties keep their
   * order.
   */
  static NdArray topK(NdArray x, int k, int axis) {
    int along = Math.floorMod(axis, x.shape().length);
    NdArray ranks = NdArray.zeros(with(x.shape(), along, k));
    NdArray.forEachIndex(
        ranks.shape(),
        index -> {
          double[] values =
              IntStream.range(0, (int) x.shape()[along])
                  .mapToDouble(i -> x.at(with(index, along, i)))
                  .toArray();
          ranks.add(ranking(values)[(int) index[along]], index);
        });
    return ranks;
  }

  /**
   * Returns the indices in descending order of the values; NaN is first, and ties keep their order.
   */
  private static int[] ranking(double... values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(
            (a, b) ->
                values[a] == values[b]
                    ? a - b
                    : Double.compare(values[b], values[a])) // NaN is treated as the maximum
        .mapToInt(i -> i)
        .toArray();
  }

  /** For axis 1: y[i][j][k] = x[i][indices[i][j][k]][k]. */
  static NdArray gather(NdArray x, int axis, NdArray indices) {
    int along = Math.floorMod(axis, x.shape().length);
    return NdArray.filled(
        indices.shape(), index -> x.at(with(index, along, (long) indices.at(index))));
  }

  /** For axis 1: y[i][index of indices][k] = x[i][indices[index]][k]. */
  static NdArray indexSelect(NdArray x, int axis, NdArray indices) {
    int along = Math.floorMod(axis, x.shape().length);
    int more = indices.shape().length;
    return NdArray.filled(
        inserted(removed(x.shape(), along), along, indices.shape()),
        index -> {
          long[] position = Arrays.copyOfRange(index, along, along + more);
          long[] source = inserted(Arrays.copyOf(index, along), along, (long) indices.at(position));
          long[] rest = Arrays.copyOfRange(index, along + more, index.length);
          return x.at(inserted(source, source.length, rest));
        });
  }

  /** For axis 1: y[i][indices[i][j][k]][k] += source[i][j][k], with y initialized to x. */
  static NdArray scatterAdd(NdArray x, int axis, NdArray indices, NdArray source) {
    int along = Math.floorMod(axis, x.shape().length);
    NdArray y = new NdArray(x.values().clone(), x.shape());
    NdArray.forEachIndex(
        source.shape(),
        index -> y.add(source.at(index), with(index, along, (long) indices.at(index))));
    return y;
  }

  /** y[k][j] = the sum of x[i][j] over all i with segments[i] = k. */
  static NdArray segmentSum(NdArray x, int count, int... segments) {
    NdArray y = NdArray.zeros(with(x.shape(), 0, count));
    NdArray.forEachIndex(
        x.shape(), index -> y.add(x.at(index), with(index, 0, segments[(int) index[0]])));
    return y;
  }

  static NdArray oneHot(NdArray indices, int classes) {
    int rank = indices.shape().length;
    return NdArray.filled(
        inserted(indices.shape(), rank, classes),
        index -> indices.at(removed(index, rank)) == index[rank] ? 1 : 0);
  }

  static NdArray where(NdArray condition, NdArray a, NdArray b) {
    NdArray shaped = Reference.zip(condition, Reference.zip(a, b, (v, w) -> 0), (c, zero) -> c);
    return NdArray.filled(
        shaped.shape(),
        index -> shaped.at(index) != 0 ? a.broadcastAt(index) : b.broadcastAt(index));
  }

  static NdArray maskedFill(NdArray x, NdArray mask, double value) {
    return where(mask, new NdArray(new double[] {value}, 1), x);
  }

  /** Returns the mean of -log softmax(row)[class] over the rows whose class is not ignored. */
  static NdArray crossEntropy(NdArray logits, NdArray classes, int ignored) {
    int axis = logits.shape().length - 1;
    NdArray logarithms = ReferenceFunctions.logSoftmax(logits, axis);
    double[] sum = new double[1];
    int[] count = new int[1];
    NdArray.forEachIndex(
        classes.shape(),
        index -> {
          if (classes.at(index) != ignored) {
            sum[0] -= logarithms.at(inserted(index, axis, (long) classes.at(index)));
            count[0]++;
          }
        });
    return new NdArray(new double[] {count[0] == 0 ? 0 : sum[0] / count[0]}, 1);
  }
}
