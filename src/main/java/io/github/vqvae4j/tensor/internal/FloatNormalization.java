package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.parallel.Communicator;
import java.util.Arrays;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Kernels#normalize} and its gradients for floats, as loops over slices of heap arrays (see
 * {@link FloatLoops}) on all cores. If an image fits into a slice, its statistics are computed in
 * the slice and one pass over memory suffices; larger images, and an image that is spread over
 * several workers, need a preceding pass for their statistics.
 */
final class FloatNormalization {
  /** The cost of an element in multiplications, which determines the number of threads. */
  private static final long COST = 4;

  private final INDArray x;
  private final ChannelGroups groups;
  private final WorkerMoments shared;
  private final boolean onePass;
  private final float[] weight;
  private final float[] weights;
  private final float[] ones;
  private final double epsilon;

  /** The mean of each image and group. */
  private final float[] means;

  private final float[] variances;

  /** 1 / sqrt(variance + epsilon). */
  private final float[] scales;

  FloatNormalization(
      INDArray x, INDArray weight, double epsilon, Communicator workers, INDArray mean) {
    this.x = x;
    this.epsilon = epsilon;
    groups = ChannelGroups.of(x, mean);
    shared = new WorkerMoments(workers, groups.elementsPerGroup());
    onePass = workers.size() == 1 && PixelSlice.holdsWholeImages(groups);
    ones = new float[PixelSlice.pixels(groups) * groups.channels()];
    Arrays.fill(ones, 1);
    // Without a weight, ones is long enough for both arrays.
    this.weight = weight == null ? ones : HeapCopy.floatsOf(weight);
    weights = weight == null ? ones : PixelSlice.repeat(this.weight, groups);
    means = new float[groups.meanCount()];
    variances = new float[groups.meanCount()];
    scales = new float[groups.meanCount()];
  }

  long forward(INDArray bias, INDArray mean, INDArray variance, INDArray y) {
    float[] biases = bias == null ? null : PixelSlice.repeat(HeapCopy.floatsOf(bias), groups);
    long count = shared.count();
    if (!onePass) {
      count = computeMoments();
      computeScales(0, scales.length);
    }
    forEachSlice(
        slice -> {
          slice.read(x);
          if (onePass) {
            slice.computeMoments(ones, means, variances);
            computeScales(slice.image() * groups.groups(), slice.images() * groups.groups());
          }
          slice.normalize(means, scales);
          if (biases != null) {
            slice.transform(weights, biases);
          }
          slice.write(y);
        });
    HeapCopy.write(means, 0, means.length, mean, 0);
    HeapCopy.write(variances, 0, variances.length, variance, 0);
    return count;
  }

  void gradients(
      INDArray mean,
      INDArray variance,
      INDArray dy,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    HeapCopy.read(mean, 0, means, 0, means.length);
    HeapCopy.read(variance, 0, variances, 0, variances.length);
    computeScales(0, scales.length);
    // The group means of dy weight and of dy weight (x - mean) scale.
    float[] gradientMeans = new float[groups.meanCount()];
    float[] productMeans = new float[groups.meanCount()];
    double[][] totals =
        forEachSlice(
            slice -> {
              slice.read(x, means, scales, dy);
              slice.accumulateGradients();
              if (onePass && dx != null) {
                slice.multiplyGradients(weights);
                slice.averageGradients(ones, gradientMeans, productMeans);
                slice.inputGradient(gradientMeans, productMeans);
                slice.write(dx);
              }
            });
    if (!onePass && dx != null) {
      double[] gradientAverages = average(totals[0]);
      double[] productAverages = average(totals[1]);
      shared.average(gradientAverages, productAverages);
      round(gradientAverages, gradientMeans);
      round(productAverages, productMeans);
      forEachSlice(
          slice -> {
            slice.read(x, means, scales, dy);
            slice.multiplyGradients(weights);
            slice.inputGradient(gradientMeans, productMeans);
            slice.write(dx);
          });
    }
    writeSums(totals[0], dBias);
    writeSums(totals[1], dWeight);
  }

  /** Runs an action on each slice and returns the totals it accumulated. */
  private double[][] forEachSlice(Consumer<PixelSlice> action) {
    int unit = onePass ? groups.pixels() : 1;
    int units = Math.toIntExact(x.length() / groups.channels() / unit);
    double[][][] totals = new double[ParallelChunks.count(units, x.length() * COST)][][];
    ParallelChunks.run(
        totals.length,
        units,
        (chunk, from, to) -> {
          PixelSlice slice = new PixelSlice(groups);
          for (int row = from * unit; row < to * unit; ) {
            row = slice.moveTo(row, to * unit);
            action.accept(slice);
          }
          totals[chunk] = slice.totals();
        });
    for (int chunk = 1; chunk < totals.length; chunk++) {
      add(totals[chunk][0], totals[0][0]);
      add(totals[chunk][1], totals[0][1]);
    }
    return totals[0];
  }

  /**
   * Computes means and variances of images that are larger than a slice. Squares are summed of the
   * differences from the image's first pixel, because squares of the values themselves lose a
   * standard deviation that is small compared to the mean. Returns the number of elements of each
   * group.
   */
  private long computeMoments() {
    float[][] origins = new float[groups.images()][groups.channels()];
    for (int image = 0; image < origins.length; image++) {
      long offset = (long) image * groups.pixels() * groups.channels();
      HeapCopy.read(x, offset, origins[image], 0, groups.channels());
    }
    double[][] totals =
        forEachSlice(
            slice -> {
              slice.read(x);
              slice.accumulateDifferences(origins[slice.image()]);
            });
    double[] groupMeans = new double[groups.meanCount()];
    double[] groupVariances = new double[groups.meanCount()];
    for (int image = 0; image < groups.images(); image++) {
      for (int group = 0; group < groups.groups(); group++) {
        computeMoments(image, group, origins[image], totals, groupMeans, groupVariances);
      }
    }
    long count = shared.combine(groupMeans, groupVariances);
    round(groupMeans, means);
    round(groupVariances, variances);
    return count;
  }

  /**
   * A group's mean is the mean of its channel means; its variance is the mean of its channel
   * variances plus the variance of the channel means.
   */
  private void computeMoments(
      int image,
      int group,
      float[] origin,
      double[][] totals,
      double[] groupMeans,
      double[] groupVariances) {
    int firstChannel = group * groups.channelsPerGroup();
    double[] channelMeans = new double[groups.channelsPerGroup()];
    double mean = 0;
    double variance = 0;
    for (int i = 0; i < groups.channelsPerGroup(); i++) {
      int index = image * groups.channels() + firstChannel + i;
      double difference = totals[0][index] / groups.pixels();
      channelMeans[i] = origin[firstChannel + i] + difference;
      mean += channelMeans[i] / groups.channelsPerGroup();
      variance +=
          (totals[1][index] / groups.pixels() - difference * difference)
              / groups.channelsPerGroup();
    }
    for (double channelMean : channelMeans) {
      variance += (channelMean - mean) * (channelMean - mean) / groups.channelsPerGroup();
    }
    groupMeans[image * groups.groups() + group] = mean;
    groupVariances[image * groups.groups() + group] = Math.max(0, variance);
  }

  private void computeScales(int from, int count) {
    for (int i = from; i < from + count; i++) {
      scales[i] = (float) (1 / Math.sqrt(variances[i] + epsilon));
    }
  }

  /** Computes the weighted mean of each image's groups from sums over its pixels. */
  private double[] average(double[] totals) {
    double[] groupMeans = new double[groups.meanCount()];
    for (int i = 0; i < groupMeans.length; i++) {
      double sum = 0;
      for (int c = i * groups.channelsPerGroup(); c < (i + 1) * groups.channelsPerGroup(); c++) {
        sum += totals[c] * weight[c % groups.channels()];
      }
      groupMeans[i] = sum / groups.elementsPerGroup();
    }
    return groupMeans;
  }

  private void writeSums(double[] totals, INDArray target) {
    if (target != null) {
      double[] sums = new double[groups.channels()];
      for (int i = 0; i < totals.length; i++) {
        sums[i % groups.channels()] += totals[i];
      }
      HeapCopy.write(sums, target);
    }
  }

  private static void round(double[] values, float[] target) {
    for (int i = 0; i < values.length; i++) {
      target[i] = (float) values[i];
    }
  }

  private static void add(double[] addend, double[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] += addend[i];
    }
  }
}
