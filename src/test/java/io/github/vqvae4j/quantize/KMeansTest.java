package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tolerances;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KMeansTest {
  private static final long SEED = 3;

  private static float[] uniform(int n, int d, long seed) {
    Rng rng = new Rng(seed);
    float[] rows = new float[n * d];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = rng.nextFloat();
    }
    return rows;
  }

  /** Returns rows close to {@code clusters} distant points. */
  private static float[] clustered(int n, int d, int clusters) {
    float[] points = uniform(clusters, d, 5);
    Rng rng = new Rng(6);
    float[] rows = new float[n * d];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = 10 * points[i / d % clusters * d + i % d] + 0.01f * rng.nextFloat();
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource({"500, 3, 7", "200, 1, 5", "64, 17, 64", "1009, 2, 1", "3001, 5, 41"})
  void resultMatchesReferenceLloydIterationsInDouble(int n, int d, int k) {
    float[] rows = uniform(n, d, SEED);
    KMeansConfig config = KMeansConfig.of(k).maxIterations(1_000).tolerance(0);
    KMeans kMeans = KMeans.fit(rows, d, config, new Rng(SEED));
    float[] initial = KMeansPlusPlus.initialCenters(rows, d, k, new Rng(SEED));
    ReferenceKMeans expected = new ReferenceKMeans(rows, d, initial, kMeans.iterations());
    assertTrue(kMeans.converged());
    for (int i = 0; i < initial.length; i++) {
      assertEquals(expected.centers[i], kMeans.centers()[i], Tolerances.FLOAT);
    }
    assertArrayEquals(expected.sizes, kMeans.sizes());
    assertArrayEquals(expected.nearest, kMeans.assign(rows));
    assertEquals(expected.inertia, kMeans.inertia(), Tolerances.FLOAT * (1 + expected.inertia));
    // Fewer iterations would not have been enough, and more would not have changed the result.
    int last = kMeans.iterations();
    double before = new ReferenceKMeans(rows, d, initial, Math.max(0, last - 2)).inertia;
    assertTrue(n == k || before > expected.inertia * (1 + 1e-9), before + " " + expected.inertia);
    assertEquals(
        expected.inertia,
        new ReferenceKMeans(rows, d, initial, last + 5).inertia,
        Tolerances.FLOAT * (1 + expected.inertia));
  }

  @Test
  void kMeansPlusPlusFindsEveryCluster() {
    float[] rows = clustered(2_000, 4, 20);
    for (long seed = 0; seed < 10; seed++) {
      KMeans kMeans = KMeans.fit(rows, 4, KMeansConfig.of(20), new Rng(seed));
      assertEquals(100, Arrays.stream(kMeans.sizes()).min().orElseThrow(), "seed " + seed);
      assertTrue(kMeans.inertia() < 2_000 * 4 * 1e-4, kMeans.toString());
    }
  }

  @Test
  void iterationLimitAndToleranceStopFitting() {
    float[] rows = uniform(2_000, 2, SEED);
    KMeansConfig config = KMeansConfig.of(50).tolerance(0);
    KMeans one = KMeans.fit(rows, 2, config.maxIterations(1), new Rng(SEED));
    KMeans three = KMeans.fit(rows, 2, config.maxIterations(3), new Rng(SEED));
    assertFalse(one.converged());
    assertEquals(3, three.iterations());
    assertTrue(three.inertia() < one.inertia());
    assertTrue(
        three.toString().startsWith("KMeans: 50 clusters in 2 dimensions, inertia "),
        three.toString());
    assertTrue(three.toString().endsWith(", stopped after 3 iterations"), three.toString());
    KMeans tolerant =
        KMeans.fit(rows, 2, config.maxIterations(1_000).tolerance(0.01), new Rng(SEED));
    KMeans exact = KMeans.fit(rows, 2, config.maxIterations(1_000), new Rng(SEED));
    assertTrue(tolerant.iterations() < exact.iterations());
    assertTrue(tolerant.converged());
  }

  @Test
  void resultIsDeterministicForASeed() {
    float[] rows = uniform(500, 3, SEED);
    for (int batch : new int[] {0, 50}) {
      KMeansConfig config = KMeansConfig.of(20).maxIterations(10).batchSize(batch);
      float[] centers = KMeans.fit(rows, 3, config, new Rng(1)).centers();
      assertArrayEquals(centers, KMeans.fit(rows, 3, config, new Rng(1)).centers());
      assertNotEquals(centers[0], KMeans.fit(rows, 3, config, new Rng(2)).centers()[0]);
    }
  }

  @Test
  void miniBatchInertiaIsCloseToFullBatch() {
    float[] rows = uniform(20_000, 3, SEED);
    KMeans all = KMeans.fit(rows, 3, KMeansConfig.of(32), new Rng(SEED));
    KMeansConfig config = KMeansConfig.of(32).batchSize(500);
    KMeans some = KMeans.fit(rows, 3, config.maxIterations(60), new Rng(SEED));
    assertEquals(61, some.iterations());
    assertTrue(some.inertia() < 1.05 * all.inertia(), some + " compared with " + all);
    // Mini-batches moved the centers: the final iteration over all rows is not the only update.
    float[] sample = Arrays.copyOf(rows, 1_500 * 3);
    float[] initial = KMeansPlusPlus.initialCenters(sample, 3, 32, new Rng(SEED));
    assertTrue(some.inertia() < new ReferenceKMeans(rows, 3, initial, 1).inertia);
    assertEquals(20_000, Arrays.stream(some.sizes()).sum());
    assertTrue(Arrays.stream(some.sizes()).allMatch(size -> size > 0));
  }

  @Test
  void miniBatchCenterIsTheMeanOfAllItsRows() {
    float[] centers = {0, 100};
    KMeansState state = new KMeansState(new float[] {0}, 1, centers);
    long[] counts = new long[2];
    state.updateFromBatch(new float[] {1, 2, 90}, counts);
    state.updateFromBatch(new float[] {6, 80, 3}, counts);
    assertArrayEquals(new long[] {4, 2}, counts);
    assertArrayEquals(new float[] {3, 85}, centers, 1e-6f);
  }

  @Test
  void emptyClusterMovesToADistantRow() {
    float[] rows = {0, 1, 2, 40};
    float[] centers = {1, 1_000};
    KMeansState state = new KMeansState(rows, 1, centers);
    assertEquals(1 + 1 + 39 * 39, state.assign());
    assertArrayEquals(new int[] {4, 0}, state.sizes());
    state.updateCenters(new Rng(SEED));
    assertArrayEquals(new float[] {43 / 4f, 40}, centers);
    state.assign();
    assertArrayEquals(new int[] {3, 1}, state.sizes());
  }

  @Test
  void fewerDistinctRowsThanClustersAreFoundExactly() {
    float[] rows = new float[60];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i / 2 % 3;
    }
    KMeans kMeans = KMeans.fit(rows, 2, KMeansConfig.of(8), new Rng(SEED));
    assertEquals(0, kMeans.inertia());
    assertTrue(kMeans.converged());
    int[] sizes = kMeans.sizes();
    Arrays.sort(sizes);
    assertArrayEquals(new int[] {0, 0, 0, 0, 0, 10, 10, 10}, sizes);
    assertEquals(0, KMeans.fit(new float[] {7}, 1, KMeansConfig.of(1), new Rng(1)).inertia());
  }

  @Test
  void rowsFarFromZeroAreSeparated() {
    float[] near = uniform(300, 2, SEED);
    float[] far = new float[near.length];
    for (int i = 0; i < near.length; i++) {
      // Multiples of 1/1024, which are exact in both arrays.
      near[i] = Math.round(near[i] * 1_024) / 1_024f;
      far[i] = near[i] + 5_000;
    }
    KMeans farClusters = KMeans.fit(far, 2, KMeansConfig.of(9), new Rng(SEED));
    KMeans nearClusters = KMeans.fit(near, 2, KMeansConfig.of(9), new Rng(SEED));
    assertArrayEquals(nearClusters.assign(near), farClusters.assign(far));
    assertEquals(nearClusters.inertia(), farClusters.inertia(), 1e-3 * nearClusters.inertia());
  }

  /** Scaling by a power of two is exact, so results may differ only in magnitude. */
  @ParameterizedTest
  @CsvSource({"-100, 0", "-60, 0", "30, 0", "62, 0", "66, 0", "120, 0", "66, 50", "120, 50"})
  void clusteringIsScaleInvariant(int exponent, int batch) {
    float[] rows = clustered(300, 2, 9);
    float[] scaled = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      scaled[i] = Math.scalb(rows[i], exponent);
    }
    KMeansConfig config = KMeansConfig.of(9).batchSize(batch).maxIterations(5);
    KMeans unscaledClusters = KMeans.fit(rows, 2, config, new Rng(SEED));
    KMeans scaledClusters = KMeans.fit(scaled, 2, config, new Rng(SEED));
    float[] expected = unscaledClusters.centers();
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.scalb(expected[i], exponent);
    }
    assertArrayEquals(expected, scaledClusters.centers());
    assertArrayEquals(unscaledClusters.sizes(), scaledClusters.sizes());
    assertArrayEquals(unscaledClusters.assign(rows), scaledClusters.assign(scaled));
    assertEquals(
        unscaledClusters.inertia(), Math.scalb(scaledClusters.inertia(), -2 * exponent), 0);
  }

  /** The distance between these rows is twice the largest float. */
  @Test
  void rowsAtTheLimitsOfFloatAreSeparated() {
    float[] rows = {-3e38f, 3e38f, -2.9e38f, 2.9e38f, -3.1e38f, 3.1e38f};
    for (int batch : new int[] {0, 20}) {
      KMeans kMeans = KMeans.fit(rows, 1, KMeansConfig.of(2).batchSize(batch), new Rng(SEED));
      float[] centers = kMeans.centers();
      Arrays.sort(centers);
      assertArrayEquals(new float[] {-3e38f, 3e38f}, centers, 1e33f);
    }
  }

  @Test
  void rowsInSeveralChunksAreAssigned() {
    int n = 400_000;
    float[] rows = uniform(n, 3, SEED);
    KMeans kMeans = KMeans.fit(rows, 3, KMeansConfig.of(5).maxIterations(2), new Rng(SEED));
    assertEquals(n, Arrays.stream(kMeans.sizes()).sum());
    float[] centers = kMeans.centers();
    int[] nearest = kMeans.assign(rows);
    ReferenceKMeans expected = new ReferenceKMeans(rows, 3, centers, 0);
    int different = 0;
    for (int i = 0; i < n; i++) {
      different += nearest[i] == expected.nearest[i] ? 0 : 1;
    }
    assertTrue(different < n / 10_000, different + " rows differ, more than ties explain");
  }

  @Test
  void invalidArgumentsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> fit(new float[] {1, 2, 3}, 2, 1)),
        "KMeans: expected one or more rows of 2 values",
        "got 3 values");
    assertThrows(IllegalArgumentException.class, () -> fit(new float[0], 2, 1));
    assertThrows(IllegalArgumentException.class, () -> fit(new float[4], 0, 1));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> fit(new float[6], 2, 4)),
        "as many rows as clusters",
        "got 3 rows for 4 clusters",
        "Use fewer clusters");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> fit(new float[] {1, 2, 3, Float.NaN}, 2, 1)),
        "got NaN in row 1, column 1",
        "Correct or remove this row");
    KMeans kMeans = fit(new float[4], 2, 1);
    assertThrows(IllegalArgumentException.class, () -> kMeans.assign(new float[3]));
    assertThrows(
        IllegalArgumentException.class,
        () -> kMeans.assign(new float[] {0, Float.POSITIVE_INFINITY}));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> KMeansConfig.of(0)),
        "KMeansConfig.clusters: expected at least 1, got 0.");
    assertThrows(IllegalArgumentException.class, () -> KMeansConfig.of(1).maxIterations(0));
    assertThrows(IllegalArgumentException.class, () -> KMeansConfig.of(1).batchSize(-1));
    for (double tolerance : new double[] {-1, 1, Double.NaN}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> KMeansConfig.of(1).tolerance(tolerance)),
          "KMeansConfig.tolerance: expected a fraction in [0, 1), got " + tolerance);
    }
  }

  private static KMeans fit(float[] rows, int d, int k) {
    return KMeans.fit(rows, d, KMeansConfig.of(k), new Rng(SEED));
  }

  @Test
  void codesOfEmptyClustersSurviveTheFirstUpdate() {
    // Three distinct latents for eight codes: five clusters remain empty.
    float[] latents = new float[60];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = 5 + i / 2 % 3;
    }
    initializeAndTrain(latents);
  }

  @Test
  void codebookIsInitializedFromFewerLatentsThanCodes() {
    initializeAndTrain(new float[] {5, 5, 6, 6, 7, 7});
  }

  private static void initializeAndTrain(float[] latents) {
    try (VectorQuantizer quantizer =
        VectorQuantizer.ema(8, 2).deadCodeThreshold(0).build(new Rng(SEED))) {
      quantizer.initialize(latents, latents.length / 2, new Rng(SEED));
      float[] initial = quantizer.codebook();
      try (Step step = Step.training(new Rng(SEED))) {
        quantizer.quantize(step.tensor(latents, latents.length / 2, 2));
        step.commit();
      }
      float[] updated = quantizer.codebook();
      for (int i = 0; i < initial.length; i++) {
        assertTrue(initial[i] >= 5, "initial code outside the range of the latents: " + initial[i]);
        assertEquals(initial[i], updated[i], 0.01);
      }
    }
  }

  @Test
  void initialCentersAreSampledUniformlyForLargeCodebooks() {
    int n = 16_384;
    int k = 4_096;
    int d = 64;
    float[] rows = uniform(n, d, SEED);
    for (int i = 0; i < rows.length; i++) {
      rows[i] += 1;
    }
    KMeans kMeans = KMeans.fit(rows, d, KMeansConfig.of(k).maxIterations(2), new Rng(SEED));
    assertEquals(n, Arrays.stream(kMeans.sizes()).sum());
    for (float center : kMeans.centers()) {
      assertTrue(center >= 1 && center <= 2, "center outside the range of the rows: " + center);
    }
  }
}
