package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A batch updates a codebook in the same way whether it is quantized at once or in parts, one after
 * another or by several workers.
 */
class SplitBatchTest {
  private static final int EXAMPLES = 12;
  private static final int PER_EXAMPLE = 6;
  private static final int STEPS = 4;

  /** The numbers of examples of the parts. */
  private static final List<int[]> SPLITS =
      List.of(
          new int[] {12},
          new int[] {7, 5},
          new int[] {1, 8, 3},
          new int[] {4, 4, 4},
          new int[] {2, 5, 1, 1, 3});

  /** Settings, and the number of codes that are far from all latents. */
  private record Case(String name, VectorQuantizerConfig config, int distant, DType dtype) {
    @Override
    public String toString() {
      return name + ", " + distant + " distant codes, " + dtype;
    }
  }

  static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Update update : Update.values()) {
      for (int[] sizes : new int[][] {{1, 0}, {7, 0}, {7, 1}, {16, 5}, {60, 59}, {200, 150}}) {
        for (DType dtype : List.of(DType.FLOAT, DType.DOUBLE)) {
          VectorQuantizerConfig config =
              (update == Update.EMA
                      ? VectorQuantizer.ema(sizes[0], 3)
                      : VectorQuantizer.gradient(sizes[0], 3))
                  .ema(EmaConfig.DEFAULT)
                  .init(Initialization.NORMAL);
          cases.add(Arguments.of(new Case("default", config, sizes[1], dtype)));
          EmaConfig biased = new EmaConfig(0.9, 1e-3, false, false);
          cases.add(Arguments.of(new Case("biased", config.ema(biased), sizes[1], dtype)));
          EmaConfig stored = biased.smoothedCountsStored(true);
          cases.add(Arguments.of(new Case("stored", config.ema(stored), sizes[1], dtype)));
          EmaConfig last = EmaConfig.DEFAULT.decay(0);
          cases.add(Arguments.of(new Case("last", config.ema(last), sizes[1], dtype)));
          VectorQuantizerConfig never = config.deadCodeThreshold(0);
          cases.add(Arguments.of(new Case("never", never, sizes[1], dtype)));
          VectorQuantizerConfig often = config.deadCodeThreshold(0.9);
          cases.add(Arguments.of(new Case("often", often, sizes[1], dtype)));
        }
      }
    }
    return cases.stream();
  }

  static Stream<Arguments> defaults() {
    return cases().filter(arguments -> ((Case) arguments.get()[0]).name.equals("default"));
  }

  private static VectorQuantizer quantizer(Case test) {
    VectorQuantizer quantizer = test.config.build(new Rng(1));
    float[] codebook = quantizer.codebook();
    Arrays.fill(codebook, codebook.length - 3 * test.distant, codebook.length, 1e3f);
    quantizer.variables().get("codebook").set(codebook);
    quantizer.convert(test.dtype);
    return quantizer;
  }

  /** Latents of a step, with duplicates, whose clusters move from step to step. */
  private static float[] latents(int step) {
    Rng rng = new Rng(100 + step);
    float[] latents = new float[EXAMPLES * PER_EXAMPLE * 3];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) rng.nextGaussian() + (i / 3 % 4) * step;
      if (i / 3 % 5 == 4) {
        latents[i] = latents[i - 3 * 4]; // equal vectors, in the same and in other examples
      }
    }
    System.arraycopy(latents, 0, latents, latents.length - 9, 9);
    return latents;
  }

  private static StateUpdates pass(
      VectorQuantizer quantizer,
      Communicator worker,
      int step,
      float[] latents,
      int first,
      int examples) {
    int perExample = PER_EXAMPLE * 3;
    float[] part = Arrays.copyOfRange(latents, first * perExample, (first + examples) * perExample);
    try (Step pass = Step.training(new RngKey(5, step, first), worker)) {
      DType dtype = quantizer.variables().get("codebook").dtype();
      quantizer.quantize(pass.tensor(part, examples, 2, PER_EXAMPLE / 2, 3).to(dtype));
      return pass.drainCommits();
    }
  }

  private static void work(Workers workers, VectorQuantizer quantizer, int step, int... parts) {
    StateUpdates[] updates = new StateUpdates[parts.length];
    workers.run(
        worker -> {
          int rank = worker.rank();
          int first = Arrays.stream(parts, 0, rank).sum();
          updates[rank] = pass(quantizer, worker, step, latents(step), first, parts[rank]);
        });
    Arrays.stream(updates).reduce(StateUpdates::merge).get().run();
  }

  private static Map<String, double[]> state(VectorQuantizer quantizer) {
    Map<String, double[]> state = new TreeMap<>();
    quantizer.variables().forEach((name, variable) -> state.put(name, variable.toDoubles()));
    return state;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void partsUpdateTheCodebookLikeTheWholeBatch(Case test) {
    for (int[] parts : SPLITS) {
      try (VectorQuantizer quantizer = quantizer(test)) {
        check(
            test,
            quantizer,
            parts,
            step -> merged(quantizer, step, latents(step), false, parts).run());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void workersUpdateTheCodebookLikeTheWholeBatch(Case test) {
    for (int[] parts : SPLITS.subList(1, 4)) {
      try (VectorQuantizer quantizer = quantizer(test);
          Workers workers = new Workers(parts.length)) {
        check(test, quantizer, parts, step -> work(workers, quantizer, step, parts));
      }
    }
  }

  private static void check(Case test, VectorQuantizer quantizer, int[] parts, IntConsumer update) {
    String label = test + ", parts " + Arrays.toString(parts);
    int restarts = 0;
    for (int step = 0; step < STEPS; step++) {
      ReferenceCodebook expected = new ReferenceCodebook(quantizer, test.config);
      expected.update(new RngKey(5, step, 0), latents(step), PER_EXAMPLE);
      update.accept(step);
      assertClose(label + ", step " + step, expected, quantizer);
      restarts += expected.restarts;
    }
    boolean restarted = test.distant > 0 && test.config.deadCodeThreshold() > 0;
    assertTrue(!restarted || restarts > 0, label + ": no restart");
  }

  private static void assertClose(
      String label, ReferenceCodebook expected, VectorQuantizer quantizer) {
    Map<String, double[]> actual = state(quantizer);
    double tolerance = quantizer.variables().get("codebook").dtype() == DType.FLOAT ? 1e-6 : 1e-12;
    assertRows(label + ", codebook", expected.codebook, actual.get("codebook"), tolerance);
    assertClose(label + ", count", expected.count, actual.get("count"), tolerance);
    assertEquals(expected.weight, actual.get("weight")[0], tolerance, label);
    if (expected.sum != null) {
      assertRows(label + ", sum", expected.sum, actual.get("sum"), tolerance);
    }
  }

  private static void assertRows(
      String label, double[][] expected, double[] actual, double tolerance) {
    double[] all = Arrays.stream(expected).flatMapToDouble(Arrays::stream).toArray();
    assertClose(label, all, actual, tolerance);
  }

  private static void assertClose(
      String label, double[] expected, double[] actual, double tolerance) {
    assertEquals(expected.length, actual.length, label);
    for (int i = 0; i < expected.length; i++) {
      double scale = Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], actual[i], tolerance * scale, label + " [" + i + "]");
    }
  }

  /**
   * With values whose sums are exact, every split and every order of merging gives the same bits.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void stateIsBitIdenticalForExactSums(Case test) {
    float[] latents = latents(1);
    for (int i = 0; i < latents.length; i++) {
      latents[i] = Math.round(8 * latents[i]) / 8f;
    }
    Map<String, double[]> whole = null;
    for (int[] parts : SPLITS) {
      for (boolean fromRight : new boolean[] {false, true}) {
        try (VectorQuantizer quantizer = quantizer(test)) {
          merged(quantizer, 0, latents, fromRight, parts).run();
          Map<String, double[]> state = state(quantizer);
          whole = whole == null ? state : whole;
          for (String name : state.keySet()) {
            String label = test + ", parts " + Arrays.toString(parts) + ", " + name;
            assertArrayEquals(whole.get(name), state.get(name), label);
          }
        }
      }
    }
  }

  private static StateUpdates merged(
      VectorQuantizer quantizer, int step, float[] latents, boolean fromRight, int... parts) {
    List<StateUpdates> all = new ArrayList<>();
    int first = 0;
    for (int examples : parts) {
      all.add(pass(quantizer, Communicator.single(), step, latents, first, examples));
      first += examples;
    }
    while (all.size() > 1) {
      int left = fromRight ? all.size() - 2 : 0;
      all.set(left, all.get(left).merge(all.remove(left + 1)));
    }
    return all.get(0);
  }
}
