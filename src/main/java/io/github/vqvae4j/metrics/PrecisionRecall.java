package io.github.vqvae4j.metrics;

import java.util.Arrays;

/**
 * Improved precision and recall of generated examples (Kynkaanniemi et al. 2019, arXiv:1904.06991):
 *
 * <pre>
 * precision = fraction of generated examples within the manifold of the real ones
 * recall    = fraction of real examples within the manifold of the generated ones
 * </pre>
 *
 * <p>The manifold of a set of feature vectors is the union of balls around them, each with the
 * distance to the k-th nearest other vector of the set as its radius. A low precision means that
 * examples look unlike real ones, a low recall that some kinds of real examples are not generated.
 *
 * <pre>{@code
 * ImageClassifier classifier = ImageClassifier.mnist();
 * PrecisionRecall result =
 *     PrecisionRecall.of(classifier.features(heldOut), classifier.features(images), 3);
 * }</pre>
 *
 * <p>Both depend on the number of vectors, on k and on the features, so only results with equal
 * ones can be compared. Real held-out examples instead of generated ones show which values can be
 * reached.
 *
 * @param precision the precision, from 0 to 1
 * @param recall the recall, from 0 to 1
 */
public record PrecisionRecall(double precision, double recall) {
  /**
   * Computes precision and recall. The time is proportional to (n + m)^2 D; memory to (n + m) k. Of
   * distances that equal a radius, the vector is within the ball.
   *
   * @param real the features of real examples, [n][D], n above k
   * @param generated the features of generated examples, [m][D], m above k; usually as many
   * @param k the number of the neighbor whose distance is the radius, at least 1; 3 in the paper
   * @return precision and recall
   * @throws IllegalArgumentException if k is out of range, the vectors have different dimensions,
   *     or a feature is NaN or infinite
   */
  public static PrecisionRecall of(float[][] real, float[][] generated, int k) {
    check("real", real, k, real.length > 0 ? real[0].length : 0);
    check("generated", generated, k, real[0].length);
    double[] realRadii = radii(real, k);
    double[] generatedRadii = radii(generated, k);
    boolean[] realCovered = new boolean[real.length];
    boolean[] generatedCovered = new boolean[generated.length];
    SquaredDistances.forEach(
        real,
        generated,
        (row, from, distances, count) -> {
          for (int j = 0; j < count; j++) {
            generatedCovered[from + j] |= distances[j] <= realRadii[row];
            realCovered[row] |= distances[j] <= generatedRadii[from + j];
          }
        });
    return new PrecisionRecall(fraction(generatedCovered), fraction(realCovered));
  }

  /** Returns the squared distance of each vector to its k-th nearest other vector. */
  private static double[] radii(float[][] vectors, int k) {
    double[][] nearest = new double[vectors.length][k]; // in increasing order
    for (double[] distances : nearest) {
      Arrays.fill(distances, Double.POSITIVE_INFINITY);
    }
    SquaredDistances.forEach(
        vectors,
        vectors,
        (row, from, distances, count) -> {
          for (int j = 0; j < count; j++) {
            if (from + j != row) {
              insert(distances[j], nearest[row]);
            }
          }
        });
    return Arrays.stream(nearest).mapToDouble(distances -> distances[k - 1]).toArray();
  }

  private static void insert(double distance, double[] nearest) {
    int at = nearest.length - 1;
    if (distance >= nearest[at]) {
      return;
    }
    for (; at > 0 && nearest[at - 1] > distance; at--) {
      nearest[at] = nearest[at - 1];
    }
    nearest[at] = distance;
  }

  private static double fraction(boolean... covered) {
    int count = 0;
    for (boolean one : covered) {
      count += one ? 1 : 0;
    }
    return (double) count / covered.length;
  }

  private static void check(String name, float[][] vectors, int k, int dimension) {
    if (k < 1 || vectors.length <= k) {
      throw new IllegalArgumentException(
          "PrecisionRecall: expected k of at least 1 and more than k "
              + name
              + " vectors, got k = "
              + k
              + " and "
              + vectors.length
              + ". Use more examples.");
    }
    for (int i = 0; i < vectors.length; i++) {
      if (vectors[i].length != dimension || dimension == 0) {
        throw new IllegalArgumentException(
            "PrecisionRecall: expected vectors of one dimension of at least 1, got "
                + vectors[i].length
                + " values in "
                + name
                + " vector "
                + i
                + " and "
                + dimension
                + " in the first. Compute all features with the same model.");
      }
      for (float value : vectors[i]) {
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException(
              "PrecisionRecall: expected finite values, got "
                  + value
                  + " in "
                  + name
                  + " vector "
                  + i
                  + ". Correct or remove it.");
        }
      }
    }
  }
}
