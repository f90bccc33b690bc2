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
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Dead codes: where they restart, how many at once, and what must not follow them there. */
class RestartTest {
  private static final int D = 3;
  private static final long SEED = 8;

  private static VectorQuantizer quantizer(Update update, int k) {
    VectorQuantizerConfig config =
        update == Update.EMA ? VectorQuantizer.ema(k, D) : VectorQuantizer.gradient(k, D);
    return config.init(Initialization.UNIFORM).deadCodeThreshold(0.03).build(new Rng(SEED));
  }

  private static float[] gaussians(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return values;
  }

  private static void train(VectorQuantizer quantizer, long seed, float[] vectors) {
    try (Step step = Step.training(new Rng(seed))) {
      quantizer.quantize(step.tensor(vectors, vectors.length / D, D));
      step.commit();
    }
  }

  private static int duplicates(float[] rows, int d) {
    Set<List<Float>> different = new HashSet<>();
    for (int i = 0; i < rows.length; i += d) {
      Float[] row = new Float[d];
      for (int c = 0; c < d; c++) {
        row[c] = rows[i + c] + 0f;
      }
      different.add(List.of(row));
    }
    return rows.length / d - different.size();
  }

  /** Fewer vectors than dead codes, the same in every step or new ones, some of them equal. */
  @ParameterizedTest
  @CsvSource({
    "EMA, true, 1", "EMA, false, 1", "EMA, true, 3", "EMA, false, 3",
    "GRADIENT, true, 1", "GRADIENT, false, 1", "GRADIENT, true, 3", "GRADIENT, false, 3"
  })
  void noTwoCodesRestartAtOneVector(Update update, boolean sameInEveryStep, int copies) {
    try (VectorQuantizer quantizer = quantizer(update, 300)) {
      for (int i = 0; i < 20; i++) {
        float[] some = gaussians(40 * D, sameInEveryStep ? 1 : i);
        float[] vectors = new float[copies * some.length];
        for (int c = 0; c < copies; c++) {
          System.arraycopy(some, 0, vectors, c * some.length, some.length);
        }
        train(quantizer, i, vectors);
        assertEquals(0, duplicates(quantizer.codebook(), D), "equal codes after step " + (i + 1));
      }
    }
  }

  /**
   * As many codes as vectors: the first update's smoothing leaves codes exactly at their vectors.
   */
  @Test
  void aVectorThatACodeHasJustMovedToIsNotTakenTwice() {
    int k = 16;
    try (VectorQuantizer quantizer = quantizer(Update.EMA, k)) {
      float[] vectors = gaussians(k * D, 2);
      for (int i = 0; i < 20; i++) {
        train(quantizer, i, vectors);
        assertEquals(0, duplicates(quantizer.codebook(), D), "equal codes after step " + (i + 1));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void deadCodesWithoutAVectorWaitInTheirPlaces(Update update) {
    try (VectorQuantizer quantizer = quantizer(update, 50)) {
      float[] before = quantizer.codebook();
      float[] vectors = {10, 10, 10, 20, 20, 20};
      train(quantizer, 1, vectors);
      float[] after = quantizer.codebook();
      int moved = 0;
      for (int j = 0; j < 50; j++) {
        moved += Arrays.equals(after, j * D, (j + 1) * D, before, j * D, (j + 1) * D) ? 0 : 1;
      }
      assertTrue(moved >= 2 && moved <= 4, moved + " codes moved for 2 vectors");
    }
  }

  /** Two batches are quantized with the same codebook before either changes it. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void vectorsOfTheOldPlaceAreNotTakenInAfterARestart(Update update) {
    try (VectorQuantizer quantizer = quantizer(update, 2)) {
      Variable codebook = quantizer.variables().get("codebook");
      codebook.set(new float[] {0, 0, 0, 100, 100, 100});
      // Code 1 gets nothing from the first batch, so it restarts at one of its vectors; in the
      // second batch it has vectors near its old place.
      float[] first = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3};
      float[] second = {99, 99, 99, 100, 100, 100};
      Runnable one = changes(quantizer, first);
      Runnable two = changes(quantizer, second);
      one.run();
      float[] restarted = Arrays.copyOfRange(quantizer.codebook(), D, 2 * D);
      assertTrue(restarted[0] >= 0 && restarted[0] <= 3, Arrays.toString(restarted));
      two.run();
      assertArrayEquals(
          restarted, Arrays.copyOfRange(quantizer.codebook(), D, 2 * D), 1e-3f, "pulled back");
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void severalBatchesOfOneStepMakeNoEqualCodes(Update update) {
    for (long seed = 0; seed < 20; seed++) {
      try (VectorQuantizer quantizer = quantizer(update, 100)) {
        float[] vectors = gaussians(30 * D, seed);
        for (int step = 0; step < 3; step++) {
          Runnable one = changes(quantizer, vectors);
          Runnable two = changes(quantizer, vectors);
          Runnable three = changes(quantizer, gaussians(30 * D, seed + 100));
          one.run();
          two.run();
          three.run();
          assertEquals(0, duplicates(quantizer.codebook(), D), "seed " + seed);
        }
      }
    }
  }

  private static Runnable changes(VectorQuantizer quantizer, float[] vectors) {
    try (Step step = Step.training(new Rng(SEED))) {
      quantizer.quantize(step.tensor(vectors, vectors.length / D, D));
      return step.drainCommits();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 20", "2, 20", "3, 2_000", "19, 20", "200, 300"})
  void fewerVectorsThanCodesStartDifferentCodesAmongThem(int n, String codes) {
    int k = Integer.parseInt(codes.replace("_", ""));
    for (Update update : Update.values()) {
      VectorQuantizerConfig config =
          update == Update.EMA ? VectorQuantizer.ema(k, D) : VectorQuantizer.gradient(k, D);
      try (VectorQuantizer quantizer = config.build(new Rng(SEED))) {
        float[] vectors = gaussians(n * D, 1);
        quantizer.initialize(vectors, n, new Rng(2));
        float[] started = quantizer.codebook();
        assertEquals(n == 1 ? k - 1 : 0, duplicates(started, D));
        for (int c = 0; c < D; c++) {
          float low = Float.POSITIVE_INFINITY;
          float high = Float.NEGATIVE_INFINITY;
          for (int i = c; i < vectors.length; i += D) {
            low = Math.min(low, vectors[i]);
            high = Math.max(high, vectors[i]);
          }
          for (int j = c; j < started.length; j += D) {
            assertTrue(low <= started[j] && started[j] <= high, started[j] + " lies outside");
          }
        }
      }
    }
  }

  /** So few that one of them would often be drawn as its own neighbour. */
  @Test
  void twoDifferentVectorsStartDifferentCodes() {
    for (int seed = 0; seed < 50; seed++) {
      float[] vectors = new float[60 * 4];
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = i < 120 ? 1 + i % 4 : -2 - i % 4;
      }
      VectorQuantizer quantizer = new VectorQuantizer(VectorQuantizer.ema(512, 4), new Rng(seed));
      quantizer.initialize(vectors, 30, new Rng(seed));
      float[] codes = quantizer.codebook();
      Set<List<Float>> different = new HashSet<>();
      for (int i = 0; i < 512; i++) {
        different.add(List.of(codes[4 * i], codes[4 * i + 1], codes[4 * i + 2], codes[4 * i + 3]));
      }
      assertEquals(512, different.size(), "seed " + seed);
    }
  }

  @Test
  void equalVectorsAmongMoreThanCodesStartDifferentCodes() {
    float[] vectors = new float[90];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = i / D % 4;
    }
    try (VectorQuantizer quantizer = VectorQuantizer.ema(12, D).build(new Rng(SEED))) {
      quantizer.initialize(vectors, 30, new Rng(1));
      assertEquals(0, duplicates(quantizer.codebook(), D));
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void vectorsThatAreNotFiniteChangeNothing(Update update) {
    for (DType dtype : List.of(DType.FLOAT, DType.DOUBLE)) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        try (VectorQuantizer quantizer = quantizer(update, 20)) {
          quantizer.convert(dtype);
          double[] vectors = new double[30 * D];
          Arrays.setAll(vectors, i -> i == 50 ? bad : i);
          double[] before = quantizer.variables().get("codebook").toDoubles();
          try (Step step = Step.training(new Rng(1))) {
            Tensor x =
                dtype == DType.DOUBLE
                    ? step.tensor(vectors, 30, D)
                    : step.tensor(floats(vectors), 30, D);
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

  /** Small, large and far away: what a finite loss lets through keeps the state finite. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void restartsKeepTheStateFinite(Update update) {
    for (float size : new float[] {1e-40f, 1e-20f, 1, 1e10f, 1e17f}) {
      try (VectorQuantizer quantizer = quantizer(update, 40)) {
        for (int i = 0; i < 10; i++) {
          float[] vectors = gaussians(25 * D, i);
          for (int j = 0; j < vectors.length; j++) {
            vectors[j] = size * (3 + vectors[j]);
          }
          train(quantizer, i, vectors);
          quantizer
              .variables()
              .forEach(
                  (name, variable) -> {
                    for (double value : variable.toDoubles()) {
                      assertTrue(Double.isFinite(value), name + " is " + value + ", size " + size);
                    }
                  });
        }
      }
    }
  }

  /** By the squared distance from their code: 1, 4, 9 and twice 16 of 46. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void vectorsAreDrawnInProportionToTheirSquaredDistance(Update update) {
    int runs = 600;
    float[] vectors = {1, 0, 0, 0, -2, 0, 0, 0, 3, 4, 0, 0, 4, 0, 0, 0, 0, 0};
    int[] drawn = new int[5];
    for (int seed = 0; seed < runs; seed++) {
      try (VectorQuantizer quantizer = quantizer(update, 2)) {
        Variable codebook = quantizer.variables().get("codebook");
        codebook.set(new float[] {0, 0, 0, 100, 100, 100});
        train(quantizer, seed, vectors);
        float[] moved = Arrays.copyOfRange(quantizer.codebook(), D, 2 * D);
        drawn[(int) Math.abs(moved[0] + moved[1] + moved[2])]++;
      }
    }
    assertEquals(0, drawn[0], "the vector at its code");
    double[] shares = {1 / 46.0, 4 / 46.0, 9 / 46.0, 32 / 46.0};
    for (int i = 0; i < shares.length; i++) {
      double deviation = Math.sqrt(runs * shares[i] * (1 - shares[i]));
      assertEquals(runs * shares[i], drawn[i + 1], 4 * deviation, "distance " + (i + 1));
    }
  }

  /** Only one code restarts at each of some vectors that are most of the batch. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void copiesOfAVectorLeaveRoomForOthers(Update update) {
    int n = 400;
    float[] vectors = gaussians(n * D, 3);
    for (int i = 0; i < n; i++) {
      if (i % 2 == 0) {
        Arrays.fill(vectors, i * D, (i + 1) * D, 9);
      }
    }
    try (VectorQuantizer quantizer = quantizer(update, 100)) {
      Variable codebook = quantizer.variables().get("codebook");
      float[] codes = new float[100 * D];
      Arrays.fill(codes, D, codes.length, 50);
      codebook.set(codes);
      train(quantizer, 1, vectors);
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

  /** Beside what quantizing takes without restarts: a few numbers for each vector. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void restartsTakeNoMemoryOfTheSizeOfTheVectors(Update update) {
    int n = 2048;
    int d = 64;
    float[] vectors = gaussians(n * d, 4);
    long[] bytes = new long[2];
    for (int i = 0; i < 2; i++) {
      VectorQuantizerConfig config =
          update == Update.EMA ? VectorQuantizer.ema(256, d) : VectorQuantizer.gradient(256, d);
      try (VectorQuantizer quantizer =
              config.init(Initialization.UNIFORM).deadCodeThreshold(i * 0.5).build(new Rng(SEED));
          Step step = Step.training(new Rng(1))) {
        Variable codebook = quantizer.variables().get("codebook");
        float[] far = codebook.toFloats();
        Arrays.fill(far, d, far.length, 1e3f);
        codebook.set(far);
        quantizer.quantize(step.tensor(vectors, n / 16, 4, 4, d));
        bytes[i] = step.bytes();
        step.commit();
        assertEquals(i, codebook.replacements(), "restarted");
      }
    }
    long more = bytes[1] - bytes[0];
    assertTrue(more <= 64L * n, more + " bytes more for " + n + " vectors of " + d + " floats");
  }

  /** The last example of three and an image alone in its pass, at the same place of the batch. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void aPartOfABatchDrawsAsTheWhole(Update update) {
    for (DType dtype : List.of(DType.FLOAT, DType.DOUBLE)) {
      for (long[] shape : new long[][] {{3, 5, 4, D}, {3, 20, D}, {3, D}}) {
        int different = 0;
        for (long step = 0; step < 10; step++) {
          // Where the other images lie at their code, they are no candidates.
          int each = (shape.length == 2 ? 1 : 20) * D;
          float[] vectors = new float[3 * each];
          System.arraycopy(gaussians(each, 5), 0, vectors, 2 * each, each);
          float[] alone = Arrays.copyOfRange(vectors, 2 * each, 3 * each);
          long[] one = shape.clone();
          one[0] = 1;
          double[] whole = restarted(update, dtype, new RngKey(SEED, step, 4), vectors, shape);
          double[] part = restarted(update, dtype, new RngKey(SEED, step, 6), alone, one);
          assertArrayEquals(whole, part, "step " + step + " of " + Arrays.toString(shape));
          double[] elsewhere = restarted(update, dtype, new RngKey(SEED, step, 4), alone, one);
          different += Arrays.equals(part, elsewhere) ? 0 : 1;
        }
        assertTrue(shape.length == 2 || different > 5, "the place has no part in it");
      }
    }
  }

  /** Where the second of two codes moves, to which no vector is near. */
  private static double[] restarted(
      Update update, DType dtype, RngKey key, float[] vectors, long... shape) {
    try (VectorQuantizer quantizer = quantizer(update, 2);
        Step step = Step.training(key)) {
      Variable codebook = quantizer.variables().get("codebook");
      codebook.set(new float[] {0, 0, 0, 100, 100, 100});
      quantizer.convert(dtype);
      quantizer.quantize(step.tensor(vectors, shape).to(dtype));
      step.commit();
      double[] after = codebook.toDoubles();
      return Arrays.copyOfRange(after, D, 2 * D);
    }
  }
}
