package io.github.vqvae4j.metrics;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalAxesTest {
  @Test
  void axesOfARotatedCrossAreFound() {
    // Four points on two perpendicular lines through (5, -2): 3/5 and 4/5 of lengths 10 and 5.
    float[] rows = {5 + 6, -2 + 8, 5 - 6, -2 - 8, 5 - 4, -2 + 3, 5 + 4, -2 - 3};
    PrincipalAxes axes = PrincipalAxes.of(rows, 2);
    assertArrayEquals(new double[] {0.8, 0.2}, axes.explainedVarianceRatios(), 1e-12);
    assertArrayEquals(new double[] {10, -10, 0, 0}, axes.project(rows, 0), 1e-6);
    assertArrayEquals(new double[] {0, 0, -5, 5}, axes.project(rows, 1), 1e-6);
    assertArrayEquals(new double[] {0}, axes.project(new float[] {5, -2}, 0), 1e-6);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64})
  void coordinatesAreUncorrelatedOrderedByVarianceAndPreserveDistances(int d) {
    Rng rng = new Rng(4);
    int n = 300;
    float[] rows = new float[n * d];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) (3 + rng.nextGaussian() * (1 + i % d) + (i % d > 0 ? rows[i - 1] : 0));
    }
    PrincipalAxes axes = PrincipalAxes.of(rows, d);
    double[][] coordinates = new double[d][];
    for (int axis = 0; axis < d; axis++) {
      coordinates[axis] = axes.project(rows, axis);
    }
    double total = 0;
    for (double[] one : coordinates) {
      total += dot(one, one);
    }
    assertEquals(1, Arrays.stream(axes.explainedVarianceRatios()).sum(), 1e-9);
    for (int a = 0; a < d; a++) {
      assertEquals(
          axes.explainedVarianceRatios()[a], dot(coordinates[a], coordinates[a]) / total, 1e-9);
      assertEquals(0, Arrays.stream(coordinates[a]).sum() / Math.sqrt(total), 1e-6);
      for (int b = 0; b < a; b++) {
        assertEquals(0, dot(coordinates[a], coordinates[b]) / total, 1e-9);
        assertEquals(
            1,
            Math.max(1, axes.explainedVarianceRatios()[a] / axes.explainedVarianceRatios()[b]),
            1e-9,
            "descending order");
      }
    }
    double distance = 0;
    double projected = 0;
    for (int c = 0; c < d; c++) {
      distance += Math.pow((double) rows[c] - rows[d + c], 2);
      projected += Math.pow(coordinates[c][0] - coordinates[c][1], 2);
    }
    assertEquals(distance, projected, 1e-9 * distance);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void equalRowsHaveEqualCoordinates() {
    PrincipalAxes axes = PrincipalAxes.of(new float[] {1, 2, 1, 2, 1, 2}, 2);
    assertArrayEquals(new double[2], axes.explainedVarianceRatios());
    assertArrayEquals(new double[3], axes.project(new float[] {1, 2, 1, 2, 1, 2}, 1));
  }

  @Test
  void invalidArgumentsAreRejected() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> PrincipalAxes.of(new float[] {1, 2, 3}, 2)),
        "rows of 2 values",
        "got 3 values");
    assertThrows(IllegalArgumentException.class, () -> PrincipalAxes.of(new float[0], 2));
    assertThrows(IllegalArgumentException.class, () -> PrincipalAxes.of(new float[2], 0));
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> PrincipalAxes.of(new float[] {1, 2, 3, Float.NaN}, 2)),
        "got NaN in row 1, column 1");
    PrincipalAxes axes = PrincipalAxes.of(new float[4], 2);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> axes.project(new float[2], 2)),
        "axis from 0 to 1, got 2");
    assertThrows(IllegalArgumentException.class, () -> axes.project(new float[2], -1));
    assertThrows(IllegalArgumentException.class, () -> axes.project(new float[3], 0));
  }
}
