package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link KMeans}.
 *
 * @param clusters K, how many centers are found, at least 1
 * @param iterations the most there will be, at least 1; by default 100
 * @param tolerance stops when an iteration over all rows has lowered the inertia by no more than
 *     this share of it, at least 0; by default 1e-3
 * @param batch rows that an iteration looks at, drawn anew each time; 0, the default, for all
 */
public record KMeansConfig(int clusters, int iterations, double tolerance, int batch) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public KMeansConfig {
    Require.that(clusters >= 1, "KMeansConfig.clusters", "at least 1", clusters);
    Require.that(iterations >= 1, "KMeansConfig.iterations", "at least 1", iterations);
    Require.that(
        tolerance >= 0 && tolerance < 1,
        "KMeansConfig.tolerance",
        "a share from 0 to below 1",
        tolerance);
    Require.that(batch >= 0, "KMeansConfig.batch", "at least 1 row, or 0 for all", batch);
  }

  /**
   * Settings for so many clusters: all rows, until it converges.
   *
   * @param clusters K
   * @return the settings, to be changed or used
   */
  public static KMeansConfig of(int clusters) {
    return new KMeansConfig(clusters, 100, 1e-3, 0);
  }

  /**
   * Sets the limit.
   *
   * @param most iterations
   * @return a copy with the new value
   */
  public KMeansConfig iterations(int most) {
    return Records.with(this, "iterations", most);
  }

  /**
   * Sets when it has converged.
   *
   * @param share of the inertia, 0 for when it falls no more
   * @return a copy with the new value
   */
  public KMeansConfig tolerance(double share) {
    return Records.with(this, "tolerance", share);
  }

  /**
   * Has every iteration look at a few rows only, for more rows than one wants to wait for.
   *
   * @param rows drawn for each iteration, some times as many as clusters
   * @return a copy with the new value
   */
  public KMeansConfig batch(int rows) {
    return Records.with(this, "batch", rows);
  }
}
