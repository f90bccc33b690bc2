package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.ReferenceShapes.inserted;
import static io.github.vqvae4j.tensor.ReferenceShapes.removed;
import static io.github.vqvae4j.tensor.ReferenceShapes.with;

import java.util.Arrays;
import java.util.stream.IntStream;

/** What finds indices, and what takes or selects by integers, as the definitions say. */
final class ReferenceIndices {
  private ReferenceIndices() {}

  /** The first index of the largest number along an axis; NaN counts as larger than all. */
  static NdArray argmax(NdArray x, boolean keepDims, int axis) {
    return ReferenceAxes.reduce(x, keepDims, values -> ranking(values)[0], axis);
  }

  /** The first index of the smallest number; NaN counts as smaller than all. */
  static NdArray argmin(NdArray x, boolean keepDims, int axis) {
    return argmax(Reference.map(x, v -> -v), keepDims, axis);
  }

  /** The indices of the k largest along an axis, largest first, and of equal ones the first. */
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

  /** Indices from the largest number, which NaN is, to the smallest, equal ones in order. */
  private static int[] ranking(double... values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(
            (a, b) ->
                values[a] == values[b]
                    ? a - b
                    : Double.compare(values[b], values[a])) // NaN is > all
        .mapToInt(i -> i)
        .toArray();
  }

  /** y[i][j][k] = x[i][indices[i][j][k]][k] for axis 1. */
  static NdArray gather(NdArray x, int axis, NdArray indices) {
    int along = Math.floorMod(axis, x.shape().length);
    return NdArray.filled(
        indices.shape(), index -> x.at(with(index, along, (long) indices.at(index))));
  }

  /** y[i][index of indices][k] = x[i][indices[index]][k] for axis 1. */
  static NdArray indexSelect(NdArray x, int axis, NdArray indices) {
    int along = Math.floorMod(axis, x.shape().length);
    int more = indices.shape().length;
    return NdArray.filled(
        inserted(removed(x.shape(), along), along, indices.shape()),
        index -> {
          long[] place = Arrays.copyOfRange(index, along, along + more);
          long[] source = inserted(Arrays.copyOf(index, along), along, (long) indices.at(place));
          long[] rest = Arrays.copyOfRange(index, along + more, index.length);
          return x.at(inserted(source, source.length, rest));
        });
  }

  /** x, where y[i][indices[i][j][k]][k] grew by source[i][j][k] for axis 1. */
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

  static NdArray maskedFill(NdArray x, NdArray mask, double number) {
    return where(mask, new NdArray(new double[] {number}, 1), x);
  }

  /** The mean of -log softmax(row)[class] over the rows of other classes than the ignored one. */
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
