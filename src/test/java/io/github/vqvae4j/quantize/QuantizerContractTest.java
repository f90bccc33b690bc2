package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.quantize.QuantizerBatches.EXAMPLES;
import static io.github.vqvae4j.quantize.QuantizerBatches.PLACES;
import static io.github.vqvae4j.quantize.QuantizerBatches.array;
import static io.github.vqvae4j.quantize.QuantizerBatches.assertClose;
import static io.github.vqvae4j.quantize.QuantizerBatches.assertSame;
import static io.github.vqvae4j.quantize.QuantizerBatches.assertSameResults;
import static io.github.vqvae4j.quantize.QuantizerBatches.assertSameSteps;
import static io.github.vqvae4j.quantize.QuantizerBatches.batch;
import static io.github.vqvae4j.quantize.QuantizerBatches.whole;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.quantize.QuantizerOracle.Batch;
import io.github.vqvae4j.quantize.QuantizerOracle.Expected;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every quantizer guarantees, in every combination of settings. */
class QuantizerContractTest {
  private static final List<int[]> SPLITS =
      List.of(new int[] {12}, new int[] {7, 5}, new int[] {1, 8, 3});

  @TempDir private Path folder;

  static List<QuantizerCase> cases() {
    return QuantizerCase.all();
  }

  /** Files hold floats. */
  static List<QuantizerCase> floats() {
    return cases().stream().filter(test -> test.dtype() == DType.FLOAT).toList();
  }

  private static Tensor latents(QuantizerCase test, Quantizer quantizer, Step step, Batch batch) {
    return test.latents(step, batch.latents(), batch.places(), quantizer);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void threeStepsMatchTheFormulas(QuantizerCase test) {
    try (Quantizer quantizer = test.build(1)) {
      for (int step = 0; step < 3; step++) {
        Batch batch = batch(quantizer, step);
        Expected expected = test.oracle().train(quantizer, batch);
        QuantizerPass actual = whole(test, quantizer, batch);
        assertArrayEquals(expected.codes(), actual.codes());
        assertClose("values", expected.values(), actual.values(), test.tolerance());
        assertClose("terms", array(expected.terms()), array(actual.terms()), test.tolerance());
        assertClose("latents", expected.toLatents(), actual.toLatents(), test.tolerance());
        assertClose(expected.toParameters(), actual.toParameters(), test.tolerance());
        actual.updates().run();
        assertClose(expected.state(), QuantizerOracle.state(quantizer), test.tolerance());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void partsAndWorkersTrainLikeTheWholeBatch(QuantizerCase test) {
    for (int[] parts : SPLITS) {
      try (Quantizer one = test.build(1);
          Quantizer accumulated = test.build(1);
          Quantizer distributed = test.build(1);
          Workers workers = new Workers(parts.length)) {
        for (int step = 0; step < 2; step++) {
          Batch batch = batch(one, step);
          QuantizerPass whole = whole(test, one, batch);
          QuantizerPass[] passes = new QuantizerPass[parts.length];
          for (int i = 0; i < parts.length; i++) {
            int first = Arrays.stream(parts, 0, i).sum();
            passes[i] =
                QuantizerPass.of(test, accumulated, batch, Communicator.single(), first, parts[i]);
          }
          QuantizerPass sum = Arrays.stream(passes).reduce(QuantizerPass::plus).get();
          QuantizerPass expected =
              test.oracle().isMeanOverExamples() ? whole : expected(test, one, batch, passes);
          assertSameResults(test, expected, sum);
          workers.run(
              worker -> {
                int first = Arrays.stream(parts, 0, worker.rank()).sum();
                passes[worker.rank()] =
                    QuantizerPass.of(test, distributed, batch, worker, first, parts[worker.rank()]);
              });
          QuantizerPass joined = Arrays.stream(passes).reduce(QuantizerPass::plus).get();
          assertSameResults(test, expected, joined);
          List.of(whole, sum, joined).forEach(pass -> pass.updates().run());
          for (Quantizer other : List.of(accumulated, distributed)) {
            assertClose(QuantizerOracle.state(one), QuantizerOracle.state(other), test.tolerance());
          }
        }
      }
    }
  }

  private static QuantizerPass expected(
      QuantizerCase test, Quantizer quantizer, Batch batch, QuantizerPass... parts) {
    QuantizerPass[] expected = new QuantizerPass[parts.length];
    int first = 0;
    for (int i = 0; i < parts.length; i++) {
      expected[i] = parts[i].expected(test, quantizer, batch, first);
      first += parts[i].codes().length / PLACES;
    }
    return Arrays.stream(expected).reduce(QuantizerPass::plus).get();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void evaluationReturnsTheLookupAndChangesNothing(QuantizerCase test) {
    try (Quantizer quantizer = test.build(1)) {
      Map<String, double[]> before = QuantizerOracle.state(quantizer);
      Batch batch = batch(quantizer, 1);
      for (Supplier<Step> steps :
          List.<Supplier<Step>>of(
              Step::inference,
              () -> Step.inference(new RngKey(1, 2, 3)),
              () -> Step.training(new RngKey(1, 2, 3)))) {
        try (Step step = steps.get()) {
          quantizer.eval();
          Tensor latents = latents(test, quantizer, step, batch);
          Quantized quantized = quantizer.quantize(latents);
          Tensor vectors = quantizer.lookup(quantized.codes());
          assertArrayEquals(vectors.toDoubles(), quantized.quantized().toDoubles());
          assertArrayEquals(quantized.codes().toInts(), quantizer.encode(latents).toInts());
          assertArrayEquals(latents.shape(), vectors.shape());
          assertEquals(test.dtype(), vectors.dtype());
          for (CodeUsage usage : quantized.usage()) {
            assertEquals(EXAMPLES * PLACES, usage.total());
          }
          step.commit();
          quantizer.train();
        }
      }
      assertSame(before, QuantizerOracle.state(quantizer));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aVectorOfACodeIsEncodedAsThatCode(QuantizerCase test) {
    try (Quantizer quantizer = test.build(1);
        Step step = Step.inference()) {
      int k = quantizer.codebookSize();
      for (int n = 0; n < 60; n++) {
        int code = (int) ((long) n * (k - 1) / 59);
        double[] latents = test.oracle().latentsOf(quantizer, code);
        if (latents != null) {
          Tensor row = step.tensor(latents, 1, latents.length).to(test.dtype());
          int[] same = new int[quantizer.codebooks().count()];
          Arrays.fill(same, code);
          assertArrayEquals(same, quantizer.encode(row).toInts());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void permutedPlacesHavePermutedResults(QuantizerCase test) {
    try (Quantizer quantizer = test.build(1);
        Step step = Step.inference()) {
      Batch batch = batch(quantizer, 2);
      int d = quantizer.dimension();
      int rows = EXAMPLES * PLACES;
      double[] reversed = new double[batch.latents().length];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(batch.latents(), row * d, reversed, (rows - 1 - row) * d, d);
      }
      Quantized expected = quantizer.quantize(latents(test, quantizer, step, batch));
      Quantized actual = quantizer.quantize(test.latents(step, reversed, PLACES, quantizer));
      double[] values = actual.quantized().toDoubles();
      for (int row = 0; row < rows; row++) {
        int other = rows - 1 - row;
        assertArrayEquals(codesOf(expected, row), codesOf(actual, other));
        for (int i = 0; i < d; i++) {
          assertEquals(
              expected.quantized().toDoubles()[row * d + i],
              values[other * d + i],
              test.tolerance());
        }
      }
    }
  }

  private static int[] codesOf(Quantized quantized, int row) {
    int books = quantized.usage().size();
    return Arrays.copyOfRange(quantized.codes().toInts(), row * books, (row + 1) * books);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void missingCodesAddNothingOrAreRejected(QuantizerCase test) {
    try (Quantizer quantizer = test.build(1);
        Step step = Step.inference()) {
      Codebooks codebooks = quantizer.codebooks();
      int[] values = new int[2 * codebooks.count()];
      Arrays.fill(values, Codes.MISSING);
      Codes missing = Codes.of(values, codebooks, 2, 1);
      Tensor codes = missing.in(step);
      if (!quantizer.supportsMissingCodes()) {
        assertThrows(IllegalArgumentException.class, () -> quantizer.lookup(codes));
        return;
      }
      double[] zeros = new double[2 * quantizer.dimension()];
      assertArrayEquals(zeros, quantizer.lookup(missing, step).toDoubles());
      Batch batch = batch(quantizer, 1);
      Codes all = Codes.of(quantizer.encode(latents(test, quantizer, step, batch)), codebooks);
      double last = Double.POSITIVE_INFINITY;
      for (int stages = 1; stages <= codebooks.stages(); stages++) {
        double[] prefix = quantizer.lookup(all.withStages(stages), step).toDoubles();
        assertArrayEquals(prefix, quantizer.lookup(all.withStages(stages).in(step)).toDoubles());
        last = distance(batch.latents(), prefix);
      }
      double[] whole = quantizer.lookup(all, step).toDoubles();
      assertEquals(distance(batch.latents(), whole), last);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void extremeLatentsHaveFiniteResults(QuantizerCase test) {
    for (float fill : new float[] {0, -0f, 1e12f, -1e12f, Float.MIN_VALUE, Float.NaN}) {
      try (Quantizer quantizer = test.build(1)) {
        int d = quantizer.dimension();
        double[] code = test.oracle().latentsOf(quantizer, quantizer.codebookSize() - 1);
        float[] latents = new float[2 * d];
        for (int i = 0; i < latents.length; i++) {
          latents[i] = Float.isFinite(fill) ? fill : code == null ? 1 : (float) code[i % d];
        }
        for (int n = 0; n < 2; n++) {
          try (Step step = Step.training(new RngKey(1, n, 0))) {
            Quantized quantized = quantizer.quantize(test.latents(step, latents, 1, quantizer));
            assertTrue(Arrays.stream(quantized.quantized().toDoubles()).allMatch(Double::isFinite));
            for (LossTerm term : quantized.terms()) {
              assertTrue(Double.isFinite(term.value().item()), () -> term.name() + " of " + fill);
            }
            step.commit(); // two equal rows, fewer than codes
          }
        }
        QuantizerOracle.state(quantizer)
            .forEach((name, v) -> assertTrue(Arrays.stream(v).allMatch(Double::isFinite), name));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aMillionCodesAreInRange(QuantizerCase test) {
    int rows = 50_000;
    try (Quantizer quantizer = test.build(1)) {
      int d = quantizer.dimension();
      int k = quantizer.codebookSize();
      float[] scales = {1, 0.1f, 3, 1e4f, 1e12f, 1e-6f, Float.MIN_NORMAL, Float.MIN_VALUE, 0, -1};
      Rng rng = new Rng(7);
      int batches = Math.max(1, 20 / quantizer.codebooks().count());
      for (int n = 0; n < batches; n++) {
        float[] latents = QuantizerCase.gaussians(rows * d, n);
        for (int row = 0; row < rows; row++) {
          double[] tie = row % 50 == 0 ? test.oracle().tie(quantizer, rng.nextInt(k)) : null;
          for (int i = row * d; i < (row + 1) * d; i++) {
            latents[i] = tie == null ? latents[i] * scales[row % 10] : (float) tie[i % d];
          }
        }
        try (Step step = Step.inference()) {
          int[] codes = quantizer.encode(test.latents(step, latents, 1, quantizer)).toInts();
          assertTrue(Arrays.stream(codes).allMatch(code -> code >= 0 && code < k));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theChosenCodeIsTheNearest(QuantizerCase test) {
    try (Quantizer quantizer = test.build(1);
        Step step = Step.inference()) {
      int d = quantizer.dimension();
      int k = test.oracle().byDistance() ? quantizer.codebookSize() : 0;
      double[][] vectors = new double[k][];
      Arrays.setAll(vectors, code -> test.oracle().latentsOf(quantizer, code));
      for (int n = 0; k > 0 && n < 300; n++) {
        float[] row = QuantizerCase.gaussians(d, n);
        int code = quantizer.encode(test.latents(step, row, 1, quantizer)).toInts()[0];
        double min = Arrays.stream(vectors).mapToDouble(v -> distance(row, v)).min().getAsDouble();
        double chosen = distance(row, vectors[code]);
        assertTrue(chosen <= min * (1 + 1e-6), chosen + ", nearest " + min);
      }
    }
  }

  private static double distance(float[] a, double... b) {
    double[] values = new double[a.length];
    Arrays.setAll(values, i -> a[i]);
    return distance(values, b);
  }

  private static double distance(double[] a, double... b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return squares;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aRefusedStepLeavesNoTrace(QuantizerCase test) {
    try (Quantizer quantizer = test.build(1);
        Quantizer other = test.build(1)) {
      Map<String, double[]> before = QuantizerOracle.state(quantizer);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        Batch broken = batch(quantizer, 0);
        broken.latents()[broken.latents().length - 2] = bad;
        assertThrows(NonFiniteException.class, () -> whole(test, quantizer, broken));
        try (Step step = Step.training(new RngKey(1, 0, 0))) {
          Tensor latents = latents(test, quantizer, step, broken);
          assertThrows(NonFiniteException.class, () -> quantizer.quantize(latents));
          step.commit();
        }
        assertSame(before, QuantizerOracle.state(quantizer));
      }
      assertSameSteps(test, other, quantizer);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneSeedHasTheSameBitsInEveryThread(QuantizerCase test) {
    try (Quantizer expected = test.build(1);
        Workers workers = new Workers(3)) {
      whole(test, expected, batch(expected, 7)).updates().run();
      Map<String, double[]> state = QuantizerOracle.state(expected);
      workers.run(
          worker -> {
            try (Quantizer same = test.build(1)) {
              whole(test, same, batch(same, 7)).updates().run();
              assertSame(state, QuantizerOracle.state(same));
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("floats")
  void aLoadedQuantizerContinuesWithTheSameBits(QuantizerCase test) throws IOException {
    Path file = folder.resolve("quantizer.safetensors");
    try (Quantizer saved = test.build(1);
        Quantizer loaded = test.build(2)) {
      whole(test, saved, batch(saved, 3)).updates().run();
      saved.saveWeights(file);
      loaded.loadWeights(file);
      assertSameSteps(test, saved, loaded);
    }
    Path modelFile = folder.resolve("model.safetensors");
    try (VqVae saved =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(4).downsample(1).residual(0, 1))
            .quantizer(test.config())
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(1).residual(0, 1))
            .build()) {
      saved.save(modelFile);
      try (VqVae loaded = VqVae.load(modelFile)) {
        assertEquals(test.config(), loaded.quantizer().config().orElseThrow());
        assertSame(
            QuantizerOracle.state(saved.quantizer()), QuantizerOracle.state(loaded.quantizer()));
      }
    }
  }

  /**
   * The distances of all rows to all codes would be 30 million values for 1,500 codes. Measured in
   * a thread of its own, since operations retain workspace for each thread.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void memoryOfAStepIsBounded(QuantizerCase test) throws Exception {
    FutureTask<Long> measurement = new FutureTask<>(() -> bytesOfAStep(test));
    new Thread(measurement).start();
    long values = measurement.get() / (test.dtype() == DType.DOUBLE ? Double.BYTES : Float.BYTES);
    assertTrue(values < 16 << 20, values + " values");
  }

  private static long bytesOfAStep(QuantizerCase test) {
    int rows = 20_000;
    try (Quantizer quantizer = test.build(1);
        Step step = Step.training(new RngKey(1, 0, 0))) {
      float[] values = QuantizerCase.gaussians(rows * quantizer.dimension(), 1);
      quantizer.quantize(test.latents(step, values, 10, quantizer).requireGradient());
      return step.bytes() + step.workspaceBytes();
    }
  }
}
