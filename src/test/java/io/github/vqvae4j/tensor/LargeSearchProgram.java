package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Searches a codebook of 65,536 codes for 100,000 rows, whose product matrix would need 26 GB,
 * verifies some of the results, and prints the memory used by the process.
 */
final class LargeSearchProgram {
  private static final int ROWS = 100_000;
  private static final int CODES = 65_536;
  private static final int DIMENSION = 64;
  private static final int CHECKED = 20;

  private LargeSearchProgram() {}

  public static void main(String... arguments) throws Exception {
    Rng rng = new Rng(3);
    float[] codes = Tensors.gaussians(rng, CODES * DIMENSION);
    float[] rows = Tensors.gaussians(rng, ROWS * DIMENSION);
    try (Step step = KernelSet.valueOf(arguments[0]).inference()) {
      Tensor x = step.tensor(rows, ROWS, DIMENSION);
      int[] actual = x.nearestRows(step.tensor(codes, CODES, DIMENSION)).toInts();
      int wrong = 0;
      for (int i = 0; i < ROWS; i += ROWS / CHECKED) {
        if (distance(rows, i, codes, actual[i])
            > (1 + Tolerances.FLOAT) * minDistance(rows, i, codes)) {
          wrong++;
        }
      }
      System.out.println("wrong " + wrong);
    }
    System.out.println(
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("RssAnon:"))
            .findFirst()
            .orElseThrow());
  }

  private static double minDistance(float[] rows, int row, float[] codes) {
    double minDistance = Double.POSITIVE_INFINITY;
    for (int code = 0; code < CODES; code++) {
      minDistance = Math.min(minDistance, distance(rows, row, codes, code));
    }
    return minDistance;
  }

  private static double distance(float[] rows, int row, float[] codes, int code) {
    double sum = 0;
    for (int i = 0; i < DIMENSION; i++) {
      double difference = rows[row * DIMENSION + i] - codes[code * DIMENSION + i];
      sum += difference * difference;
    }
    return sum;
  }
}
