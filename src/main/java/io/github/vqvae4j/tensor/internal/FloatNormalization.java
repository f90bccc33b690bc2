package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Kernels#normalize} and its gradients for floats, as loops over slices of heap arrays (see
 * {@link FloatLoops}) on all cores. Where a slice is all of some images, their means are taken in
 * it, so that one pass over memory does; larger images take a pass for their means before.
 */
final class FloatNormalization {
  /** What a number costs, in multiplications, when work is shared out. */
  private static final long COST = 4;

  private final INDArray x;
  private final ChannelGroups of;
  private final boolean onePass;
  private final float[] weight;
  private final float[] weights;
  private final float[] ones;
  private final double epsilon;

  /** Of each image and group. */
  private final float[] means;

  private final float[] variances;

  /** 1 / sqrt(variance + epsilon). */
  private final float[] scales;

  FloatNormalization(INDArray x, INDArray weight, double epsilon, INDArray mean) {
    this.x = x;
    this.epsilon = epsilon;
    of = ChannelGroups.of(x, mean);
    onePass = PixelSlice.holdsImages(of);
    ones = new float[PixelSlice.pixels(of) * of.channels()];
    Arrays.fill(ones, 1);
    // Without a weight, ones are long enough for either.
    this.weight = weight == null ? ones : HeapCopy.floatsOf(weight);
    weights = weight == null ? ones : PixelSlice.repeated(this.weight, of);
    means = new float[of.means()];
    variances = new float[of.means()];
    scales = new float[of.means()];
  }

  void forward(INDArray bias, INDArray mean, INDArray variance, INDArray y) {
    float[] biases = bias == null ? null : PixelSlice.repeated(HeapCopy.floatsOf(bias), of);
    if (!onePass) {
      findMoments();
      findScales(0, scales.length);
    }
    forEachSlice(
        slice -> {
          slice.read(x);
          if (onePass) {
            slice.findMoments(ones, means, variances);
            findScales(slice.image() * of.groups(), slice.images() * of.groups());
          }
          slice.normalize(means, scales);
          if (biases != null) {
            slice.transform(weights, biases);
          }
          slice.write(y);
        });
    HeapCopy.write(means, 0, means.length, mean, 0);
    HeapCopy.write(variances, 0, variances.length, variance, 0);
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
    findScales(0, scales.length);
    // The means of dy weight and of dy weight (x - mean) scale.
    float[] firsts = new float[of.means()];
    float[] seconds = new float[of.means()];
    double[][] totals =
        forEachSlice(
            slice -> {
              slice.read(x, means, scales, dy);
              slice.accumulateGradients();
              if (onePass && dx != null) {
                slice.weighGradients(weights);
                slice.averageGradients(ones, firsts, seconds);
                slice.inputGradient(firsts, seconds);
                slice.write(dx);
              }
            });
    if (!onePass && dx != null) {
      average(totals[0], firsts);
      average(totals[1], seconds);
      forEachSlice(
          slice -> {
            slice.read(x, means, scales, dy);
            slice.weighGradients(weights);
            slice.inputGradient(firsts, seconds);
            slice.write(dx);
          });
    }
    writeSums(totals[0], dBias);
    writeSums(totals[1], dWeight);
  }

  /** Runs some work on each slice; the totals of what it accumulated. */
  private double[][] forEachSlice(Consumer<PixelSlice> work) {
    int unit = onePass ? of.pixels() : 1;
    int units = Math.toIntExact(x.length() / of.channels() / unit);
    double[][][] totals = new double[Parts.of(units, x.length() * COST)][][];
    Parts.run(
        totals.length,
        units,
        (part, from, to) -> {
          PixelSlice slice = new PixelSlice(of);
          for (int row = from * unit; row < to * unit; ) {
            row = slice.enter(row, to * unit);
            work.accept(slice);
          }
          totals[part] = slice.totals();
        });
    for (int part = 1; part < totals.length; part++) {
      add(totals[part][0], totals[0][0]);
      add(totals[part][1], totals[0][1]);
    }
    return totals[0];
  }

  /**
   * Finds means and variances of images that are larger than a slice. Sums of squares are those of
   * differences from the image's first pixel: in squares of the numbers themselves a spread that is
   * small beside the mean would be lost.
   */
  private void findMoments() {
    float[][] origins = new float[of.images()][of.channels()];
    for (int image = 0; image < origins.length; image++) {
      long place = (long) image * of.pixels() * of.channels();
      HeapCopy.read(x, place, origins[image], 0, of.channels());
    }
    double[][] totals =
        forEachSlice(
            slice -> {
              slice.read(x);
              slice.accumulateDifferences(origins[slice.image()]);
            });
    for (int image = 0; image < of.images(); image++) {
      for (int group = 0; group < of.groups(); group++) {
        findMoments(image, group, origins[image], totals);
      }
    }
  }

  /** A group's mean is that of its channels' means; its variance adds that of these. */
  private void findMoments(int image, int group, float[] origin, double[][] totals) {
    int begin = group * of.size();
    double[] ofChannels = new double[of.size()];
    double mean = 0;
    double variance = 0;
    for (int i = 0; i < of.size(); i++) {
      int place = image * of.channels() + begin + i;
      double difference = totals[0][place] / of.pixels();
      ofChannels[i] = origin[begin + i] + difference;
      mean += ofChannels[i] / of.size();
      variance += (totals[1][place] / of.pixels() - difference * difference) / of.size();
    }
    for (double ofChannel : ofChannels) {
      variance += (ofChannel - mean) * (ofChannel - mean) / of.size();
    }
    means[image * of.groups() + group] = (float) mean;
    variances[image * of.groups() + group] = (float) Math.max(0, variance);
  }

  private void findScales(int from, int count) {
    for (int i = from; i < from + count; i++) {
      scales[i] = (float) (1 / Math.sqrt(variances[i] + epsilon));
    }
  }

  /** The weighted mean over each image's groups, given the sums over its pixels. */
  private void average(double[] totals, float[] ofGroups) {
    for (int i = 0; i < ofGroups.length; i++) {
      double sum = 0;
      for (int c = i * of.size(); c < (i + 1) * of.size(); c++) {
        sum += totals[c] * weight[c % of.channels()];
      }
      ofGroups[i] = (float) (sum / of.numbers());
    }
  }

  private void writeSums(double[] totals, INDArray ofChannels) {
    if (ofChannels != null) {
      double[] sums = new double[of.channels()];
      for (int i = 0; i < totals.length; i++) {
        sums[i % of.channels()] += totals[i];
      }
      HeapCopy.write(sums, ofChannels);
    }
  }

  private static void add(double[] addend, double[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] += addend[i];
    }
  }
}
