package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VectorQuantizerTest {
  private static final int K = 8;
  private static final int D = 3;
  private static final long SEED = 5;

  private static VectorQuantizerConfig config(Update update) {
    VectorQuantizerConfig config =
        update == Update.EMA ? VectorQuantizer.ema(K, D) : VectorQuantizer.gradient(K, D);
    return config.init(Initialization.UNIFORM).deadCodeThreshold(0);
  }

  private static float[] gaussians(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return values;
  }

  private static void train(VectorQuantizer quantizer, float[] latents) {
    try (Step step = Step.training(new Rng(SEED))) {
      quantizer.quantize(step.tensor(latents, latents.length / D, D));
      step.commit();
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void inferenceAndUncommittedStepsDoNotChangeTheState(Update update) {
    try (VectorQuantizer quantizer = config(update).deadCodeThreshold(0.5).build(new Rng(SEED))) {
      Map<String, float[]> before = state(quantizer);
      try (Step step = Step.inference()) {
        quantizer.quantize(step.tensor(gaussians(30, 1), 10, D));
        step.commit();
      }
      try (Step step = Step.training(new Rng(1))) {
        quantizer.quantize(step.tensor(gaussians(30, 1), 10, D));
      }
      assertSame(before, state(quantizer));
    }
  }

  private static Map<String, float[]> state(VectorQuantizer quantizer) {
    Map<String, float[]> state = new java.util.LinkedHashMap<>();
    quantizer.variables().forEach((name, variable) -> state.put(name, variable.toFloats()));
    return state;
  }

  private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), name));
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void quantizedLatentsEqualCodebookVectorsWithStraightThroughGradient(Update update) {
    try (VectorQuantizer quantizer = config(update).build(new Rng(SEED));
        Step step = Step.training(new Rng(1))) {
      Tensor z = step.tensor(gaussians(60, 2), 2, 5, 2, D).requireGradient();
      Quantized quantized = quantizer.quantize(z);
      assertArrayEquals(new long[] {2, 5, 2}, quantized.codes().shape());
      assertArrayEquals(
          quantizer.lookup(quantized.codes()).toFloats(), quantized.quantized().toFloats());
      quantized.quantized().mul(3).sum().backward();
      float[] threes = new float[60];
      Arrays.fill(threes, 3);
      assertArrayEquals(threes, z.gradient().toFloats());
    }
  }

  @Test
  void betaScalesTheTermWithAGradientForTheEncoder() {
    try (VectorQuantizer quantizer =
        config(Update.GRADIENT).commitmentWeight(0.25).codebookWeight(2).build(new Rng(SEED))) {
      quantizer.convert(DType.DOUBLE);
      for (String name : new String[] {"codebook", "commitment"}) {
        try (Step step = Step.training(new Rng(1))) {
          double[] vector = {0.1, 0.2, 0.3};
          Tensor z = step.tensor(vector, 1, D).requireGradient();
          Quantized quantized = quantizer.quantize(z);
          LossTerm term =
              quantized.terms().stream().filter(t -> t.name().equals(name)).findFirst().get();
          assertEquals(name.equals("codebook") ? 2 : 0.25, term.weight());
          term.value().mul(term.weight()).backward();
          Tensor codebookGradient = step.gradient(quantizer.variables().get("codebook"));
          double[] e = quantized.quantized().toDoubles();
          boolean commitment = name.equals("commitment");
          assertEquals(commitment, z.gradient() != null);
          assertEquals(!commitment, codebookGradient != null);
          if (commitment) {
            for (int i = 0; i < D; i++) {
              double expected = 0.25 * 2 * (vector[i] - e[i]) / D;
              assertEquals(expected, z.gradient().toDoubles()[i], 1e-12);
            }
          }
        }
      }
    }
  }

  @Test
  void emaUpdateMovesCodesToTheMeansOfTheirLatents() {
    float[] latents = gaussians(300, 3);
    try (VectorQuantizer quantizer =
        config(Update.EMA).ema(new EmaConfig(0, 1e-9, true, false)).build(new Rng(SEED))) {
      int[] codes;
      try (Step step = Step.training(new Rng(1))) {
        Quantized quantized = quantizer.quantize(step.tensor(latents, 100, D));
        codes = quantized.codes().toInts();
        step.commit();
      }
      float[] codebook = quantizer.codebook();
      for (int k = 0; k < K; k++) {
        for (int j = 0; j < D; j++) {
          double sum = 0;
          int count = 0;
          for (int i = 0; i < codes.length; i++) {
            if (codes[i] == k) {
              sum += latents[i * D + j];
              count++;
            }
          }
          assertEquals(count == 0 ? 0 : sum / count, codebook[k * D + j], 1e-5);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void firstUpdatePreservesKMeansInitialization(Update update) {
    float[] latents = clusters(200);
    try (VectorQuantizer quantizer =
        config(update).init(Initialization.K_MEANS).build(new Rng(SEED))) {
      assertEquals(20 * K, quantizer.initializationLatents());
      try (Step step = Step.training(new Rng(1))) {
        Tensor z = step.tensor(latents, 200, D);
        assertMessageContains(
            assertThrows(IllegalStateException.class, () -> quantizer.quantize(z)),
            "k-means",
            "Trainer");
      }
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> quantizer.initialize(latents, 0, new Rng(SEED))),
          "at least 1 latent per step",
          "got 0");
      float[] cut = Arrays.copyOf(latents, latents.length - 1);
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> quantizer.initialize(cut, 100, new Rng(SEED))),
          "VectorQuantizer.initialize: expected one or more rows of",
          "got " + cut.length + " values");
      quantizer.initialize(latents, 100, new Rng(SEED));
      assertEquals(0, quantizer.initializationLatents());
      float[] initial = quantizer.codebook();
      assertTrue(meanDistance(quantizer, latents) < 0.05);
      train(quantizer, latents);
      float[] after = quantizer.codebook();
      for (int i = 0; i < initial.length; i++) {
        assertEquals(initial[i], after[i], 0.02);
      }
      double count = 0;
      for (float n : quantizer.variables().get("count").toFloats()) {
        count += n;
      }
      float weight = quantizer.variables().get("weight").toFloats()[0];
      if (update == Update.EMA) {
        assertEquals(0.95 * 0.05 + 0.05, weight, 1e-6, "k-means counts as a step");
        assertEquals((0.95 * 100 + 200) / 1.95, count / weight, 1e-3, "100 at first, then 200");
      } else {
        assertEquals(101, count, 1e-3, "0.99 * 100 (the batch size) + 0.01 * 200 (this batch)");
      }
    }
  }

  /** Returns rows of eight distant clusters. */
  private static float[] clusters(int n) {
    Rng rng = new Rng(9);
    float[] latents = new float[n * D];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < D; j++) {
        latents[i * D + j] = ((i >> j) & 1) * 10 + 0.1f * (float) rng.nextGaussian();
      }
    }
    return latents;
  }

  private static double meanDistance(VectorQuantizer quantizer, float[] latents) {
    try (Step step = Step.inference()) {
      Quantized quantized = quantizer.quantize(step.tensor(latents, latents.length / D, D));
      return quantized.terms().get(0).value().item();
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void deadCodesRestartAtLatentsOfTheBatchAndStayAlive(Update update) {
    float[] latents = gaussians(300, 4);
    for (int i = 0; i < latents.length; i++) {
      latents[i] = 100 + latents[i];
    }
    try (VectorQuantizer quantizer = config(update).deadCodeThreshold(0.1).build(new Rng(SEED))) {
      train(quantizer, latents);
      CodeUsage after = usage(quantizer, latents);
      assertTrue(after.codesInUse() >= K - 1, "restarted codes are used: " + after);
      for (int i = 0; i < 5; i++) {
        train(quantizer, latents);
      }
      assertTrue(usage(quantizer, latents).codesInUse() >= K - 1, "and remain in use");
    }
  }

  @Test
  void codebookStaysCollapsedWithoutRestarts() {
    float[] latents = gaussians(300, 4);
    for (int i = 0; i < latents.length; i++) {
      latents[i] = 100 + latents[i];
    }
    try (VectorQuantizer quantizer = config(Update.EMA).build(new Rng(SEED))) {
      train(quantizer, latents);
      assertTrue(usage(quantizer, latents).codesInUse() < K / 2);
    }
  }

  private static CodeUsage usage(VectorQuantizer quantizer, float[] latents) {
    try (Step step = Step.inference()) {
      return quantizer.quantize(step.tensor(latents, latents.length / D, D)).usage().get(0);
    }
  }

  @Test
  void invalidSettingsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> VectorQuantizer.ema(0, 64)),
        "VectorQuantizerConfig.codebookSize: expected K of at least 1, got 0.");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> VectorQuantizer.gradient(512, -1)),
        "VectorQuantizerConfig.dimension: expected D of at least 1, got -1.");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> VectorQuantizer.ema(2, 2).commitmentWeight(-0.25)),
        "VectorQuantizerConfig.commitmentWeight",
        "got -0.25.");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new EmaConfig(1, 1e-5, true, false)),
        "EmaConfig.decay: expected a fraction in [0, 1), got 1.0.");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new EmaConfig(0.9, 1e-5, true, true)),
        "EmaConfig.smoothedCountsStored: expected false while zeroDebiased is true, got true");
  }

  @Test
  void latentsOfAnotherDimensionAreRejected() {
    try (VectorQuantizer quantizer = config(Update.EMA).build(new Rng(SEED));
        Step step = Step.inference()) {
      Tensor wrong = step.tensor(new float[8], 2, 4);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> quantizer.quantize(wrong)),
          "[.., 3]",
          "[2, 4]");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> quantizer.lookup(step.tensor(new int[] {0, K}, 2))),
          "0 to 7",
          "got 8 at [1, 0]");
    }
  }

  @Test
  void invalidCodesAreRejected() {
    try (VectorQuantizer quantizer = config(Update.EMA).build(new Rng(SEED));
        Step step = Step.inference()) {
      assertRejected(
          quantizer, step.tensor(new int[] {0, 7, 8, 0}, 2, 2), "0 to 7", "got 8 at [1, 0]");
      assertRejected(quantizer, step.tensor(new int[] {0, -2}, 2), "got -2 at [1, 0]");
      assertRejected(
          quantizer,
          step.tensor(new int[] {3, -1, -1}, 1, 3),
          "VectorQuantizer.lookup",
          "missing code (-1) at [0, 1] and at 1 more");
      assertRejected(
          quantizer,
          step.tensor(new float[] {1}, 1),
          "an INT tensor",
          "[batch, ..]",
          "got FLOAT [1]");
      assertArrayEquals(
          new long[] {1, 3, 1, D},
          quantizer.lookup(step.tensor(new int[] {3, 0, 7}, 1, 3, 1)).shape());
    }
  }

  private static void assertRejected(VectorQuantizer quantizer, Tensor codes, String... parts) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> quantizer.lookup(codes)), parts);
  }

  /** With so many latents, a running sum in float would stop growing or drift. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void meanOfAMillionLatentsIsAccurate(Update update) {
    int n = 1_000_000;
    float[] latents = new float[n * D];
    double[] sums = new double[D];
    Rng rng = new Rng(SEED);
    for (int i = 0; i < latents.length; i++) {
      latents[i] = 5 + (i % D) + 0.1f * rng.nextFloat();
      sums[i % D] += latents[i];
    }
    try (VectorQuantizer quantizer =
        config(update).ema(new EmaConfig(0, 1e-9, true, false)).build(new Rng(SEED))) {
      float[] vectors = new float[K * D];
      Arrays.fill(vectors, -1000);
      Arrays.fill(vectors, 0, D, 4);
      quantizer.variables().get("codebook").set(vectors);
      train(quantizer, latents);
      assertEquals(n, quantizer.variables().get("count").toFloats()[0]);
      for (int j = 0; j < D; j++) {
        float expected = update == Update.EMA ? (float) (sums[j] / n) : 4;
        assertEquals(expected, quantizer.codebook()[j], 2 * Math.ulp(expected));
      }
    }
  }

  /** Allows much less than a copy in double, which would take 8 D bytes for each latent. */
  @ParameterizedTest
  @EnumSource(Update.class)
  void batchIsNotCopiedToTheHeap(Update update) {
    int d = 64;
    VectorQuantizerConfig config =
        update == Update.EMA ? VectorQuantizer.ema(K, d) : VectorQuantizer.gradient(K, d);
    try (VectorQuantizer quantizer =
        config.init(Initialization.UNIFORM).deadCodeThreshold(0).build(new Rng(SEED))) {
      long smallBatch = allocated(quantizer, 2_048, d);
      long largeBatch = allocated(quantizer, 8_192, d);
      long bytesPerLatent = (largeBatch - smallBatch) / (8_192 - 2_048);
      assertTrue(bytesPerLatent < 2 * d, bytesPerLatent + " heap bytes for each latent");
    }
  }

  private static long allocated(VectorQuantizer quantizer, int n, int d) {
    float[] latents = gaussians(n * d, n);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = 0; i < 3; i++) {
      before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      try (Step step = Step.training(new Rng(SEED))) {
        quantizer.quantize(step.tensor(latents, n, d));
        step.commit();
      }
    }
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }

  /** Tests sizes close to 2^31 without allocating them. */
  @Test
  void largeSizesDoNotOverflow() {
    assertEquals(10_240, VectorQuantizer.initializationLatents(512, 64));
    assertEquals(1 << 20, VectorQuantizer.initializationLatents(1 << 20, 1_024));
    assertEquals(1 << 30, VectorQuantizer.initializationLatents(1 << 30, 1));
    assertEquals(1, VectorQuantizer.initializationLatents(1, Integer.MAX_VALUE));
    assertEquals(2_000_000_000, KMeans.batchLength(1_000_000_000, 2));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> KMeans.batchLength(1_073_741_824, 2)),
        "at most 1073741819 rows of 2 values",
        "got 1073741824 rows",
        "Use smaller batches");
  }

  /**
   * Calls each entry point; observers are notified once, and operations belong to the quantizer.
   */
  @Test
  void observersSeeTheQuantizerAsTheSource() {
    try (VectorQuantizer quantizer = config(Update.EMA).build(new Rng(SEED));
        Step step = Step.training(new Rng(1))) {
      List<Object> sources = new ArrayList<>();
      List<Tensor> outputs = new ArrayList<>();
      Set<Object> using = new HashSet<>();
      Tensor x = step.tensor(gaussians(30, 1), 10, D);
      step.observe(
          new Step.Observer() {
            @Override
            public void afterLayer(Object source, Tensor output) {
              sources.add(source);
              outputs.add(output);
            }

            @Override
            public void beforeOperation(Object layer) {
              using.add(layer == null ? "none" : layer);
            }
          });
      Quantized quantized = quantizer.quantize(x);
      assertEquals(List.of(quantizer), sources);
      assertTrue(quantized.quantized() == outputs.get(0));
      quantizer.forward(x);
      assertEquals(List.of(quantizer, quantizer), sources);
      assertArrayEquals(quantized.codes().toInts(), quantizer.encode(x).toInts());
      assertEquals(Set.of(quantizer), using);
      assertEquals(2, sources.size());
    }
  }

  /** Batches of 64 x 49 vectors of dimension 256 for k-means. */
  @Test
  void initializationLatentsFitIntoAnArray() {
    long size = 64 * 49 * 256;
    assertTrue(Quantizer.needsMoreBatches(0, 0, 1, 256));
    assertTrue(Quantizer.needsMoreBatches(3 * size, size, 20_000, 256));
    assertFalse(Quantizer.needsMoreBatches(7 * size, size, 20_000, 256), "enough vectors");
    long batches = (Integer.MAX_VALUE - 8) / size;
    assertTrue(Quantizer.needsMoreBatches((batches - 1) * size, size, Integer.MAX_VALUE, 256));
    assertFalse(
        Quantizer.needsMoreBatches(batches * size, size, Integer.MAX_VALUE, 256),
        "exceeds an array");
  }

  @Test
  void initializationUsesBatchesOfDifferentSizes() {
    Quantizer quantizer = VectorQuantizer.ema(4, 2).build(new Rng(1));
    int needed = quantizer.initializationLatents();
    List<float[]> batches = new ArrayList<>();
    for (int i = 0, latents = 0; latents < needed + 10; i++) {
      float[] batch = new float[2 * (1 + i % 3)];
      Arrays.fill(batch, i);
      batches.add(batch);
      latents += batch.length / 2;
    }
    Iterator<float[]> latents = batches.iterator();
    quantizer.initialize(latents, new Rng(2));
    int unused = 0;
    while (latents.hasNext()) {
      unused += latents.next().length / 2;
    }
    int all = batches.stream().mapToInt(batch -> batch.length / 2).sum();
    assertTrue(all - unused >= needed && all - unused < needed + 3, unused + " unused of " + all);
    assertEquals(0, quantizer.initializationLatents());
  }
}
