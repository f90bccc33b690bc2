package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;

/**
 * The settings of {@link KMeans}.
 *
 * @param clusters K, at least 1
 * @param iterations the most there will be, at least 1; by default 100
 * @param tolerance stops when an iteration over all rows has lowered the inertia by no more than
 *     this share of it, at least 0; by default 1e-3
 * @param batch rows that an iteration looks at, drawn anew each time; 0, the default, for all
 */
public record KMeansConfig(int clusters, int iterations, double tolerance, int batch) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public KMeansConfig {
    if (clusters < 1 || iterations < 1 || batch < 0) {
      throw new IllegalArgumentException(
          "KMeansConfig: expected at least 1 cluster and 1 iteration, and a batch of at least 1 row"
              + " or 0 for all, got "
              + clusters
              + ", "
              + iterations
              + " and "
              + batch
              + ".");
    }
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "KMeansConfig: expected a tolerance from 0 to below 1, got " + tolerance + ".");
    }
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
   * @return these settings with it
   */
  public KMeansConfig iterations(int most) {
    return Records.with(this, "iterations", most);
  }

  /**
   * Sets when it has converged.
   *
   * @param share of the inertia, 0 for when it falls no more
   * @return these settings with it
   */
  public KMeansConfig tolerance(double share) {
    return Records.with(this, "tolerance", share);
  }

  /**
   * Has every iteration look at a few rows only, for more rows than one wants to wait for.
   *
   * @param rows drawn for each iteration, some times as many as clusters
   * @return these settings with it
   */
  public KMeansConfig batch(int rows) {
    return Records.with(this, "batch", rows);
  }
}
