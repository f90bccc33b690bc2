package io.github.vqvae4j.train;

/**
 * A few figures that say how numbers are distributed.
 *
 * @param name what the numbers are
 * @param size how many
 * @param mean of the numbers
 * @param deviation their standard deviation, that of a population
 * @param largest magnitude
 * @param zeros the share of numbers that are exactly 0
 * @param norm the square root of the sum of squares
 */
public record ArrayStatistics(
    String name,
    int size,
    double mean,
    double deviation,
    double largest,
    double zeros,
    double norm) {
  /**
   * The figures of some numbers; NaN where a NaN is among them.
   *
   * @param name what they are
   * @param values at least one
   * @return their statistics
   */
  public static ArrayStatistics of(String name, double[] values) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    int zeros = 0;
    for (double value : values) {
      sum += value;
      squares += value * value;
      largest = Math.max(largest, Math.abs(value));
      zeros += value == 0 ? 1 : 0;
    }
    double mean = sum / values.length;
    double spread = 0;
    for (double value : values) {
      spread += (value - mean) * (value - mean);
    }
    return new ArrayStatistics(
        name,
        values.length,
        mean,
        Math.sqrt(spread / values.length),
        largest,
        (double) zeros / values.length,
        Math.sqrt(squares));
  }
}
