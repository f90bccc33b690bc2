package io.github.vqvae4j.quantize;

import io.github.vqvae4j.metrics.FiniteRows;
import io.github.vqvae4j.random.Rng;
import java.util.Locale;

/**
 * K-means: K centers c of rows x, near which all rows lie. It lowers the inertia
 *
 * <pre>
 * sum over rows of min_k ||x - c_k||^2
 * </pre>
 *
 * <p>Centers start at rows drawn by the k-means++ rule (Arthur and Vassilvitskii 2007). Then
 * Lloyd's iterations (1982) assign each row to its nearest center and move each center to the mean
 * of its rows; a center without rows moves to a row far from its own center. With {@link
 * KMeansConfig#batch} each iteration looks at a few rows only (Sculley, "Web-scale k-means
 * clustering", 2010), and one over all rows ends it.
 *
 * <pre>{@code
 * KMeans clusters = KMeans.fit(rows, 3, KMeansConfig.of(256), new Rng(42));
 * int[] clusterOfRow = clusters.assign(rows);
 * }</pre>
 */
public final class KMeans {
  /** Rows that a start looks at, for each row of a batch or each cluster. */
  private static final int START_ROWS = 3;

  private final int dimension;
  private final float[] centers;
  private final int[] sizes;
  private final double inertia;
  private final int iterations;
  private final boolean converged;

  private KMeans(
      int dimension, Clusters clusters, double inertia, int iterations, boolean converged) {
    this.dimension = dimension;
    this.centers = clusters.centers();
    this.sizes = clusters.sizes();
    this.inertia = inertia;
    this.iterations = iterations;
    this.converged = converged;
  }

  /**
   * Finds clusters.
   *
   * @param rows row by row, [n, D], at least as many as clusters
   * @param dimension D, at least 1
   * @param config how many clusters, and when to stop
   * @param rng for all choices: the same seed gives the same clusters
   * @return the clusters
   * @throws IllegalArgumentException if the numbers are not whole rows, the rows are fewer than the
   *     clusters, or a number is NaN or infinite
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
              + " clusters; ask for fewer clusters, or give more rows.");
    }
    boolean batches = config.batch() > 0;
    long wanted = (long) START_ROWS * Math.max(config.batch(), k);
    float[] sample = batches && wanted < n ? draw(rows, dimension, (int) wanted, rng) : rows;
    Clusters clusters =
        new Clusters(rows, dimension, KMeansStart.centers(sample, dimension, k, rng));
    if (batches) {
      long[] seen = new long[k];
      for (int i = 0; i < config.iterations(); i++) {
        clusters.approach(draw(rows, dimension, config.batch(), rng), seen);
      }
    }
    int most = batches ? 1 : config.iterations();
    double inertia = clusters.assign();
    boolean converged = inertia == 0;
    int iterations = 0;
    while (!converged && iterations < most) {
      iterations++;
      clusters.move(rng);
      double before = inertia;
      inertia = clusters.assign();
      converged = before - inertia <= config.tolerance() * before;
    }
    return new KMeans(
        dimension,
        clusters,
        inertia,
        batches ? config.iterations() + iterations : iterations,
        converged);
  }

  /** How many numbers the rows of a batch have. */
  static int numbers(int rows, int d) {
    if ((long) rows * d > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "KMeans: expected batches of at most "
              + (Integer.MAX_VALUE - 8) / d
              + " rows of "
              + d
              + " numbers, got "
              + rows
              + " rows; ask for smaller batches.");
    }
    return rows * d;
  }

  private static float[] draw(float[] rows, int d, int count, Rng rng) {
    float[] drawn = new float[numbers(count, d)];
    for (int i = 0; i < count; i++) {
      System.arraycopy(rows, rng.nextInt(rows.length / d) * d, drawn, i * d, d);
    }
    return drawn;
  }

  /**
   * The nearest center of each row, the lowest of equals.
   *
   * @param rows row by row, [m, D]; those it was fitted to, or others
   * @return [m], each from 0 to K - 1
   * @throws IllegalArgumentException if the numbers are not whole rows, or one is NaN or infinite
   */
  public int[] assign(float[] rows) {
    return nearest(rows, dimension, centers);
  }

  /**
   * The nearest of any centers to each row, the lowest of equals.
   *
   * @param rows row by row, [m, D]
   * @param dimension D, at least 1
   * @param centers row by row, [K, D]
   * @return [m], each from 0 to K - 1
   * @throws IllegalArgumentException if the numbers are not whole rows, or one is NaN or infinite
   */
  public static int[] nearest(float[] rows, int dimension, float[] centers) {
    FiniteRows.check("KMeans", rows, dimension);
    FiniteRows.check("KMeans", centers, dimension);
    return Clusters.nearest(rows, dimension, centers);
  }

  /**
   * The centers.
   *
   * @return row by row, [K, D], a copy
   */
  public float[] centers() {
    return centers.clone();
  }

  /**
   * How many of the rows it was fitted to each center has. 0 remains where there are fewer
   * different rows than clusters, or where the last iteration left a center without.
   *
   * @return [K], a copy
   */
  public int[] sizes() {
    return sizes.clone();
  }

  /**
   * What was lowered.
   *
   * @return the sum of the squared distances of the rows from their centers
   */
  public double inertia() {
    return inertia;
  }

  /**
   * How long it took.
   *
   * @return iterations, of both kinds if batches were asked for
   */
  public int iterations() {
    return iterations;
  }

  /**
   * Why it stopped.
   *
   * @return true if the last iteration lowered the inertia by no more than the tolerance, or there
   *     was none left; false if it was stopped by the limit
   */
  public boolean converged() {
    return converged;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "KMeans: %d clusters of rows of %d numbers, inertia %.6g, %s after %d iterations",
        sizes.length,
        dimension,
        inertia,
        converged ? "converged" : "stopped",
        iterations);
  }
}
