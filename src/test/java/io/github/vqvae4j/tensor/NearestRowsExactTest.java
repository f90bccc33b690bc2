package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the search in float with an exhaustive search in double: the codes must be equal. */
class NearestRowsExactTest {
  private static final int[] SIZES = {1, 2, 31, 32, 33, 512, 1000, 4096};
  private static final int[] DIMENSIONS = {1, 2, 3, 8, 64, 256};
  private static final int ROWS = 23;

  /** Offsets up to a magnitude at which float can barely distinguish neighbors. */
  @ParameterizedTest
  @CsvSource({"0", "1", "10", "100", "1e3", "1e4", "1e5", "1e6"})
  void exactFarFromTheOrigin(float offset) {
    for (float spread : new float[] {1e-6f, 1e-3f, 1, 1e3f, 1e6f}) {
      for (int d : DIMENSIONS) {
        for (int k : SIZES) {
          if (k * d <= 1 << 16) {
            long seed = k * 1_000L + d;
            Rng rng = new Rng(seed);
            String about = "offset " + offset + ", spread " + spread + ", seed " + seed;
            check(
                about,
                valuesAround(rng, offset, spread, ROWS * d),
                valuesAround(rng, offset, spread, k * d),
                d);
          }
        }
      }
    }
  }

  private static float[] valuesAround(Rng rng, float offset, float spread, int count) {
    float[] values = Tensors.gaussians(rng, count);
    for (int i = 0; i < count; i++) {
      values[i] = offset + spread * values[i];
    }
    return values;
  }

  /** Codebook and rows in two clusters, far from each other and from their mean. */
  @ParameterizedTest
  @ValueSource(floats = {1, 1e3f, 1e6f, 1e18f, 3e38f})
  void exactForTwoDistantClusters(float distance) {
    for (int d : DIMENSIONS) {
      Rng rng = new Rng(d);
      float[] rows = valuesAround(rng, 0, 1, ROWS * d);
      float[] codes = valuesAround(rng, 0, 1, 200 * d);
      for (float[] values : new float[][] {rows, codes}) {
        for (int i = 0; i < values.length; i++) {
          values[i] += i / d % 2 == 0 ? distance : -distance;
        }
      }
      check("distance " + distance + ", seed " + d, rows, codes, d);
    }
  }

  @ParameterizedTest
  @ValueSource(
      floats = {1e-45f, 1e-42f, 1e-38f, 1e-30f, 1e-20f, 1e-10f, 1e10f, 1e18f, 1e20f, 3e37f})
  void exactForAnyMagnitude(float size) {
    for (int d : DIMENSIONS) {
      Rng rng = new Rng(d);
      check(
          "size " + size,
          valuesAround(rng, 0, size, ROWS * d),
          valuesAround(rng, 0, size, 300 * d),
          d);
      // Rows and codes of different magnitudes.
      check(
          "rows " + size,
          valuesAround(rng, 0, size, ROWS * d),
          valuesAround(rng, 0, 1, 300 * d),
          d);
      check(
          "codes " + size,
          valuesAround(rng, 0, 1, ROWS * d),
          valuesAround(rng, 0, size, 300 * d),
          d);
    }
  }

  @Test
  void exactForMixedMagnitudes() {
    for (long seed = 0; seed < 30; seed++) {
      for (int d : new int[] {1, 3, 8, 64}) {
        Rng rng = new Rng(seed);
        float[] rows = mixedMagnitudes(rng, ROWS * d);
        float[] codes = mixedMagnitudes(rng, 200 * d);
        for (int j = 0; j < 100; j++) {
          // Several codes near each row, at any scale.
          int from = j % ROWS * d;
          for (int c = 0; c < d; c++) {
            codes[j * d + c] = rows[from + c] * (1 + (float) Math.pow(10, -j / 14.0));
          }
        }
        for (int i = 0; i < codes.length; i++) {
          codes[i] = Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, codes[i]));
        }
        check("seed " + seed, rows, codes, d);
      }
    }
  }

  private static float[] mixedMagnitudes(Rng rng, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (rng.nextGaussian() * Math.pow(10, 76 * rng.nextDouble() - 40));
    }
    return values;
  }

  /** The values of a bug report: corners of a small distant square. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void exactForASmallDistantSquare(KernelSet kernels) {
    float[] corners = {1000, 1000, 1000, 1000.01f, 1000.01f, 1000, 1000.01f, 1000.01f};
    try (Step step = kernels.inference()) {
      Tensor x = step.tensor(corners, 4, 2);
      assertArrayEquals(new int[] {0, 1, 2, 3}, x.nearestRows(step.tensor(corners, 4, 2)).toInts());
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1e3f, 1e20f, 3e38f, 1e-40f})
  void exactForIdenticalCodes(float value) {
    for (int d : DIMENSIONS) {
      float[] codes = new float[100 * d];
      Arrays.fill(codes, value);
      check("value " + value, valuesAround(new Rng(d), value / 2, value / 16, ROWS * d), codes, d);
    }
  }

  /** Permutations of the same values have equal norms, and many are equal. */
  @Test
  void exactForCodesOfEqualNorm() {
    for (int d : new int[] {2, 8, 64}) {
      Rng rng = new Rng(d);
      float[] signs = Tensors.gaussians(rng, 2_000 * d);
      for (int i = 0; i < signs.length; i++) {
        signs[i] = Math.signum(signs[i]);
      }
      check("seed " + d, valuesAround(rng, 0, 1, ROWS * d), signs, d);
    }
  }

  /** Integers: many codes are at exactly equal distance, and zero has two signs. */
  @Test
  void exactForTies() {
    for (int d : new int[] {1, 2, 3, 8}) {
      Rng rng = new Rng(d);
      float[] rows = integers(rng, 200 * d);
      check("seed " + d, rows, integers(rng, 1_500 * d), d);
      check("halves, seed " + d, halves(rows), integers(rng, 70 * d), d);
    }
  }

  private static float[] integers(Rng rng, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (rng.nextInt(2) == 0 ? 1 : -1) * (float) rng.nextInt(3);
    }
    return values;
  }

  private static float[] halves(float[] values) {
    float[] halves = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = values[i] / 2;
    }
    return halves;
  }

  /** More codes within rounding of each other than the search stores as candidates. */
  @Test
  void exactForNearlyEqualCodes() {
    Rng rng = new Rng(4);
    for (int k : new int[] {40, 3_000}) {
      float[] codes = valuesAround(rng, 1, 3e-7f, k * 64);
      check("seed 4", valuesAround(rng, -3, 1, ROWS * 64), codes, 64);
    }
  }

  /** Rows longer than a chunk or a block of scores, and several blocks of each. */
  @ParameterizedTest
  @CsvSource({"3, 5, 3000", "2, 40, 200000", "700, 40, 2049", "300, 1100, 67"})
  void exactForLongRowsAndManyBlocks(int n, int k, int d) {
    Rng rng = new Rng(d);
    check("seed " + d, valuesAround(rng, 50, 1, n * d), valuesAround(rng, 50, 1, k * d), d);
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void nonFiniteRowsThrow(KernelSet kernels) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      try (Step step = kernels.inference()) {
        float[] rows = Tensors.gaussians(new Rng(1), 5_000 * 3);
        rows[4_321 * 3 + 1] = bad;
        rows[4_900 * 3] = bad;
        Tensor x = step.tensor(rows, 5_000, 3);
        Tensor codes = step.tensor(Tensors.gaussians(new Rng(2), 40 * 3), 40, 3);
        RuntimeException e = assertThrows(RuntimeException.class, () -> x.nearestRows(codes));
        assertMessageContains(e, "nearestRows", "row 4321", "column 1", String.valueOf(bad));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void nonFiniteCodesAreIgnored(KernelSet kernels) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int d : DIMENSIONS) {
        float[] codes = Tensors.gaussians(new Rng(d), 100 * d);
        float[] rows = codes.clone();
        int[] expected = new int[100];
        for (int j = 0; j < 100; j++) {
          if (j % 32 == 3) {
            codes[j * d + d / 2] = bad;
          }
        }
        for (int i = 0; i < 100; i++) {
          expected[i] = nearest(rows, i, codes, d);
        }
        try (Step step = kernels.inference()) {
          Tensor x = step.tensor(rows, 100, d);
          assertArrayEquals(expected, x.nearestRows(step.tensor(codes, 100, d)).toInts());
          Tensor none = step.tensor(new float[] {bad, bad}, 2, 1);
          assertMessageContains(
              assertThrows(
                  RuntimeException.class, () -> step.tensor(rows, 100 * d, 1).nearestRows(none)),
              "nearestRows",
              "2 codes");
        }
      }
    }
  }

  private static void check(String about, float[] rows, float[] codes, int d) {
    int n = rows.length / d;
    int k = codes.length / d;
    int[] expected = new int[n];
    Arrays.setAll(expected, i -> nearest(rows, i, codes, d));
    for (KernelSet kernels : KernelSet.values()) {
      try (Step step = kernels.inference()) {
        int[] actual = step.tensor(rows, n, d).nearestRows(step.tensor(codes, k, d)).toInts();
        int wrong = 0;
        for (int i = 0; i < n; i++) {
          wrong += actual[i] == expected[i] ? 0 : 1;
        }
        assertEquals(
            0, wrong, kernels + ", " + about + ", K " + k + ", D " + d + ": wrong of " + n);
      }
    }
  }

  /** Returns the lowest index of the finite codes with minimum distance in double. */
  private static int nearest(float[] rows, int row, float[] codes, int d) {
    int nearest = -1;
    double smallest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < codes.length / d; j++) {
      double distance = 0;
      for (int c = 0; c < d; c++) {
        double difference = (double) rows[row * d + c] - codes[j * d + c];
        distance += difference * difference;
      }
      if (distance < smallest) {
        smallest = distance;
        nearest = j;
      }
    }
    return nearest;
  }
}
