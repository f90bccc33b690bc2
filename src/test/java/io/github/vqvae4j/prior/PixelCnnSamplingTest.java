package io.github.vqvae4j.prior;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.parallel.Threads;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cached sampling, compared with passes over whole maps for each position. */
class PixelCnnSamplingTest {
  private static final int K = 6;
  private static final int HEIGHT = 4;
  private static final int WIDTH = 6;
  private static final float TOLERANCE = 1e-5f;

  private static final PixelCnnConfig SMALL =
      PixelCnn.ofCodes(K).size(HEIGHT, WIDTH).layers(3).channels(6).headChannels(15);

  /** A prior whose distributions are not almost uniform. */
  private static PixelCnn sharp(PixelCnnConfig config) {
    PixelCnn prior = config.build();
    prior
        .variables()
        .forEach(
            (name, variable) -> {
              if (name.startsWith("head")) {
                float[] values = variable.toFloats();
                for (int i = 0; i < values.length; i++) {
                  values[i] *= 4;
                }
                variable.set(values);
              }
            });
    return prior;
  }

  private static Codes random(int count, int codebookSize, int height, int width) {
    Rng rng = new Rng(5);
    int[] values = new int[count * height * width];
    Arrays.setAll(values, i -> rng.nextInt(codebookSize));
    return Codes.of(values, codebookSize, count, height, width);
  }

  /** The logits [b, h, w, K] of whole maps. */
  private static float[] logits(PixelCnn prior, Condition condition, int[] values, int... shape) {
    try (Step step = Step.inference()) {
      int[] known = Arrays.stream(values).map(code -> Math.max(0, code)).toArray();
      return prior.logits(step.tensor(known, shape[0], shape[1], shape[2]), condition).toFloats();
    }
  }

  /** Fills the missing codes, with a pass over whole maps for each position. */
  private static int[] naive(
      PixelCnn prior, Codes partial, Condition condition, Sampling sampling, long seed) {
    int[] shape = partial.shape();
    int[] values = partial.values();
    int positions = shape[1] * shape[2];
    Condition noClass = condition.codes().map(Condition::codes).orElse(Condition.NONE);
    for (int p = 0; p < positions; p++) {
      float[] given = logits(prior, condition, values, shape);
      float[] free = sampling.guidance() == 1 ? given : logits(prior, noClass, values, shape);
      for (int map = 0; map < shape[0]; map++) {
        int index = map * positions + p;
        if (values[index] == Codes.MISSING) {
          double[] row = new double[K];
          for (int k = 0; k < K; k++) {
            double u = free[index * K + k];
            row[k] = u + sampling.guidance() * (given[index * K + k] - u);
          }
          double uniform = random(condition, seed, map, p).nextDouble();
          double[] probabilities = sampling.probabilities(row);
          int code = -1;
          for (double sum = 0; sum <= uniform; sum += probabilities[code]) {
            code++;
          }
          values[index] = code;
        }
      }
    }
    return values;
  }

  private static Rng random(Condition condition, long seed, int map, int position) {
    return condition
        .codes()
        .map(codes -> Arrays.hashCode(codes.range(map, map + 1).values()))
        .map(hash -> Rng.at(seed, map, position, hash))
        .orElseGet(() -> Rng.at(seed, map, position));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 3, 1, 4, 6, 0, false",
    "7, 3, 4, 5, 3, 0, false",
    "3, 5, 3, 6, 4, 3, false",
    "5, 3, 2, 1, 7, 0, false",
    "5, 7, 3, 7, 1, 2, false",
    "7, 3, 3, 4, 6, 3, true"
  })
  void cachedLogitsEqualThoseOfWholeMaps(
      int first, int kernel, int layers, int height, int width, int classes, boolean conditioned) {
    PixelCnn prior =
        sharp(
            SMALL
                .size(height, width)
                .firstKernel(first)
                .kernel(kernel)
                .layers(layers)
                .classes(classes)
                .conditionCodebookSize(conditioned ? K : 0));
    Condition condition = classes > 0 ? Condition.labels(1, 0, 1) : Condition.NONE;
    if (conditioned) {
      condition = condition.withCodes(random(3, K, height / 2, width / 2));
    }
    int[] values = random(3, K, height, width).values();
    float[] whole = logits(prior, condition, values, 3, height, width);
    PriorInputs inputs = PriorInputs.of("test", prior.config(), condition, 3);
    PixelCnnCache cache = new PixelCnnCache(prior, inputs, 3, height, width);
    for (int p = 0; p < height * width; p++) {
      int position = p;
      // Codes that are not drawn yet must not matter.
      int[] past = values.clone();
      for (int i = 0; i < past.length; i++) {
        past[i] = i % (height * width) < position ? past[i] : Codes.MISSING;
      }
      if (p % width == 0) {
        cache.startRow(p / width, past);
      }
      float[][] cached = cache.logits(p / width, p % width, past);
      for (int i = 0; i < 3; i++) {
        int from = (i * height * width + p) * K;
        float[] expected = Arrays.copyOfRange(whole, from, from + K);
        assertArrayEquals(expected, cached[i], TOLERANCE, "map " + i + ", position " + p);
      }
    }
  }

  @Test
  void samplesEqualNaiveOnes() {
    PixelCnn prior = sharp(SMALL.classes(3).classDropout(0.1));
    Codes missing = Codes.of(filled(5), K, 5, HEIGHT, WIDTH);
    Condition condition = Condition.labels(0, 1, 2, 1, 0);
    for (Sampling sampling :
        new Sampling[] {
          Sampling.DEFAULT,
          Sampling.GREEDY,
          Sampling.temperature(0.8).topK(4).topP(0.9).guidance(2.5)
        }) {
      int[] expected = naive(prior, missing, condition, sampling, 11);
      Codes samples = prior.sample(5, condition, sampling, 11);
      assertArrayEquals(expected, samples.values(), sampling.toString());
      assertArrayEquals(new int[] {0, 1, 2, 1, 0}, samples.labels().orElseThrow());
    }
  }

  /** More maps than a chunk, each with its own class and other map. */
  @Test
  void everyMapHasItsOwnCondition() {
    int count = 37;
    PixelCnn prior = sharp(SMALL.classes(3).classDropout(0.1).conditionCodebookSize(K));
    int[] labels = IntStream.range(0, count).map(i -> i % 3).toArray();
    Condition condition =
        Condition.labels(labels).withCodes(random(count, K, HEIGHT / 2, WIDTH / 2));
    Codes missing = Codes.of(filled(count), K, count, HEIGHT, WIDTH);
    for (double guidance : new double[] {1, 2}) {
      Sampling sampling = Sampling.DEFAULT.guidance(guidance);
      Codes samples = prior.sample(count, condition, sampling, 3);
      assertArrayEquals(naive(prior, missing, condition, sampling, 3), samples.values());
      assertArrayEquals(labels, samples.labels().orElseThrow());
    }
  }

  private static int[] filled(int count) {
    int[] values = new int[count * HEIGHT * WIDTH];
    Arrays.fill(values, Codes.MISSING);
    return values;
  }

  @Test
  void completionKeepsKnownCodes() {
    PixelCnn prior = sharp(SMALL);
    int[] values = random(3, K, HEIGHT, WIDTH).values();
    int[] partial = values.clone();
    Rng rng = new Rng(8);
    for (int i = 0; i < partial.length; i++) {
      int row = i / WIDTH % HEIGHT;
      partial[i] = row >= 1 && rng.nextInt(2) == 0 ? Codes.MISSING : partial[i];
    }
    Codes incomplete = Codes.of(partial, K, 3, HEIGHT, WIDTH);
    Codes complete = prior.complete(incomplete, Condition.NONE, Sampling.DEFAULT, 2);
    assertTrue(complete.isComplete());
    assertArrayEquals(
        naive(prior, incomplete, Condition.NONE, Sampling.DEFAULT, 2), complete.values());
    for (int i = 0; i < partial.length; i++) {
      assertTrue(partial[i] == Codes.MISSING || partial[i] == complete.values()[i]);
    }
    assertEquals(complete, prior.complete(complete, Condition.NONE, Sampling.DEFAULT, 3));
  }

  @Test
  void samplesAreFunctionsOfSeedAndIndex() {
    PixelCnn prior = sharp(SMALL);
    Codes many = prior.sample(37, Condition.NONE, Sampling.DEFAULT, 1);
    assertEquals(many, prior.sample(37, Condition.NONE, Sampling.DEFAULT, 1));
    assertNotEquals(many, prior.sample(37, Condition.NONE, Sampling.DEFAULT, 2));
    Codes few = prior.sample(3, Condition.NONE, Sampling.DEFAULT, 1);
    assertEquals(many.range(0, 3), few);
    assertEquals(many.range(0, 1), prior.sample(1, Condition.NONE, Sampling.DEFAULT, 1));
    assertNotEquals(many.range(0, 1), many.range(1, 2));
    int threads = Threads.count();
    try {
      Threads.set(1);
      assertEquals(many, prior.sample(37, Condition.NONE, Sampling.DEFAULT, 1));
    } finally {
      Threads.set(threads);
    }
  }

  @Test
  void mapsOfABatchDoNotAffectEachOther() {
    PixelCnn prior = sharp(SMALL);
    Codes maps = random(4, K, HEIGHT, WIDTH);
    int[] partial = maps.values();
    Arrays.setAll(partial, i -> i / WIDTH % HEIGHT < 2 ? partial[i] : Codes.MISSING);
    Codes incomplete = Codes.of(partial, K, 4, HEIGHT, WIDTH);
    Codes all = prior.complete(incomplete, Condition.NONE, Sampling.GREEDY, 0);
    for (int i = 0; i < 4; i++) {
      Codes one = prior.complete(incomplete.range(i, i + 1), Condition.NONE, Sampling.GREEDY, 0);
      assertEquals(all.range(i, i + 1), one);
    }
  }

  @Test
  void samplesFollowTheProbabilities() {
    PixelCnn prior = sharp(SMALL.size(1, 2));
    Codes all = Codes.of(pairs(), K, K * K, 1, 2);
    double[] probabilities = prior.logProb(all, Condition.NONE);
    int n = 3_000;
    int[] counts = new int[K * K];
    int[] samples = prior.sample(n, Condition.NONE, Sampling.DEFAULT, 4).values();
    for (int i = 0; i < n; i++) {
      counts[samples[2 * i] * K + samples[2 * i + 1]]++;
    }
    double sum = 0;
    for (int i = 0; i < K * K; i++) {
      double p = Math.exp(probabilities[i]);
      sum += p;
      assertEquals(n * p, counts[i], 5 * Math.sqrt(n * p) + 2, "pair " + i);
    }
    assertEquals(1, sum, TOLERANCE);
  }

  @Test
  void logProbsOfUniformCodesAreExact() {
    int k = 17;
    PixelCnn prior =
        uniform(PixelCnn.ofCodes(k).layers(2).channels(2).headChannels(2).size(HEIGHT, WIDTH));
    double[] logProbs = prior.logProb(random(2, k, HEIGHT, WIDTH), Condition.NONE);
    double expected = -HEIGHT * WIDTH * Math.log(k);
    assertArrayEquals(new double[] {expected, expected}, logProbs, 1e-9);
  }

  private static int[] pairs() {
    int[] values = new int[2 * K * K];
    Arrays.setAll(values, i -> i % 2 == 0 ? i / 2 / K : i / 2 % K);
    return values;
  }

  /** With the same random numbers, a bottom code would always be the top code. */
  @Test
  void levelsSampledWithOneSeedAreIndependent() {
    PixelCnnConfig binary = PixelCnn.ofCodes(2).layers(2).channels(2).headChannels(2).size(1, 1);
    int n = 4_000;
    Codes top = uniform(binary).sample(n, Condition.NONE, Sampling.DEFAULT, 1);
    PixelCnn prior = uniform(binary.conditionCodebookSize(2));
    Codes bottom = prior.sample(n, Condition.codes(top), Sampling.DEFAULT, 1);
    int[] tops = top.values();
    int[] bottoms = bottom.values();
    int[] pairs = new int[4];
    for (int i = 0; i < n; i++) {
      pairs[2 * tops[i] + bottoms[i]]++;
    }
    for (int count : pairs) {
      assertEquals(n / 4, count, 5 * Math.sqrt(n / 4), Arrays.toString(pairs));
    }
    assertEquals(
        bottom.range(0, 3), prior.sample(3, Condition.codes(top.range(0, 3)), Sampling.DEFAULT, 1));
  }

  /** A prior whose codes are all equally probable. */
  private static PixelCnn uniform(PixelCnnConfig config) {
    PixelCnn prior = config.build();
    prior.parameters().forEach(p -> p.set(new float[p.size()]));
    return prior;
  }

  @Test
  void samplesWithoutAClassHaveNoLabels() {
    PixelCnn prior = SMALL.classes(3).classDropout(0.1).build();
    assertTrue(prior.sample(2, Condition.NONE, Sampling.DEFAULT, 1).labels().isEmpty());
    assertTrue(SMALL.build().sample(2, Condition.NONE, Sampling.DEFAULT, 1).labels().isEmpty());
  }

  @Test
  void rejectsGuidanceWithoutDroppedClasses() {
    PixelCnn prior = SMALL.classes(3).build();
    Sampling guided = Sampling.DEFAULT.guidance(2);
    assertRejected("expected no guidance", () -> prior.sample(1, Condition.label(0), guided, 1));
  }

  private static void assertRejected(String expected, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void rejectsMapsOfAnotherShapeAndCounts() {
    PixelCnn prior = SMALL.build();
    Codes turned = Codes.of(new int[24], K, 1, WIDTH, HEIGHT);
    assertRejected(
        "PixelCnn.complete: expected codes [1, 4, 6]",
        () -> prior.complete(turned, Condition.NONE, Sampling.DEFAULT, 1));
    assertRejected("one or more maps", () -> prior.sample(0, Condition.NONE, Sampling.DEFAULT, 1));
  }

  @Test
  void rejectsAnUnknownSize() {
    PixelCnn prior = SMALL.size(0, 0).build();
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> prior.sample(1, Condition.NONE, Sampling.DEFAULT, 1));
    assertTrue(e.getMessage().contains("size(height, width)"), e.getMessage());
  }

  @Test
  void stopsAtNaN() {
    PixelCnn prior = SMALL.build();
    prior
        .parameters()
        .forEach(
            p -> {
              float[] values = new float[p.size()];
              Arrays.fill(values, Float.NaN);
              p.set(values);
            });
    NonFiniteException e =
        assertThrows(
            NonFiniteException.class, () -> prior.sample(1, Condition.NONE, Sampling.GREEDY, 1));
    assertFalse(Double.isFinite(e.value()));
    assertTrue(e.getMessage().contains("the prior has diverged"), e.getMessage());
  }
}
