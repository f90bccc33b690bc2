package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.parallel.Communicator;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Kernels#normalize} and its gradients computed directly from their formulas, in doubles on
 * the heap.
 */
final class ReferenceNormalization {
  private final ChannelGroups groups;
  private final WorkerMoments shared;
  private final double[] x;
  private final double[] weight;

  ReferenceNormalization(INDArray x, INDArray weight, Communicator workers, INDArray mean) {
    groups = ChannelGroups.of(x, mean);
    shared = new WorkerMoments(workers, groups.elementsPerGroup());
    this.x = HeapCopy.doublesOf(x);
    this.weight = orConstant(1, weight);
  }

  long forward(INDArray bias, double epsilon, INDArray mean, INDArray variance, INDArray y) {
    double[] biases = orConstant(0, bias);
    double[] means = new double[groups.meanCount()];
    double[] variances = new double[groups.meanCount()];
    for (int i = 0; i < x.length; i++) {
      means[group(i)] += x[i] / groups.elementsPerGroup();
    }
    for (int i = 0; i < x.length; i++) {
      double difference = x[i] - means[group(i)];
      variances[group(i)] += difference * difference / groups.elementsPerGroup();
    }
    long count = shared.combine(means, variances);
    normalize(means, variances, epsilon);
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] * weight[channel(i)] + biases[channel(i)];
    }
    HeapCopy.write(means, mean);
    HeapCopy.write(variances, variance);
    HeapCopy.write(x, y);
    return count;
  }

  void gradients(
      double epsilon,
      INDArray mean,
      INDArray variance,
      INDArray dy,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    double[] gradient = HeapCopy.doublesOf(dy);
    double[] variances = HeapCopy.doublesOf(variance);
    normalize(HeapCopy.doublesOf(mean), variances, epsilon);
    double[] weightGradient = new double[groups.channels()];
    double[] biasGradient = new double[groups.channels()];
    double[] gradientMeans = new double[groups.meanCount()];
    double[] productMeans = new double[groups.meanCount()];
    for (int i = 0; i < x.length; i++) {
      weightGradient[channel(i)] += gradient[i] * x[i];
      biasGradient[channel(i)] += gradient[i];
      gradient[i] *= weight[channel(i)];
      gradientMeans[group(i)] += gradient[i] / groups.elementsPerGroup();
      productMeans[group(i)] += gradient[i] * x[i] / groups.elementsPerGroup();
    }
    if (dx != null) {
      shared.average(gradientMeans, productMeans);
    }
    for (int i = 0; i < x.length; i++) {
      int g = group(i);
      gradient[i] =
          (gradient[i] - gradientMeans[g] - x[i] * productMeans[g])
              / Math.sqrt(variances[g] + epsilon);
    }
    writeIfPresent(gradient, dx);
    writeIfPresent(weightGradient, dWeight);
    writeIfPresent(biasGradient, dBias);
  }

  private void normalize(double[] means, double[] variances, double epsilon) {
    for (int i = 0; i < x.length; i++) {
      x[i] = (x[i] - means[group(i)]) / Math.sqrt(variances[group(i)] + epsilon);
    }
  }

  private double[] orConstant(double value, INDArray array) {
    if (array != null) {
      return HeapCopy.doublesOf(array);
    }
    double[] values = new double[groups.channels()];
    Arrays.fill(values, value);
    return values;
  }

  private int channel(int i) {
    return i % groups.channels();
  }

  private int group(int i) {
    int image = i / (groups.pixels() * groups.channels());
    return image * groups.groups() + channel(i) / groups.channelsPerGroup();
  }

  private static void writeIfPresent(double[] gradient, INDArray target) {
    if (target != null) {
      HeapCopy.write(gradient, target);
    }
  }
}
