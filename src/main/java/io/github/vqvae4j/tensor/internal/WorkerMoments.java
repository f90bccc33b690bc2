package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.parallel.Communicator;

/**
 * Combines the moments of groups whose elements are spread over the workers of a training run. With
 * a single worker nothing changes.
 *
 * @param workers the workers
 * @param count the number of elements of each group on this worker
 */
record WorkerMoments(Communicator workers, long count) {
  /**
   * Replaces the means and variances of this worker's elements by those of all elements, in one
   * exchange. Variances are combined with the differences of the means (Chan, Golub and LeVeque
   * 1983), because sums of squares lose a standard deviation that is small compared to the mean.
   *
   * @return the number of elements of each group on all workers
   */
  long combine(double[] means, double[] variances) {
    if (workers.size() == 1) {
      return count;
    }
    int groups = means.length;
    int length = 1 + 2 * groups;
    double[] all = new double[Math.multiplyExact(workers.size(), length)];
    int own = workers.rank() * length;
    all[own] = count;
    System.arraycopy(means, 0, all, own + 1, groups);
    System.arraycopy(variances, 0, all, own + 1 + groups, groups);
    workers.sum(all); // all others add 0 to this worker's part
    double total = 0;
    for (int i = 0; i < all.length; i += length) {
      total += all[i];
    }
    for (int g = 0; g < groups; g++) {
      double difference = 0;
      for (int i = 0; i < all.length; i += length) {
        difference += all[i] / total * (all[i + 1 + g] - all[1 + g]);
      }
      double mean = all[1 + g] + difference;
      double variance = 0;
      for (int i = 0; i < all.length; i += length) {
        double distance = all[i + 1 + g] - mean;
        variance += all[i] / total * (all[i + 1 + groups + g] + distance * distance);
      }
      means[g] = mean;
      variances[g] = variance;
    }
    return (long) total;
  }

  /** Replaces two means over this worker's elements by those over all elements. */
  void average(double[] first, double[] second) {
    if (workers.size() == 1) {
      return;
    }
    int groups = first.length;
    double[] sums = new double[1 + 2 * groups];
    sums[0] = count;
    for (int g = 0; g < groups; g++) {
      sums[1 + g] = count * first[g];
      sums[1 + groups + g] = count * second[g];
    }
    workers.sum(sums);
    for (int g = 0; g < groups; g++) {
      first[g] = sums[1 + g] / sums[0];
      second[g] = sums[1 + groups + g] / sums[0];
    }
  }
}
