package io.github.vqvae4j.train;

/**
 * Summary statistics of an array.
 *
 * @param name the name of the array
 * @param size the number of elements
 * @param mean the mean
 * @param standardDeviation the population standard deviation
 * @param maxAbs the maximum absolute value
 * @param zeroFraction the fraction of elements that are exactly 0
 * @param norm the L2 norm
 */
public record ArrayStatistics(
    String name,
    int size,
    double mean,
    double standardDeviation,
    double maxAbs,
    double zeroFraction,
    double norm) {
  /**
   * Computes the statistics of an array. NaN elements propagate to the mean, the standard
   * deviation, the maximum and the norm.
   *
   * @param name the name of the array
   * @param values the elements, at least one
   * @return the statistics
   */
  public static ArrayStatistics of(String name, double[] values) {
    double sum = 0;
    double sumOfSquares = 0;
    double maxAbs = 0;
    int zeros = 0;
    for (double value : values) {
      sum += value;
      sumOfSquares += value * value;
      maxAbs = Math.max(maxAbs, Math.abs(value));
      zeros += value == 0 ? 1 : 0;
    }
    double mean = sum / values.length;
    double squaredDeviations = 0;
    for (double value : values) {
      squaredDeviations += (value - mean) * (value - mean);
    }
    return new ArrayStatistics(
        name,
        values.length,
        mean,
        Math.sqrt(squaredDeviations / values.length),
        maxAbs,
        (double) zeros / values.length,
        Math.sqrt(sumOfSquares));
  }
}
