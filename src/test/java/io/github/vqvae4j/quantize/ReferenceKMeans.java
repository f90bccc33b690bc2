package io.github.vqvae4j.quantize;

import java.util.Arrays;

/** Lloyd's iterations as their definition says, in double. */
final class ReferenceKMeans {
  final double[] centers;
  final int[] nearest;
  final int[] sizes;
  double inertia;

  /** Moves the centers so many times. */
  ReferenceKMeans(float[] rows, int d, float[] start, int iterations) {
    centers = new double[start.length];
    for (int i = 0; i < start.length; i++) {
      centers[i] = start[i];
    }
    nearest = new int[rows.length / d];
    sizes = new int[start.length / d];
    assign(rows, d);
    for (int i = 0; i < iterations; i++) {
      move(rows, d);
      assign(rows, d);
    }
  }

  private void assign(float[] rows, int d) {
    inertia = 0;
    Arrays.fill(sizes, 0);
    for (int i = 0; i < nearest.length; i++) {
      double smallest = Double.POSITIVE_INFINITY;
      for (int k = 0; k < sizes.length; k++) {
        double distance = squaredDistance(rows, i * d, centers, k * d, d);
        if (distance < smallest) {
          smallest = distance;
          nearest[i] = k;
        }
      }
      inertia += smallest;
      sizes[nearest[i]]++;
    }
  }

  private void move(float[] rows, int d) {
    Arrays.fill(centers, 0);
    for (int i = 0; i < rows.length; i++) {
      int k = nearest[i / d];
      centers[k * d + i % d] += rows[i] / (double) sizes[k];
    }
  }

  static double squaredDistance(float[] rows, int atRow, double[] centers, int atCenter, int d) {
    double sum = 0;
    for (int c = 0; c < d; c++) {
      double difference = rows[atRow + c] - centers[atCenter + c];
      sum += difference * difference;
    }
    return sum;
  }
}
