package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link Kernels#normalize} and its gradients as their formulas say, in doubles on the heap. */
final class PlainNormalization {
  private final ChannelGroups of;
  private final double[] x;
  private final double[] weight;

  PlainNormalization(INDArray x, INDArray weight, INDArray mean) {
    of = ChannelGroups.of(x, mean);
    this.x = HeapCopy.doublesOf(x);
    this.weight = orAll(1, weight);
  }

  void forward(INDArray bias, double epsilon, INDArray mean, INDArray variance, INDArray y) {
    double[] biases = orAll(0, bias);
    double[] means = new double[of.means()];
    double[] variances = new double[of.means()];
    for (int i = 0; i < x.length; i++) {
      means[group(i)] += x[i] / of.numbers();
    }
    for (int i = 0; i < x.length; i++) {
      double difference = x[i] - means[group(i)];
      variances[group(i)] += difference * difference / of.numbers();
    }
    normalize(means, variances, epsilon);
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] * weight[channel(i)] + biases[channel(i)];
    }
    HeapCopy.write(means, mean);
    HeapCopy.write(variances, variance);
    HeapCopy.write(x, y);
  }

  void gradients(
      double epsilon,
      INDArray mean,
      INDArray variance,
      INDArray dy,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    double[] slope = HeapCopy.doublesOf(dy);
    double[] variances = HeapCopy.doublesOf(variance);
    normalize(HeapCopy.doublesOf(mean), variances, epsilon);
    double[] ofWeight = new double[of.channels()];
    double[] ofBias = new double[of.channels()];
    double[] first = new double[of.means()];
    double[] second = new double[of.means()];
    for (int i = 0; i < x.length; i++) {
      ofWeight[channel(i)] += slope[i] * x[i];
      ofBias[channel(i)] += slope[i];
      slope[i] *= weight[channel(i)];
      first[group(i)] += slope[i] / of.numbers();
      second[group(i)] += slope[i] * x[i] / of.numbers();
    }
    for (int i = 0; i < x.length; i++) {
      int g = group(i);
      slope[i] = (slope[i] - first[g] - x[i] * second[g]) / Math.sqrt(variances[g] + epsilon);
    }
    writeIfWanted(slope, dx);
    writeIfWanted(ofWeight, dWeight);
    writeIfWanted(ofBias, dBias);
  }

  private void normalize(double[] means, double[] variances, double epsilon) {
    for (int i = 0; i < x.length; i++) {
      x[i] = (x[i] - means[group(i)]) / Math.sqrt(variances[group(i)] + epsilon);
    }
  }

  private double[] orAll(double value, INDArray ofChannels) {
    if (ofChannels != null) {
      return HeapCopy.doublesOf(ofChannels);
    }
    double[] values = new double[of.channels()];
    Arrays.fill(values, value);
    return values;
  }

  private int channel(int i) {
    return i % of.channels();
  }

  private int group(int i) {
    int image = i / (of.pixels() * of.channels());
    return image * of.groups() + channel(i) / of.size();
  }

  private static void writeIfWanted(double[] gradient, INDArray target) {
    if (target != null) {
      HeapCopy.write(gradient, target);
    }
  }
}
