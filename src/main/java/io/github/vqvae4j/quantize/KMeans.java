package io.github.vqvae4j.quantize;

import io.github.vqvae4j.metrics.FiniteRows;
import io.github.vqvae4j.random.Rng;
import java.util.Locale;

/**
 * K-means clustering. Finds K centers c for rows x that minimize the inertia
 *
 * <pre>
 * sum over rows of min_k ||x - c_k||^2
 * </pre>
 *
 * <p>Centers are initialized with k-means++ (Arthur and Vassilvitskii 2007), or sampled uniformly
 * if that would take more than 4e9 multiplications. Each iteration of Lloyd's algorithm (1982) then
 * assigns every row to its nearest center and moves every center to the mean of its rows. A center
 * without rows moves to a row sampled in proportion to its squared distance from its nearest
 * center. With {@link KMeansConfig#batchSize}, each iteration uses a random mini-batch (Sculley,
 * "Web-scale k-means clustering", 2010), followed by one iteration over all rows.
 *
 * <pre>{@code
 * KMeans kMeans = KMeans.fit(rows, 3, KMeansConfig.of(256), new Rng(42));
 * int[] clusterOfRow = kMeans.assign(rows);
 * }</pre>
 */
public final class KMeans {
  /** The rows sampled for the initialization of mini-batch k-means, per batch row or cluster. */
  private static final int INIT_SIZE_FACTOR = 3;

  private final int dimension;
  private final float[] centers;
  private final int[] sizes;
  private final double inertia;
  private final int iterations;
  private final boolean converged;

  private KMeans(
      int dimension, KMeansState state, double inertia, int iterations, boolean converged) {
    this.dimension = dimension;
    this.centers = state.centers();
    this.sizes = state.sizes();
    this.inertia = inertia;
    this.iterations = iterations;
    this.converged = converged;
  }

  /**
   * Clusters rows.
   *
   * @param rows the rows [n, D] in row-major order, at least as many as clusters
   * @param dimension D, at least 1
   * @param config the number of clusters and the stopping criterion
   * @param rng the random number generator; the same seed gives the same clusters
   * @return the fitted clusters
   * @throws IllegalArgumentException if the array does not consist of whole rows, there are fewer
   *     rows than clusters, or a value is NaN or infinite
   */
  public static KMeans fit(float[] rows, int dimension, KMeansConfig config, Rng rng) {
    FiniteRows.check("KMeans", rows, dimension);
    int n = rows.length / dimension;
    int k = config.clusters();
    if (n < k) {
      throw new IllegalArgumentException(
          "KMeans: expected at least as many rows as clusters, got "
              + n
              + " rows for "
              + k
              + " clusters. Use fewer clusters or more rows.");
    }
    boolean miniBatch = config.batchSize() > 0;
    long initSize = (long) INIT_SIZE_FACTOR * Math.max(config.batchSize(), k);
    float[] initRows =
        miniBatch && initSize < n ? sample(rows, dimension, (int) initSize, rng) : rows;
    KMeansState state =
        new KMeansState(
            rows, dimension, KMeansPlusPlus.initialCenters(initRows, dimension, k, rng));
    if (miniBatch) {
      long[] counts = new long[k];
      for (int i = 0; i < config.maxIterations(); i++) {
        state.updateFromBatch(sample(rows, dimension, config.batchSize(), rng), counts);
      }
    }
    int maxIterations = miniBatch ? 1 : config.maxIterations();
    double inertia = state.assign();
    boolean converged = inertia == 0;
    int iterations = 0;
    while (!converged && iterations < maxIterations) {
      iterations++;
      state.updateCenters(rng);
      double before = inertia;
      inertia = state.assign();
      converged = before - inertia <= config.tolerance() * before;
    }
    return new KMeans(
        dimension,
        state,
        inertia,
        miniBatch ? config.maxIterations() + iterations : iterations,
        converged);
  }

  /** Returns the number of values in a batch. */
  static int batchLength(int rows, int d) {
    if ((long) rows * d > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "KMeans: expected batches of at most "
              + (Integer.MAX_VALUE - 8) / d
              + " rows of "
              + d
              + " values, got "
              + rows
              + " rows. Use smaller batches.");
    }
    return rows * d;
  }

  private static float[] sample(float[] rows, int d, int count, Rng rng) {
    float[] sample = new float[batchLength(count, d)];
    for (int i = 0; i < count; i++) {
      System.arraycopy(rows, rng.nextInt(rows.length / d) * d, sample, i * d, d);
    }
    return sample;
  }

  /**
   * Returns the index of the nearest center of each row. Ties go to the lowest index.
   *
   * @param rows the rows [m, D] in row-major order; not necessarily those it was fitted to
   * @return the indices [m], from 0 to K - 1
   * @throws IllegalArgumentException if the array does not consist of whole rows, or a value is NaN
   *     or infinite
   */
  public int[] assign(float[] rows) {
    return nearest(rows, dimension, centers);
  }

  /**
   * Returns the index of the nearest of the given centers for each row. Ties go to the lowest
   * index.
   *
   * @param rows the rows [m, D] in row-major order
   * @param dimension D, at least 1
   * @param centers the centers [K, D] in row-major order
   * @return the indices [m], from 0 to K - 1
   * @throws IllegalArgumentException if an array does not consist of whole rows, or a value is NaN
   *     or infinite
   */
  public static int[] nearest(float[] rows, int dimension, float[] centers) {
    FiniteRows.check("KMeans", rows, dimension);
    FiniteRows.check("KMeans", centers, dimension);
    return KMeansState.nearest(rows, dimension, centers);
  }

  /**
   * Returns the cluster centers.
   *
   * @return a copy of the centers [K, D] in row-major order
   */
  public float[] centers() {
    return centers.clone();
  }

  /**
   * Returns the number of fitted rows in each cluster. A cluster is empty if there are fewer
   * distinct rows than clusters, or if the last iteration left its center without rows.
   *
   * @return a copy of the sizes [K]
   */
  public int[] sizes() {
    return sizes.clone();
  }

  /**
   * Returns the final inertia.
   *
   * @return the sum of the squared distances of the rows from their centers
   */
  public double inertia() {
    return inertia;
  }

  /**
   * Returns the number of iterations.
   *
   * @return the number of iterations, including those over all rows after mini-batch iterations
   */
  public int iterations() {
    return iterations;
  }

  /**
   * Returns whether the algorithm converged.
   *
   * @return true if the inertia is 0, or if the last iteration decreased it by no more than the
   *     tolerance; false if the maximum number of iterations was reached first
   */
  public boolean converged() {
    return converged;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "KMeans: %d clusters in %d dimensions, inertia %.6g, %s after %d iterations",
        sizes.length,
        dimension,
        inertia,
        converged ? "converged" : "stopped",
        iterations);
  }
}
