package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The clustering of CVQ (Zheng and Vedaldi 2023, equations 3 to 5), with the nearest latents. After
 * a training step in which code k was selected for the share p_k of the latents, as a moving
 * average with decay gamma that starts at 0:
 *
 * <pre>
 * a_k = exp(-10 K p_k / (1 - gamma) - 0.001)
 * e_k &lt;- (1 - a_k) e_k + a_k f_k
 * </pre>
 *
 * <p>f_k is the latent of the step that is nearest to e_k, the first one if there are several.
 * Codes in use hardly move, those that are not jump to f_k. Codes whose a_k is below 1e-12 even if
 * they are not selected in the step are left out.
 */
final class OnlineClustering {
  private static final double SHARPNESS = 10;
  private static final double MARGIN = 1e-3;

  /** -ln of the smallest a_k that counts. */
  private static final double MAX_EXPONENT = 27.6;

  /** The codes that can move, in ascending order. */
  private final int[] codes;

  /** The squared distance of each of these codes from its nearest latent. */
  private final double[] distances;

  /** The nearest latents [codes, D]. */
  private final double[] nearest;

  private OnlineClustering(int[] codes, double[] distances, double... nearest) {
    this.codes = codes;
    this.distances = distances;
    this.nearest = nearest;
  }

  /**
   * Finds the nearest latents of a pass.
   *
   * @param averages the average counts N [K] before the step
   * @param weight w before the step
   * @param decay gamma
   * @param codebook e [K, D]
   * @param latents the latents [n, D]
   */
  static OnlineClustering of(
      double[] averages, double weight, double decay, Tensor codebook, Tensor latents) {
    double[] shares = shares(averages, weight);
    int[] codes =
        IntStream.range(0, shares.length)
            .filter(k -> exponent(decay * shares[k], shares.length, decay) < MAX_EXPONENT)
            .toArray();
    if (codes.length == 0) {
      return new OnlineClustering(codes, new double[0]);
    }
    Tensor vectors = codebook.embedding(latents.step().tensor(codes, codes.length));
    Tensor nearest = latents.embedding(vectors.nearestRows(latents));
    double[] differences = vectors.sub(nearest).toDoubles();
    double[] distances = new double[codes.length];
    int d = (int) latents.size(1);
    for (int i = 0; i < differences.length; i++) {
      distances[i / d] += differences[i] * differences[i];
    }
    return new OnlineClustering(codes, distances, nearest.toDoubles());
  }

  /** Returns p_k for average counts; 0 if there are none yet. */
  private static double[] shares(double[] averages, double weight) {
    double total = Arrays.stream(averages).sum();
    return Arrays.stream(averages).map(n -> total == 0 ? 0 : n * weight / total).toArray();
  }

  private static double exponent(double share, int codebookSize, double decay) {
    return SHARPNESS * codebookSize * share / (1 - decay) + MARGIN;
  }

  /**
   * Returns the nearest latents of two passes of a step.
   *
   * @param following those of the following examples
   */
  OnlineClustering merge(OnlineClustering following) {
    double[] mergedDistances = distances.clone();
    double[] mergedNearest = nearest.clone();
    int d = codes.length == 0 ? 0 : nearest.length / codes.length;
    for (int i = 0; i < codes.length; i++) {
      if (following.distances[i] < distances[i]) {
        mergedDistances[i] = following.distances[i];
        System.arraycopy(following.nearest, i * d, mergedNearest, i * d, d);
      }
    }
    return new OnlineClustering(codes, mergedDistances, mergedNearest);
  }

  /**
   * Moves the codes.
   *
   * @param averages the average counts N [K] after the step
   * @param weight w after the step
   * @param decay gamma
   * @param codebook e [K, D]
   */
  void apply(double[] averages, double weight, double decay, Variable codebook) {
    double[] shares = shares(averages, weight);
    RowChunks rows = new RowChunks(codebook);
    int d = rows.width();
    int i = 0;
    while (rows.next()) {
      for (; i < codes.length && codes[i] < rows.start() + rows.count(); i++) {
        double a = Math.exp(-exponent(shares[codes[i]], shares.length, decay));
        for (int j = 0; j < d; j++) {
          int at = (codes[i] - rows.start()) * d + j;
          rows.values()[at] = (1 - a) * rows.values()[at] + a * nearest[i * d + j];
        }
      }
      rows.write();
    }
  }
}
