package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link KMeans}.
 *
 * @param clusters K, the number of clusters, at least 1
 * @param maxIterations the maximum number of iterations, at least 1; by default 100
 * @param tolerance the relative decrease of the inertia below or at which an iteration over all
 *     rows counts as converged, in [0, 1); by default 1e-3
 * @param batchSize the number of rows sampled for each iteration of mini-batch k-means; 0, the
 *     default, uses all rows
 */
public record KMeansConfig(int clusters, int maxIterations, double tolerance, int batchSize) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public KMeansConfig {
    Require.that(clusters >= 1, "KMeansConfig.clusters", "at least 1", clusters);
    Require.that(maxIterations >= 1, "KMeansConfig.maxIterations", "at least 1", maxIterations);
    Require.that(
        tolerance >= 0 && tolerance < 1,
        "KMeansConfig.tolerance",
        "a fraction in [0, 1)",
        tolerance);
    Require.that(
        batchSize >= 0, "KMeansConfig.batchSize", "at least 1 row, or 0 for all", batchSize);
  }

  /**
   * Creates the default settings: iterations over all rows until convergence.
   *
   * @param clusters K, the number of clusters
   * @return the settings
   */
  public static KMeansConfig of(int clusters) {
    return new KMeansConfig(clusters, 100, 1e-3, 0);
  }

  /**
   * Sets the maximum number of iterations.
   *
   * @param max the maximum, at least 1
   * @return a copy with the new value
   */
  public KMeansConfig maxIterations(int max) {
    return Records.with(this, "maxIterations", max);
  }

  /**
   * Sets the convergence tolerance.
   *
   * @param fraction the relative decrease of the inertia; 0 iterates until it no longer decreases
   * @return a copy with the new value
   */
  public KMeansConfig tolerance(double fraction) {
    return Records.with(this, "tolerance", fraction);
  }

  /**
   * Enables mini-batch k-means, which is faster for large numbers of rows.
   *
   * @param rows the number of rows sampled for each iteration, a small multiple of the clusters
   * @return a copy with the new value
   */
  public KMeansConfig batchSize(int rows) {
    return Records.with(this, "batchSize", rows);
  }
}
