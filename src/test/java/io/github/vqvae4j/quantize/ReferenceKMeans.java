package io.github.vqvae4j.quantize;

import java.util.Arrays;

/** A reference implementation of Lloyd's algorithm in double precision. */
final class ReferenceKMeans {
  final double[] centers;
  final int[] nearest;
  final int[] sizes;
  double inertia;

  /** Runs a fixed number of iterations. */
  ReferenceKMeans(float[] rows, int d, float[] initial, int iterations) {
    centers = new double[initial.length];
    for (int i = 0; i < initial.length; i++) {
      centers[i] = initial[i];
    }
    nearest = new int[rows.length / d];
    sizes = new int[initial.length / d];
    assign(rows, d);
    for (int i = 0; i < iterations; i++) {
      updateCenters(rows, d);
      assign(rows, d);
    }
  }

  private void assign(float[] rows, int d) {
    inertia = 0;
    Arrays.fill(sizes, 0);
    for (int i = 0; i < nearest.length; i++) {
      double min = Double.POSITIVE_INFINITY;
      for (int k = 0; k < sizes.length; k++) {
        double distance = squaredDistance(rows, i * d, centers, k * d, d);
        if (distance < min) {
          min = distance;
          nearest[i] = k;
        }
      }
      inertia += min;
      sizes[nearest[i]]++;
    }
  }

  private void updateCenters(float[] rows, int d) {
    Arrays.fill(centers, 0);
    for (int i = 0; i < rows.length; i++) {
      int k = nearest[i / d];
      centers[k * d + i % d] += rows[i] / (double) sizes[k];
    }
  }

  static double squaredDistance(
      float[] rows, int rowOffset, double[] centers, int centerOffset, int d) {
    double sum = 0;
    for (int c = 0; c < d; c++) {
      double difference = rows[rowOffset + c] - centers[centerOffset + c];
      sum += difference * difference;
    }
    return sum;
  }
}
