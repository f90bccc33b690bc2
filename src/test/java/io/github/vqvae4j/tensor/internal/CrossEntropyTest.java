package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares cross-entropy and its gradient with their definitions in double. */
class CrossEntropyTest {
  private static final int IGNORED = -1;

  private Arena arena;

  @BeforeEach
  void open() {
    arena = Arena.acquire();
  }

  @AfterEach
  void close() {
    arena.recycle();
  }

  private static double logSumExp(double[] x, int from, int length) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + length; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += Math.exp(x[i] - max);
    }
    return max + Math.log(sum);
  }

  /**
   * Sizes of one block, of several with a smaller last block, and with rows longer than a block.
   */
  @ParameterizedTest
  @EnumSource
  void meanAndGradient(KernelSetting set) {
    Rng rng = new Rng(6);
    int[][] sizes = {{1, 1}, {7, 3}, {1, 5}, {300, 512}, {1031, 131}, {3, 140_000}};
    for (int[] s : sizes) {
      int n = s[0];
      int c = s[1];
      double[] x = new double[n * c];
      for (int i = 0; i < x.length; i++) {
        x[i] = set.rounded(5 * rng.nextGaussian());
      }
      int[] targets = new int[n];
      int count = 0;
      for (int i = 0; i < n; i++) {
        targets[i] = n > 1 && i % 3 == 1 ? IGNORED : rng.nextInt(c);
        count += targets[i] == IGNORED ? 0 : 1;
      }
      double loss = 0;
      double[] gradient = new double[n * c];
      double slope = -0.7;
      for (int i = 0; i < n; i++) {
        if (targets[i] != IGNORED) {
          double sum = logSumExp(x, i * c, c);
          loss += (sum - x[i * c + targets[i]]) / count;
          for (int j = 0; j < c; j++) {
            double difference = Math.exp(x[i * c + j] - sum) - (j == targets[i] ? 1 : 0);
            gradient[i * c + j] = slope * difference / count;
          }
        } else {
          // Ignored rows may contain NaN.
          x[i * c] = Double.NaN;
        }
      }
      INDArray logits = set.array(arena, x, n, c);
      INDArray classes = KernelSetting.ints(arena, targets, n);
      double tolerance = set.dtype == DType.FLOAT ? 1e-5 : 1e-13;
      if (set == KernelSetting.ND4J_FLOAT && c > 100_000) {
        // ND4J sums all exponentials of a row in one float.
        tolerance = 2e-4;
      }
      assertEquals(
          loss,
          CrossEntropy.mean(set.kernels, arena, logits, classes, IGNORED),
          Math.abs(loss) * tolerance + tolerance);
      INDArray dx = arena.allocate(set.dtype, n, c);
      CrossEntropy.gradient(set.kernels, logits, classes, IGNORED, slope, dx);
      assertArrayEquals(gradient, HeapCopy.doublesOf(dx), tolerance / count);
    }
  }

  @ParameterizedTest
  @EnumSource
  void infiniteLogits(KernelSetting set) {
    double inf = Double.POSITIVE_INFINITY;
    INDArray logits = set.array(arena, new double[] {1, -inf, 1, 1, -inf, 1}, 2, 3);
    INDArray possible = KernelSetting.ints(arena, new int[] {0, 2}, 2);
    INDArray impossible = KernelSetting.ints(arena, new int[] {0, 1}, 2);
    INDArray allIgnored = KernelSetting.ints(arena, new int[] {-7, -7}, 2);
    assertEquals(
        Math.log(2), CrossEntropy.mean(set.kernels, arena, logits, possible, IGNORED), 2e-6);
    assertEquals(inf, CrossEntropy.mean(set.kernels, arena, logits, impossible, IGNORED));
    assertEquals(0, CrossEntropy.mean(set.kernels, arena, logits, allIgnored, -7));
    INDArray dx = arena.allocate(set.dtype, 2, 3);
    CrossEntropy.gradient(set.kernels, logits, possible, IGNORED, 4, dx);
    assertArrayEquals(new double[] {-1, 0, 1, 1, 0, -1}, HeapCopy.doublesOf(dx), 1e-6);
    CrossEntropy.gradient(set.kernels, logits, allIgnored, -7, 4, dx);
    assertArrayEquals(new double[6], HeapCopy.doublesOf(dx));
  }

  @ParameterizedTest
  @EnumSource
  void invalidTargetsAreNamedInTheError(KernelSetting set) {
    INDArray logits = set.array(arena, new double[6], 2, 3);
    INDArray targets = KernelSetting.ints(arena, new int[] {-1, 3}, 2);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> CrossEntropy.mean(set.kernels, arena, logits, targets, IGNORED))
            .getMessage();
    assertEquals(
        "crossEntropy: expected targets from 0 to 2, or -1 for rows to ignore, got 3 at"
            + " position 1.",
        message);
  }

  @ParameterizedTest
  @EnumSource
  void memoryUseIsBounded(KernelSetting set) {
    INDArray logits = set.array(arena, new double[2000 * 1000], 2000, 1000);
    INDArray targets = KernelSetting.ints(arena, new int[2000], 2000);
    long before = arena.usedBytes();
    CrossEntropy.mean(set.kernels, arena, logits, targets, IGNORED);
    assertTrue(arena.usedBytes() - before <= 8L << 17, () -> arena.usedBytes() - before + " bytes");
  }
}
