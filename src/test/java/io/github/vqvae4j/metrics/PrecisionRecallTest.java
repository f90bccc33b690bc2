package io.github.vqvae4j.metrics;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.github.vqvae4j.random.Rng;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Precision and recall compared with their definition, and on sets with known results. */
class PrecisionRecallTest {
  /** Returns normally distributed vectors around a center. */
  private static float[][] cluster(int count, int dimension, float center, long seed) {
    Rng rng = new Rng(seed);
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      for (int d = 0; d < dimension; d++) {
        vector[d] = center + (float) rng.nextGaussian();
      }
    }
    return vectors;
  }

  private static float[][] concat(float[][] first, float[][] second) {
    return Stream.of(first, second).flatMap(Arrays::stream).toArray(float[][]::new);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += Math.pow((double) a[d] - b[d], 2);
    }
    return Math.sqrt(sum);
  }

  /** The definition: the fraction of vectors in at least one of the balls of a manifold. */
  private static double within(float[][] vectors, float[][] manifold, int k) {
    int covered = 0;
    for (float[] vector : vectors) {
      boolean isCovered = false;
      for (int i = 0; i < manifold.length; i++) {
        float[] center = manifold[i];
        int self = i;
        double[] others =
            IntStream.range(0, manifold.length)
                .filter(j -> j != self)
                .mapToDouble(j -> distance(center, manifold[j]))
                .sorted()
                .toArray();
        isCovered |= distance(vector, center) <= others[k - 1];
      }
      covered += isCovered ? 1 : 0;
    }
    return (double) covered / vectors.length;
  }

  @ParameterizedTest
  @CsvSource({
    "150, 130, 5, 3, 0.8",
    "65, 64, 2, 1, 1.5",
    "20, 200, 3, 7, 0.5",
    "4, 9, 1, 3, 1",
    "70, 70, 9, 69, 2"
  })
  void equalsTheDefinition(int n, int m, int dimension, int k, float shift) {
    float[][] real = cluster(n, dimension, 0, 1);
    float[][] generated = cluster(m, dimension, shift, 2);
    PrecisionRecall result = PrecisionRecall.of(real, generated, k);
    assertEquals(within(generated, real, k), result.precision());
    assertEquals(within(real, generated, k), result.recall());
    PrecisionRecall swapped = PrecisionRecall.of(generated, real, k);
    assertEquals(new PrecisionRecall(result.recall(), result.precision()), swapped);
  }

  /** Integer coordinates have many equal distances. */
  @Test
  void vectorsAtTheRadiusAreWithin() {
    Rng rng = new Rng(3);
    float[][] vectors = new float[160][2];
    for (float[] vector : vectors) {
      vector[0] = rng.nextInt(12);
      vector[1] = rng.nextInt(12);
    }
    float[][] real = Arrays.copyOf(vectors, 80);
    float[][] generated = Arrays.copyOfRange(vectors, 80, 160);
    PrecisionRecall result = PrecisionRecall.of(real, generated, 1);
    assertEquals(within(generated, real, 1), result.precision());
    assertEquals(within(real, generated, 1), result.recall());
    float[][] line = {{0}, {1}};
    assertEquals(new PrecisionRecall(1, 0), PrecisionRecall.of(line, new float[][] {{2}, {2}}, 1));
  }

  @Test
  void equalSetsHaveOne() {
    float[][] vectors = cluster(100, 8, 0, 1);
    assertEquals(new PrecisionRecall(1, 1), PrecisionRecall.of(vectors, vectors.clone(), 3));
    float[][] equal = new float[10][4];
    assertEquals(new PrecisionRecall(1, 1), PrecisionRecall.of(equal, equal, 3));
  }

  @Test
  void distantSetsHaveZero() {
    assertEquals(
        new PrecisionRecall(0, 0),
        PrecisionRecall.of(cluster(100, 8, 0, 1), cluster(100, 8, 100, 2), 3));
  }

  /** Half of the modes are missing, or half of the samples are of no mode. */
  @Test
  void missingModesLowerTheRecallAndWrongSamplesThePrecision() {
    float[][] one = cluster(100, 4, 0, 1);
    float[][] both = concat(one, cluster(100, 4, 100, 2));
    PrecisionRecall missing = PrecisionRecall.of(both, one, 3);
    assertEquals(new PrecisionRecall(1, 0.5), missing);
    assertEquals(new PrecisionRecall(0.5, 1), PrecisionRecall.of(one, both, 3));
  }

  @Test
  void thousandsOfVectorsTakeSeconds() {
    float[][] real = cluster(5_000, 64, 0, 1);
    float[][] generated = cluster(5_000, 64, 0, 2);
    assertTimeout(Duration.ofSeconds(30), () -> PrecisionRecall.of(real, generated, 3));
  }

  @Test
  void rejectsOtherInputs() {
    float[][] four = cluster(4, 2, 0, 1);
    assertRejected(four, four, 4, "more than k real vectors, got k = 4 and 4");
    assertRejected(four, four, 0, "k of at least 1", "got k = 0");
    assertRejected(four, cluster(3, 2, 0, 1), 3, "generated", "k = 3 and 3");
    assertRejected(new float[0][], four, 1, "real", "and 0");
    assertRejected(new float[4][0], four, 1, "got 0 values in real vector 0");
    assertRejected(four, cluster(4, 3, 0, 1), 1, "got 3 values in generated vector 0 and 2");
    float[][] bad = cluster(4, 2, 0, 1);
    bad[3][1] = Float.NaN;
    assertRejected(four, bad, 1, "finite", "NaN in generated vector 3");
  }

  private static void assertRejected(
      float[][] real, float[][] generated, int k, String... expected) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> PrecisionRecall.of(real, generated, k)),
        expected);
  }
}
