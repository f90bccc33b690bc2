package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Restarts of dead codes: choice of latents, number of restarts, and effects on the state. */
class DeadCodeRestartTest {
  private static final int D = 3;
  private static final long SEED = 8;

  /**
   * Creates a quantizer. Its decay is not the default, 0.95: with that (not with 0.94 or 0.96), a
   * code whose only latent goes to a restarted code has the same count in step 6, and smoothing
   * makes their vectors equal.
   */
  private static VectorQuantizer quantizer(Update update, int k) {
    VectorQuantizerConfig config =
        update == Update.EMA ? VectorQuantizer.ema(k, D) : VectorQuantizer.gradient(k, D);
    return config
        .init(Initialization.UNIFORM)
        .ema(EmaConfig.DEFAULT.decay(0.99))
        .deadCodeThreshold(0.03)
        .build(new Rng(SEED));
  }

  private static float[] gaussians(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return values;
  }

  private static void train(VectorQuantizer quantizer, long seed, float[] latents) {
    try (Step step = Step.training(new Rng(seed))) {
      quantizer.quantize(step.tensor(latents, latents.length / D, D));
      step.commit();
    }
  }

  private static int duplicates(float[] rows, int d) {
    Set<List<Float>> distinct = new HashSet<>();
    for (int i = 0; i < rows.length; i += d) {
      Float[] row = new Float[d];
      for (int c = 0; c < d; c++) {
        row[c] = rows[i + c] + 0f;
      }
      distinct.add(List.of(row));
    }
    return rows.length / d - distinct.size();
  }

  /** Fewer latents than dead codes; the same latents in every step or new ones; some duplicates. */
  @ParameterizedTest
  @CsvSource({
    "EMA, true, 1", "EMA, false, 1", "EMA, true, 3", "EMA, false, 3",
    "GRADIENT, true, 1", "GRADIENT, false, 1", "GRADIENT, true, 3", "GRADIENT, false, 3"
  })
  void restartedCodesAreDistinct(Update update, boolean sameInEveryStep, int copies) {
    try (VectorQuantizer quantizer = quantizer(update, 300)) {
      for (int i = 0; i < 20; i++) {
        float[] distinct = gaussians(40 * D, sameInEveryStep ? 1 : i);
        float[] latents = new float[copies * distinct.length];
        for (int c = 0; c < copies; c++) {
          System.arraycopy(distinct, 0, latents, c * distinct.length, distinct.length);
        }
        train(quantizer, i, latents);
        assertEquals(0, duplicates(quantizer.codebook(), D), "equal codes after step " + (i + 1));
      }
    }
  }

  /**
   * With as many codes as latents, the smoothing of the first update places codes exactly at their
   * latents.
   */
  @Test
  void codesAreNotRestartedAtTheVectorOfAnotherCode() {
    int k = 16;
    try (VectorQuantizer quantizer = quantizer(Update.EMA, k)) {
      float[] latents = gaussians(k * D, 2);
      for (int i = 0; i < 20; i++) {
        train(quantizer, i, latents);
        assertEquals(0, duplicates(quantizer.codebook(), D), "equal codes after step " + (i + 1));
      }
    }
  }

  /** Hundreds of equal latents with the largest errors, and a few others. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void candidatesAreFoundBehindManyEqualLatents(Update update) {
    try (VectorQuantizer quantizer = quantizer(update, 7)) {
      float[] latents = new float[300 * D];
      Arrays.fill(latents, 100);
      float[] others = {5, 5, 5, 5, 6, 5, 6, 5, 5};
      System.arraycopy(others, 0, latents, 100 * D, others.length);
      train(quantizer, 1, latents);
      List<List<Float>> codes = rows(quantizer.codebook());
      assertTrue(codes.contains(List.of(100f, 100f, 100f)), codes::toString);
      assertTrue(codes.containsAll(rows(others)), codes::toString);
    }
  }

  private static List<List<Float>> rows(float... values) {
    List<List<Float>> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i += D) {
      rows.add(List.of(values[i], values[i + 1], values[i + 2]));
    }
    return rows;
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void deadCodesWithoutACandidateRemainUnchanged(Update update) {
    try (VectorQuantizer quantizer = quantizer(update, 50)) {
      float[] before = quantizer.codebook();
      float[] latents = {10, 10, 10, 20, 20, 20};
      train(quantizer, 1, latents);
      float[] after = quantizer.codebook();
      int moved = 0;
      for (int j = 0; j < 50; j++) {
        moved += Arrays.equals(after, j * D, (j + 1) * D, before, j * D, (j + 1) * D) ? 0 : 1;
      }
      assertTrue(moved >= 2 && moved <= 4, moved + " codes moved for 2 latents");
    }
  }

  /** A code that is selected in the second of two accumulated batches only is not dead. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void codesSelectedInAnyBatchOfAStepAreNotDead(Update update) {
    try (VectorQuantizer quantizer = quantizer(update, 2)) {
      Variable codebook = quantizer.variables().get("codebook");
      float[] vectors = {0, 0, 0, 100, 100, 100};
      codebook.set(vectors);
      float[] first = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3};
      float[] second = {99, 99, 99, 100, 100, 100};
      commit(quantizer, first).merge(commit(quantizer, second)).run();
      assertEquals(0, codebook.replacementCount(), "replacements");
      float[] expected = update == Update.EMA ? new float[] {1.5f, 99.5f} : new float[] {0, 100};
      assertEquals(expected[0], quantizer.codebook()[0], 1e-2f);
      assertEquals(expected[1], quantizer.codebook()[D], 1e-2f);
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void severalBatchesPerStepDoNotProduceDuplicateCodes(Update update) {
    for (long seed = 0; seed < 20; seed++) {
      try (VectorQuantizer quantizer = quantizer(update, 100)) {
        float[] latents = gaussians(30 * D, seed);
        for (int step = 0; step < 3; step++) {
          StateUpdates one = commit(quantizer, latents);
          StateUpdates two = commit(quantizer, latents);
          StateUpdates three = commit(quantizer, gaussians(30 * D, seed + 100));
          one.merge(two).merge(three).run();
          assertEquals(0, duplicates(quantizer.codebook(), D), "seed " + seed);
        }
      }
    }
  }

  private static StateUpdates commit(VectorQuantizer quantizer, float[] latents) {
    try (Step step = Step.training(new Rng(SEED))) {
      quantizer.quantize(step.tensor(latents, latents.length / D, D));
      return step.drainCommits();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 20", "2, 20", "3, 2_000", "19, 20", "200, 300"})
  void fewerLatentsThanCodesInitializeDistinctCodesInTheirRange(int n, String codes) {
    int k = Integer.parseInt(codes.replace("_", ""));
    for (Update update : Update.values()) {
      VectorQuantizerConfig config =
          update == Update.EMA ? VectorQuantizer.ema(k, D) : VectorQuantizer.gradient(k, D);
      try (VectorQuantizer quantizer = config.build(new Rng(SEED))) {
        float[] latents = gaussians(n * D, 1);
        quantizer.initialize(latents, n, new Rng(2));
        float[] initial = quantizer.codebook();
        assertEquals(n == 1 ? k - 1 : 0, duplicates(initial, D));
        for (int c = 0; c < D; c++) {
          float min = Float.POSITIVE_INFINITY;
          float max = Float.NEGATIVE_INFINITY;
          for (int i = c; i < latents.length; i += D) {
            min = Math.min(min, latents[i]);
            max = Math.max(max, latents[i]);
          }
          for (int j = c; j < initial.length; j += D) {
            assertTrue(min <= initial[j] && initial[j] <= max, initial[j] + " is out of range");
          }
        }
      }
    }
  }

  /** With two distinct latents, a code would often be chosen as its own neighbor. */
  @Test
  void twoDistinctLatentsInitializeDistinctCodes() {
    for (int seed = 0; seed < 50; seed++) {
      float[] latents = new float[60 * 4];
      for (int i = 0; i < latents.length; i++) {
        latents[i] = i < 120 ? 1 + i % 4 : -2 - i % 4;
      }
      VectorQuantizer quantizer = new VectorQuantizer(VectorQuantizer.ema(512, 4), new Rng(seed));
      quantizer.initialize(latents, 30, new Rng(seed));
      float[] codes = quantizer.codebook();
      Set<List<Float>> distinct = new HashSet<>();
      for (int i = 0; i < 512; i++) {
        distinct.add(List.of(codes[4 * i], codes[4 * i + 1], codes[4 * i + 2], codes[4 * i + 3]));
      }
      assertEquals(512, distinct.size(), "seed " + seed);
    }
  }

  @Test
  void duplicateLatentsInitializeDistinctCodes() {
    float[] latents = new float[90];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = i / D % 4;
    }
    try (VectorQuantizer quantizer = VectorQuantizer.ema(12, D).build(new Rng(SEED))) {
      quantizer.initialize(latents, 30, new Rng(1));
      assertEquals(0, duplicates(quantizer.codebook(), D));
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void nonFiniteLatentsDoNotChangeTheState(Update update) {
    for (DType dtype : List.of(DType.FLOAT, DType.DOUBLE)) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        try (VectorQuantizer quantizer = quantizer(update, 20)) {
          quantizer.convert(dtype);
          double[] latents = new double[30 * D];
          Arrays.setAll(latents, i -> i == 50 ? bad : i);
          double[] before = quantizer.variables().get("codebook").toDoubles();
          try (Step step = Step.training(new Rng(1))) {
            Tensor x =
                dtype == DType.DOUBLE
                    ? step.tensor(latents, 30, D)
                    : step.tensor(floats(latents), 30, D);
            assertThrows(NonFiniteException.class, () -> quantizer.quantize(x));
            assertThrows(NonFiniteException.class, () -> quantizer.encode(x));
            step.commit();
          }
          assertArrayEquals(before, quantizer.variables().get("codebook").toDoubles());
        }
      }
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Tiny and huge latents whose loss is still finite. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void restartsKeepTheStateFinite(Update update) {
    for (float scale : new float[] {1e-40f, 1e-20f, 1, 1e10f, 1e17f}) {
      try (VectorQuantizer quantizer = quantizer(update, 40)) {
        for (int i = 0; i < 10; i++) {
          float[] latents = gaussians(25 * D, i);
          for (int j = 0; j < latents.length; j++) {
            latents[j] = scale * (3 + latents[j]);
          }
          train(quantizer, i, latents);
          quantizer
              .variables()
              .forEach(
                  (name, variable) -> {
                    for (double value : variable.toDoubles()) {
                      assertTrue(
                          Double.isFinite(value), name + " is " + value + ", scale " + scale);
                    }
                  });
        }
      }
    }
  }

  /** The squared distances from the code are 1, 4, 9, 16 and 16, in total 46. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void latentsAreSampledInProportionToTheirSquaredDistance(Update update) {
    int runs = 600;
    float[] latents = {1, 0, 0, 0, -2, 0, 0, 0, 3, 4, 0, 0, 4, 0, 0, 0, 0, 0};
    int[] sampled = new int[5];
    for (int seed = 0; seed < runs; seed++) {
      try (VectorQuantizer quantizer = quantizer(update, 2)) {
        Variable codebook = quantizer.variables().get("codebook");
        codebook.set(new float[] {0, 0, 0, 100, 100, 100});
        train(quantizer, seed, latents);
        float[] moved = Arrays.copyOfRange(quantizer.codebook(), D, 2 * D);
        sampled[(int) Math.abs(moved[0] + moved[1] + moved[2])]++;
      }
    }
    assertEquals(0, sampled[0], "the latent equal to its code");
    double[] probabilities = {1 / 46.0, 4 / 46.0, 9 / 46.0, 32 / 46.0};
    for (int i = 0; i < probabilities.length; i++) {
      double deviation = Math.sqrt(runs * probabilities[i] * (1 - probabilities[i]));
      assertEquals(runs * probabilities[i], sampled[i + 1], 4 * deviation, "distance " + (i + 1));
    }
  }

  /** Half of the batch are copies of one latent; only one code restarts there. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void duplicateLatentsRestartOnlyOneCode(Update update) {
    int n = 400;
    float[] latents = gaussians(n * D, 3);
    for (int i = 0; i < n; i++) {
      if (i % 2 == 0) {
        Arrays.fill(latents, i * D, (i + 1) * D, 9);
      }
    }
    try (VectorQuantizer quantizer = quantizer(update, 100)) {
      Variable codebook = quantizer.variables().get("codebook");
      float[] codes = new float[100 * D];
      Arrays.fill(codes, D, codes.length, 50);
      codebook.set(codes);
      train(quantizer, 1, latents);
      float[] after = quantizer.codebook();
      int restarted = 0;
      int copies = 0;
      for (int i = 1; i < 100; i++) {
        restarted += after[i * D] == 50 ? 0 : 1;
        copies += after[i * D] == 9 ? 1 : 0;
      }
      assertEquals(1, copies);
      assertEquals(99, restarted);
    }
  }

  /** In addition to the memory of quantization itself: a few values for each latent. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void restartsDoNotCopyAllLatents(Update update) {
    int n = 2048;
    int d = 64;
    float[] latents = gaussians(n * d, 4);
    long[] bytes = new long[2];
    for (int i = 0; i < 2; i++) {
      VectorQuantizerConfig config =
          update == Update.EMA ? VectorQuantizer.ema(256, d) : VectorQuantizer.gradient(256, d);
      try (VectorQuantizer quantizer =
              config.init(Initialization.UNIFORM).deadCodeThreshold(i * 0.5).build(new Rng(SEED));
          Step step = Step.training(new Rng(1))) {
        Variable codebook = quantizer.variables().get("codebook");
        float[] distant = codebook.toFloats();
        Arrays.fill(distant, d, distant.length, 1e3f);
        codebook.set(distant);
        quantizer.quantize(step.tensor(latents, n / 16, 4, 4, d));
        bytes[i] = step.bytes();
        step.commit();
        assertEquals(i, codebook.replacementCount(), "restarted");
      }
    }
    long additional = bytes[1] - bytes[0];
    assertTrue(
        additional <= 64L * n,
        additional + " additional bytes for " + n + " latents of " + d + " floats");
  }

  /**
   * Compares the last of three examples with the same example alone, at the same batch position.
   */
  @ParameterizedTest
  @EnumSource(Update.class)
  void randomChoicesDoNotDependOnHowABatchIsDivided(Update update) {
    for (DType dtype : List.of(DType.FLOAT, DType.DOUBLE)) {
      for (long[] shape : new long[][] {{3, 5, 4, D}, {3, 20, D}, {3, D}}) {
        int different = 0;
        for (long step = 0; step < 10; step++) {
          // The other examples are equal to their code, so they are not candidates.
          int length = (shape.length == 2 ? 1 : 20) * D;
          float[] latents = new float[3 * length];
          System.arraycopy(gaussians(length, 5), 0, latents, 2 * length, length);
          float[] last = Arrays.copyOfRange(latents, 2 * length, 3 * length);
          long[] lastShape = shape.clone();
          lastShape[0] = 1;
          double[] whole = restarted(update, dtype, new RngKey(SEED, step, 4), latents, shape);
          double[] alone = restarted(update, dtype, new RngKey(SEED, step, 6), last, lastShape);
          assertArrayEquals(whole, alone, "step " + step + " of " + Arrays.toString(shape));
          double[] first = restarted(update, dtype, new RngKey(SEED, step, 4), last, lastShape);
          different += Arrays.equals(alone, first) ? 0 : 1;
        }
        assertTrue(
            shape.length == 2 || different > 5, "the choice does not depend on the position");
      }
    }
  }

  /** Returns the new vector of the second of two codes, which is dead. */
  private static double[] restarted(
      Update update, DType dtype, RngKey key, float[] latents, long... shape) {
    try (VectorQuantizer quantizer = quantizer(update, 2);
        Step step = Step.training(key)) {
      Variable codebook = quantizer.variables().get("codebook");
      codebook.set(new float[] {0, 0, 0, 100, 100, 100});
      quantizer.convert(dtype);
      quantizer.quantize(step.tensor(latents, shape).to(dtype));
      step.commit();
      double[] after = codebook.toDoubles();
      return Arrays.copyOfRange(after, D, 2 * D);
    }
  }
}
