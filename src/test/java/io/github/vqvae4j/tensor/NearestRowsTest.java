package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares the nearest-row search with an exhaustive search. */
class NearestRowsTest {
  private static final long SEED = 11;

  /** The last cases have several blocks of rows or codes, the last of which is partial. */
  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "1,7,3",
    "5,1,2",
    "17,13,1",
    "64,64,64",
    "101,37,19",
    "3001,131,5",
    "300,2501,7"
  })
  void equalsExhaustiveSearch(int n, int k, int d) {
    for (KernelSet kernels : KernelSet.values()) {
      Rng rng = new Rng(SEED);
      float[] rows = Tensors.gaussians(rng, n * d);
      float[] codes = Tensors.gaussians(rng, k * d);
      try (Step step = kernels.inference()) {
        int[] actual = step.tensor(rows, n, d).nearestRows(step.tensor(codes, k, d)).toInts();
        assertEquals(n, actual.length);
        for (int i = 0; i < n; i++) {
          double minimum = distance(rows, i, codes, nearest(rows, i, codes, k, d), d);
          double chosen = distance(rows, i, codes, actual[i], d);
          int row = i;
          assertTrue(
              chosen <= minimum + Tolerances.FLOAT * (1 + minimum),
              () ->
                  kernels
                      + ", seed "
                      + SEED
                      + ": row "
                      + row
                      + " chose code "
                      + actual[row]
                      + " at "
                      + chosen
                      + ", the nearest is at "
                      + minimum);
        }
      }
    }
  }

  /** Runs in a process limited to 512 MB in total. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the memory is read from /proc")
  void memoryIsIndependentOfRowsTimesCodes() throws Exception {
    ChildJvm.Result result =
        new ChildJvm().with("-Xmx192m").run(LargeSearchProgram.class, KernelSet.ONEDNN.name());
    assertEquals(0, result.exit(), result::toString);
    assertEquals(List.of("wrong 0"), result.linesWith("wrong"), result::toString);
    String resident = result.linesWith("RssAnon:").get(0);
    long kilobytes = Long.parseLong(resident.replaceAll("\\D", ""));
    assertTrue(kilobytes < 512 << 10, resident);
  }

  @ParameterizedTest
  @CsvSource({"1,7,3", "33,20,4", "300,41,9"})
  void isExactInDouble(int n, int k, int d) {
    Rng rng = new Rng(SEED);
    float[] rows = Tensors.gaussians(rng, n * d);
    float[] codes = Tensors.gaussians(rng, k * d);
    int[] expected = new int[n];
    Arrays.setAll(expected, i -> nearest(rows, i, codes, k, d));
    try (Step step = KernelSet.ND4J.inference()) {
      Tensor x = step.tensor(doubles(rows), n, d);
      assertArrayEquals(
          expected, x.nearestRows(step.tensor(doubles(codes), k, d)).toInts(), "seed " + SEED);
    }
  }

  /** The prepared rows of a variable are cached until any kind of write. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void writingTheCodebookInvalidatesTheCache(KernelSet kernels) {
    Rng rng = new Rng(SEED);
    float[] rows = Tensors.gaussians(rng, 41 * 4);
    try (Variable codebook = new Variable(false, Tensors.gaussians(rng, 19 * 4), 19, 4)) {
      List<Runnable> writes =
          List.of(
              () -> {},
              () -> codebook.set(Tensors.gaussians(rng, 19 * 4)),
              () -> codebook.set(doubles(Tensors.gaussians(rng, 19 * 4))),
              () -> codebook.write(8, Tensors.gaussians(rng, 60), 0, 60),
              () -> codebook.replaceRows(new int[] {3, 5}, new double[] {1, 2, 3, 4, 0, 0, 0, 1}),
              () -> codebook.convert(DType.DOUBLE),
              () -> codebook.convert(DType.FLOAT));
      for (Runnable write : writes) {
        write.run();
        double[] array = codebook.toDoubles();
        float[] codes = new float[array.length];
        for (int i = 0; i < codes.length; i++) {
          codes[i] = (float) array[i];
        }
        int[] expected = new int[41];
        Arrays.setAll(expected, i -> nearest(rows, i, codes, 19, 4));
        for (int time = 0; time < 2; time++) {
          try (Step step = kernels.inference()) {
            Tensor x =
                codebook.dtype() == DType.DOUBLE
                    ? step.tensor(doubles(rows), 41, 4)
                    : step.tensor(rows, 41, 4);
            assertArrayEquals(expected, x.nearestRows(codebook.in(step)).toInts(), "seed " + SEED);
          }
        }
        try (Step step = kernels.training(new Rng(1))) {
          if (codebook.dtype() == DType.FLOAT) {
            Tensor x = step.tensor(rows, 41, 4);
            assertArrayEquals(expected, x.nearestRows(codebook.in(step)).toInts());
          }
        }
      }
    }
  }

  /** Distances of small integers are exact in float, so that ties are exact. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void lowestIndexWinsForEquallyNearCodes(KernelSet kernels) {
    try (Step step = kernels.inference()) {
      Tensor x = step.tensor(new float[] {0, 0, 3, 3, -5, 1}, 3, 2);
      Tensor codes = step.tensor(new float[] {9, 9, 1, 0, 0, 1, -1, 0, 3, 3, 3, 3}, 6, 2);
      assertArrayEquals(new int[] {1, 4, 3}, x.nearestRows(codes).toInts());
    }
  }

  /**
   * Products with equal codes may be summed in different orders; the lowest index must still win.
   */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void lowestIndexWinsForEqualCodes(KernelSet kernels) {
    Rng rng = new Rng(SEED);
    for (int k : new int[] {2, 3, 5, 7, 9, 13, 17, 31, 33, 65, 79}) {
      for (int d : new int[] {3, 8, 64, 67}) {
        for (int n : new int[] {1, 7, 33}) {
          float[] code = Tensors.gaussians(rng, d);
          float[] codes = new float[k * d];
          for (int j = 0; j < k; j++) {
            System.arraycopy(code, 0, codes, j * d, d);
          }
          try (Step step = kernels.inference()) {
            Tensor x = step.tensor(Tensors.gaussians(rng, n * d), n, d);
            int[] actual = x.nearestRows(step.tensor(codes, k, d)).toInts();
            assertArrayEquals(
                new int[n], actual, "seed " + SEED + ", " + n + " rows, " + k + " codes of " + d);
          }
        }
      }
    }
  }

  private static int nearest(float[] rows, int row, float[] codes, int k, int d) {
    int nearest = 0;
    for (int j = 1; j < k; j++) {
      if (distance(rows, row, codes, j, d) < distance(rows, row, codes, nearest, d)) {
        nearest = j;
      }
    }
    return nearest;
  }

  private static double distance(float[] rows, int row, float[] codes, int code, int d) {
    double distance = 0;
    for (int i = 0; i < d; i++) {
      double difference = (double) rows[row * d + i] - codes[code * d + i];
      distance += difference * difference;
    }
    return distance;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
