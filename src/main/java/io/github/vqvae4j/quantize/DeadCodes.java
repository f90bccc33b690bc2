package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Detects dead codes of a {@link VectorQuantizer}: those whose average count after a step is below
 * a fraction of the mean count. The mean is that before the step, which all parts of a batch know;
 * that after the step if there are no averages yet.
 */
final class DeadCodes {
  private final double threshold;
  private final double decay;
  private final Variable count;
  private final Variable weight;

  /**
   * Creates the detection.
   *
   * @param config the settings of the quantizer
   * @param count the average counts N [K] before the step
   * @param weight the weight w [1] before the step, which corrects the bias of the averages
   */
  DeadCodes(VectorQuantizerConfig config, Variable count, Variable weight) {
    threshold = config.deadCodeThreshold();
    decay = config.ema().decay();
    this.count = count;
    this.weight = weight;
  }

  /**
   * Returns the maximum number of dead codes after a step of which a pass is a part. The other
   * parts can only add to its counts.
   *
   * @param counts the number of latents of each code in the pass [K]
   */
  int maxAfter(long... counts) {
    double[] averages = count.toDoubles();
    double minCount = minCount(averages).orElse(Double.POSITIVE_INFINITY);
    int dead = 0;
    for (int i = 0; i < counts.length; i++) {
      dead += decay * averages[i] + (1 - decay) * counts[i] < minCount ? 1 : 0;
    }
    return dead;
  }

  /**
   * Returns whether each code is dead after a step.
   *
   * @param averages the average counts after the step [K]
   */
  boolean[] after(double... averages) {
    double minCount = minCount(count.toDoubles()).orElseGet(() -> threshold * mean(averages));
    boolean[] dead = new boolean[averages.length];
    for (int i = 0; i < dead.length; i++) {
      dead[i] = averages[i] < minCount;
    }
    return dead;
  }

  /**
   * Returns the average count below which a code is dead after a step.
   *
   * @param averages the average counts before the step
   * @return the count; empty if there are no averages yet
   */
  private OptionalDouble minCount(double... averages) {
    double mean = mean(averages);
    return mean == 0 && threshold > 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(threshold == 0 ? 0 : threshold * mean * updatedWeight() / weight());
  }

  /** Returns w after the step. */
  double updatedWeight() {
    return decay * weight() + (1 - decay);
  }

  private double weight() {
    return weight.toDoubles()[0];
  }

  private static double mean(double... values) {
    return Arrays.stream(values).sum() / values.length;
  }
}
