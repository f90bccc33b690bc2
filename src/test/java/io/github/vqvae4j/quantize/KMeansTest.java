package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertSays;
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

  /** Rows around {@code clusters} points far apart. */
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
  void itFindsWhatLloydsIterationsInDoubleFind(int n, int d, int k) {
    float[] rows = uniform(n, d, SEED);
    KMeansConfig config = KMeansConfig.of(k).iterations(1_000).tolerance(0);
    KMeans clusters = KMeans.fit(rows, d, config, new Rng(SEED));
    float[] start = KMeansStart.centers(rows, d, k, new Rng(SEED));
    ReferenceKMeans expected = new ReferenceKMeans(rows, d, start, clusters.iterations());
    assertTrue(clusters.converged());
    for (int i = 0; i < start.length; i++) {
      assertEquals(expected.centers[i], clusters.centers()[i], Tolerances.FLOAT);
    }
    assertArrayEquals(expected.sizes, clusters.sizes());
    assertArrayEquals(expected.nearest, clusters.assign(rows));
    assertEquals(expected.inertia, clusters.inertia(), Tolerances.FLOAT * (1 + expected.inertia));
    // It had to go on so long, and need not have gone on longer.
    int last = clusters.iterations();
    double before = new ReferenceKMeans(rows, d, start, Math.max(0, last - 2)).inertia;
    assertTrue(n == k || before > expected.inertia * (1 + 1e-9), before + " " + expected.inertia);
    assertEquals(
        expected.inertia,
        new ReferenceKMeans(rows, d, start, last + 5).inertia,
        Tolerances.FLOAT * (1 + expected.inertia));
  }

  @Test
  void aStartAtDistantRowsFindsEveryCluster() {
    float[] rows = clustered(2_000, 4, 20);
    for (long seed = 0; seed < 10; seed++) {
      KMeans clusters = KMeans.fit(rows, 4, KMeansConfig.of(20), new Rng(seed));
      assertEquals(100, Arrays.stream(clusters.sizes()).min().orElseThrow(), "seed " + seed);
      assertTrue(clusters.inertia() < 2_000 * 4 * 1e-4, clusters.toString());
    }
  }

  @Test
  void theLimitStopsIt() {
    float[] rows = uniform(2_000, 2, SEED);
    KMeansConfig config = KMeansConfig.of(50).tolerance(0);
    KMeans one = KMeans.fit(rows, 2, config.iterations(1), new Rng(SEED));
    KMeans three = KMeans.fit(rows, 2, config.iterations(3), new Rng(SEED));
    assertFalse(one.converged());
    assertEquals(3, three.iterations());
    assertTrue(three.inertia() < one.inertia());
    assertTrue(
        three.toString().startsWith("KMeans: 50 clusters of rows of 2 numbers, inertia "),
        three.toString());
    assertTrue(three.toString().endsWith(", stopped after 3 iterations"), three.toString());
    KMeans tolerant = KMeans.fit(rows, 2, config.iterations(1_000).tolerance(0.01), new Rng(SEED));
    KMeans exact = KMeans.fit(rows, 2, config.iterations(1_000), new Rng(SEED));
    assertTrue(tolerant.iterations() < exact.iterations());
    assertTrue(tolerant.converged());
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    float[] rows = uniform(500, 3, SEED);
    for (int batch : new int[] {0, 50}) {
      KMeansConfig config = KMeansConfig.of(20).iterations(10).batch(batch);
      float[] centers = KMeans.fit(rows, 3, config, new Rng(1)).centers();
      assertArrayEquals(centers, KMeans.fit(rows, 3, config, new Rng(1)).centers());
      assertNotEquals(centers[0], KMeans.fit(rows, 3, config, new Rng(2)).centers()[0]);
    }
  }

  @Test
  void batchesComeNearToAllRowsAtOnce() {
    float[] rows = uniform(20_000, 3, SEED);
    KMeans all = KMeans.fit(rows, 3, KMeansConfig.of(32), new Rng(SEED));
    KMeansConfig config = KMeansConfig.of(32).batch(500);
    KMeans some = KMeans.fit(rows, 3, config.iterations(60), new Rng(SEED));
    assertEquals(61, some.iterations());
    assertTrue(some.inertia() < 1.05 * all.inertia(), some + " beside " + all);
    // Batches moved the centers: the iteration over all rows at the end is not all there was.
    float[] sample = Arrays.copyOf(rows, 1_500 * 3);
    float[] start = KMeansStart.centers(sample, 3, 32, new Rng(SEED));
    assertTrue(some.inertia() < new ReferenceKMeans(rows, 3, start, 1).inertia);
    assertEquals(20_000, Arrays.stream(some.sizes()).sum());
    assertTrue(Arrays.stream(some.sizes()).allMatch(size -> size > 0));
  }

  @Test
  void aCenterOfBatchesIsTheMeanOfItsRows() {
    float[] centers = {0, 100};
    Clusters clusters = new Clusters(new float[] {0}, 1, centers);
    long[] seen = new long[2];
    clusters.approach(new float[] {1, 2, 90}, seen);
    clusters.approach(new float[] {6, 80, 3}, seen);
    assertArrayEquals(new long[] {4, 2}, seen);
    assertArrayEquals(new float[] {3, 85}, centers, 1e-6f);
  }

  @Test
  void aCenterWithoutRowsMovesToARowFarFromItsOwn() {
    float[] rows = {0, 1, 2, 40};
    float[] centers = {1, 1_000};
    Clusters clusters = new Clusters(rows, 1, centers);
    assertEquals(1 + 1 + 39 * 39, clusters.assign());
    assertArrayEquals(new int[] {4, 0}, clusters.sizes());
    clusters.move(new Rng(SEED));
    assertArrayEquals(new float[] {43 / 4f, 40}, centers);
    clusters.assign();
    assertArrayEquals(new int[] {3, 1}, clusters.sizes());
  }

  @Test
  void fewerDifferentRowsThanClustersAreFoundExactly() {
    float[] rows = new float[60];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i / 2 % 3;
    }
    KMeans clusters = KMeans.fit(rows, 2, KMeansConfig.of(8), new Rng(SEED));
    assertEquals(0, clusters.inertia());
    assertTrue(clusters.converged());
    int[] sizes = clusters.sizes();
    Arrays.sort(sizes);
    assertArrayEquals(new int[] {0, 0, 0, 0, 0, 10, 10, 10}, sizes);
    assertEquals(0, KMeans.fit(new float[] {7}, 1, KMeansConfig.of(1), new Rng(1)).inertia());
  }

  @Test
  void rowsFarFromZeroAreToldApart() {
    float[] near = uniform(300, 2, SEED);
    float[] far = new float[near.length];
    for (int i = 0; i < near.length; i++) {
      // Multiples of 1/1024, which both arrays hold exactly.
      near[i] = Math.round(near[i] * 1_024) / 1_024f;
      far[i] = near[i] + 5_000;
    }
    KMeans there = KMeans.fit(far, 2, KMeansConfig.of(9), new Rng(SEED));
    KMeans here = KMeans.fit(near, 2, KMeansConfig.of(9), new Rng(SEED));
    assertArrayEquals(here.assign(near), there.assign(far));
    assertEquals(here.inertia(), there.inertia(), 1e-3 * here.inertia());
  }

  /** A power of two changes no digit, so nothing but the magnitude may change. */
  @ParameterizedTest
  @CsvSource({"-100, 0", "-60, 0", "30, 0", "62, 0", "66, 0", "120, 0", "66, 50", "120, 50"})
  void numbersOfAnyMagnitudeAreClusteredAlike(int exponent, int batch) {
    float[] rows = clustered(300, 2, 9);
    float[] scaled = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      scaled[i] = Math.scalb(rows[i], exponent);
    }
    KMeansConfig config = KMeansConfig.of(9).batch(batch).iterations(5);
    KMeans here = KMeans.fit(rows, 2, config, new Rng(SEED));
    KMeans there = KMeans.fit(scaled, 2, config, new Rng(SEED));
    float[] expected = here.centers();
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.scalb(expected[i], exponent);
    }
    assertArrayEquals(expected, there.centers());
    assertArrayEquals(here.sizes(), there.sizes());
    assertArrayEquals(here.assign(rows), there.assign(scaled));
    assertEquals(here.inertia(), Math.scalb(there.inertia(), -2 * exponent), 0);
  }

  /** Twice the largest float is the distance of these from each other. */
  @Test
  void rowsAtBothEndsOfFloatAreToldApart() {
    float[] rows = {-3e38f, 3e38f, -2.9e38f, 2.9e38f, -3.1e38f, 3.1e38f};
    for (int batch : new int[] {0, 20}) {
      KMeans clusters = KMeans.fit(rows, 1, KMeansConfig.of(2).batch(batch), new Rng(SEED));
      float[] centers = clusters.centers();
      Arrays.sort(centers);
      assertArrayEquals(new float[] {-3e38f, 3e38f}, centers, 1e33f);
    }
  }

  @Test
  void moreRowsThanOneSearchTakesAreAssigned() {
    int n = 400_000;
    float[] rows = uniform(n, 3, SEED);
    KMeans clusters = KMeans.fit(rows, 3, KMeansConfig.of(5).iterations(2), new Rng(SEED));
    assertEquals(n, Arrays.stream(clusters.sizes()).sum());
    float[] centers = clusters.centers();
    int[] nearest = clusters.assign(rows);
    ReferenceKMeans expected = new ReferenceKMeans(rows, 3, centers, 0);
    int different = 0;
    for (int i = 0; i < n; i++) {
      different += nearest[i] == expected.nearest[i] ? 0 : 1;
    }
    assertTrue(different < n / 10_000, different + " rows, which lie between two centers");
  }

  @Test
  void mistakesAreExplained() {
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> fit(new float[] {1, 2, 3}, 2, 1)),
        "KMeans: expected one or more rows of 2 numbers",
        "got 3 numbers");
    assertThrows(IllegalArgumentException.class, () -> fit(new float[0], 2, 1));
    assertThrows(IllegalArgumentException.class, () -> fit(new float[4], 0, 1));
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> fit(new float[6], 2, 4)),
        "as many rows as clusters",
        "got 3 rows for 4 clusters",
        "fewer clusters");
    assertSays(
        assertThrows(
            IllegalArgumentException.class, () -> fit(new float[] {1, 2, 3, Float.NaN}, 2, 1)),
        "got NaN in row 1, column 1",
        "repair or leave out");
    KMeans clusters = fit(new float[4], 2, 1);
    assertThrows(IllegalArgumentException.class, () -> clusters.assign(new float[3]));
    assertThrows(
        IllegalArgumentException.class,
        () -> clusters.assign(new float[] {0, Float.POSITIVE_INFINITY}));
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> KMeansConfig.of(0)),
        "KMeansConfig.clusters: expected at least 1, got 0.");
    assertThrows(IllegalArgumentException.class, () -> KMeansConfig.of(1).iterations(0));
    assertThrows(IllegalArgumentException.class, () -> KMeansConfig.of(1).batch(-1));
    for (double tolerance : new double[] {-1, 1, Double.NaN}) {
      assertSays(
          assertThrows(
              IllegalArgumentException.class, () -> KMeansConfig.of(1).tolerance(tolerance)),
          "KMeansConfig.tolerance: expected a share from 0 to below 1, got " + tolerance);
    }
  }

  private static KMeans fit(float[] rows, int d, int k) {
    return KMeans.fit(rows, d, KMeansConfig.of(k), new Rng(SEED));
  }

  @Test
  void anEmptyClustersCodeOutlivesTheFirstUpdate() {
    // Three different vectors for eight codes: five clusters must stay empty.
    float[] vectors = new float[60];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = 5 + i / 2 % 3;
    }
    startAndTrain(vectors);
  }

  @Test
  void fewerVectorsThanCodesStartACodebook() {
    startAndTrain(new float[] {5, 5, 6, 6, 7, 7});
  }

  private static void startAndTrain(float[] vectors) {
    try (VectorQuantizer quantizer =
        VectorQuantizer.ema(8, 2).deadCodeThreshold(0).build(new Rng(SEED))) {
      quantizer.initialize(vectors, vectors.length / 2, new Rng(SEED));
      float[] started = quantizer.codebook();
      try (Step step = Step.training(new Rng(SEED))) {
        quantizer.quantize(step.tensor(vectors, vectors.length / 2, 2));
        step.commit();
      }
      float[] after = quantizer.codebook();
      for (int i = 0; i < started.length; i++) {
        assertTrue(started[i] >= 5, "a code started outside the vectors: " + started[i]);
        assertEquals(started[i], after[i], 0.01);
      }
    }
  }

  @Test
  void aCodebookTooLargeForSeedingByDistanceStartsAtVectors() {
    int n = 16_384;
    int k = 4_096;
    int d = 64;
    float[] vectors = uniform(n, d, SEED);
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] += 1;
    }
    KMeans clusters = KMeans.fit(vectors, d, KMeansConfig.of(k).iterations(2), new Rng(SEED));
    assertEquals(n, Arrays.stream(clusters.sizes()).sum());
    for (float center : clusters.centers()) {
      assertTrue(center >= 1 && center <= 2, "a center lies outside the vectors: " + center);
    }
  }
}
