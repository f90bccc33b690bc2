package io.github.vqvae4j.prior;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.tensor.NonFiniteException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How codes are drawn from the logits of a prior. Guidance, temperature, top-k and top-p are
 * applied in this order:
 *
 * <ol>
 *   <li>guidance s: {@code l = u + s (c - u)}, where c are the logits given the class, and u those
 *       of a map without a class (classifier-free guidance, Ho and Salimans 2022, arXiv:2207.12598)
 *   <li>temperature T: {@code l / T}; with T = 0, the code with the largest logit, the lowest one
 *       if there are several
 *   <li>top-k: codes with a logit below the k-th largest are dropped; codes that are equal to it
 *       stay
 *   <li>top-p: of the codes in descending order of their probabilities, the smallest number whose
 *       probabilities add up to p or more is kept (nucleus sampling, Holtzman et al. 2020,
 *       arXiv:1904.09751); of equal ones, the lower code comes first
 * </ol>
 *
 * <pre>{@code
 * Sampling sampling = Sampling.temperature(0.9).topP(0.95);
 * }</pre>
 *
 * @param temperature T, at least 0; by default 1
 * @param topK k, at least 1; 0, the default, for no limit
 * @param topP p, above 0 and at most 1; 1, the default, for no limit
 * @param guidance s; 1, the default, for none, 0 for samples that ignore the class
 */
public record Sampling(double temperature, int topK, double topP, double guidance) {
  /** A sum of probabilities is at least p if it is only smaller by rounding. */
  private static final double ROUNDING = 1 - 1e-12;

  /** Draws from the distribution of the prior: temperature 1, no limits and no guidance. */
  public static final Sampling DEFAULT = new Sampling(1, 0, 1, 1);

  /** Always chooses the most probable code: temperature 0. */
  public static final Sampling GREEDY = DEFAULT.withTemperature(0);

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range, NaN or infinite
   */
  public Sampling {
    Require.that(
        temperature >= 0 && Double.isFinite(temperature),
        "Sampling.temperature",
        "a finite number of at least 0",
        temperature);
    Require.that(topK >= 0, "Sampling.topK", "at least 1, or 0 for no limit", topK);
    Require.that(topP > 0 && topP <= 1, "Sampling.topP", "above 0 and at most 1", topP);
    Require.that(
        guidance >= 0 && Double.isFinite(guidance),
        "Sampling.guidance",
        "a finite number of at least 0",
        guidance);
  }

  /**
   * Creates settings with a temperature.
   *
   * @param temperature T; values below 1 favor probable codes, and 0 always chooses the most
   *     probable one
   * @return the settings, without limits and guidance
   */
  public static Sampling temperature(double temperature) {
    return DEFAULT.withTemperature(temperature);
  }

  private Sampling withTemperature(double value) {
    return Records.with(this, "temperature", value);
  }

  /**
   * Limits the codes to the k most probable ones.
   *
   * @param k the number of codes; 0 for no limit
   * @return a copy with the new value
   */
  public Sampling topK(int k) {
    return Records.with(this, "topK", k);
  }

  /**
   * Limits the codes to the most probable ones that together have a given probability.
   *
   * @param p the probability; 1 for no limit
   * @return a copy with the new value
   */
  public Sampling topP(double p) {
    return Records.with(this, "topP", p);
  }

  /**
   * Sets the scale of classifier-free guidance, for a prior trained with dropped classes.
   *
   * @param scale s; values above 1 favor codes that are typical of the class
   * @return a copy with the new value
   */
  public Sampling guidance(double scale) {
    return Records.with(this, "guidance", scale);
  }

  /** Returns whether logits without a class are needed. */
  boolean isGuided() {
    return guidance != 1;
  }

  /** Replaces the logits given a class by guided ones: {@code u + s (c - u)}. */
  void guide(double[] conditional, double[] unconditional) {
    for (int i = 0; i < conditional.length; i++) {
      double given = conditional[i];
      conditional[i] = unconditional[i] + guidance * (given - unconditional[i]);
      if (!Double.isFinite(conditional[i]) && Double.isFinite(given - unconditional[i])) {
        throw new NonFiniteException(
            "Sampling",
            "the guided logit of code " + i,
            conditional[i],
            "use a smaller guidance than " + guidance);
      }
    }
  }

  /**
   * Returns the distribution from which a code is drawn.
   *
   * @param logits a logit for each code, to which guidance has already been applied
   * @return the probability of each code, 0 for codes that were dropped; their sum is 1
   * @throws IllegalArgumentException if there are no logits
   * @throws NonFiniteException if a logit is NaN or infinite
   */
  public double[] probabilities(double... logits) {
    int best = checkedArgmax(logits);
    double[] weights = new double[logits.length];
    if (temperature == 0) {
      weights[best] = 1;
      return weights;
    }
    double lowest = topK == 0 || topK >= logits.length ? Double.NEGATIVE_INFINITY : kth(logits);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = logits[i] < lowest ? 0 : Math.exp((logits[i] - logits[best]) / temperature);
    }
    normalize(weights);
    if (topP < 1) {
      keepNucleus(weights);
      normalize(weights);
    }
    return weights;
  }

  /**
   * Draws a code.
   *
   * @param uniform a random number in [0, 1), for the inverse of the cumulative distribution
   */
  int draw(double uniform, double... logits) {
    double[] probabilities = probabilities(logits);
    int last = -1;
    double cumulative = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0) {
        last = i;
        cumulative += probabilities[i];
        if (uniform < cumulative) {
          return i;
        }
      }
    }
    return last; // the sum was rounded to less than the random number
  }

  /** Returns the index of the largest logit, the lowest one if there are several. */
  private static int checkedArgmax(double... logits) {
    if (logits.length == 0) {
      throw new IllegalArgumentException("Sampling: expected one or more logits, got none.");
    }
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      if (!Double.isFinite(logits[i])) {
        throw new NonFiniteException(
            "Sampling",
            "the logit of code " + i,
            logits[i],
            "the prior has diverged; retrain it with a smaller learning rate");
      }
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  private double kth(double... logits) {
    double[] sorted = logits.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - topK];
  }

  private static void normalize(double... weights) {
    double sum = Arrays.stream(weights).sum();
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
  }

  /** Sets all probabilities to 0 but the largest ones that add up to p. */
  private void keepNucleus(double... probabilities) {
    Comparator<Integer> descending =
        Comparator.<Integer>comparingDouble(i -> probabilities[i]).reversed();
    int[] order =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(descending) // stable, so the lower of equal codes comes first
            .mapToInt(Integer::intValue)
            .toArray();
    double cumulative = 0;
    for (int code : order) {
      if (cumulative >= topP * ROUNDING) {
        probabilities[code] = 0;
      } else {
        cumulative += probabilities[code];
      }
    }
  }
}
