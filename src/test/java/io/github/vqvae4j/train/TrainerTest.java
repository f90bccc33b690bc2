package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {
  private static final Dataset TRAIN = Shapes.rectangles(400, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(70, 8, 1, 2);

  private static VqVae model(Update update) {
    VectorQuantizerConfig quantizer =
        update == Update.EMA ? VectorQuantizer.ema(16, 4) : VectorQuantizer.gradient(16, 4);
    return Shapes.model(1, 3, quantizer);
  }

  private static Trainer<ImageBatch> trainer(VqVae model) {
    return Trainer.of(model).optimizer(Adam.rate(2e-3)).batch(16).steps(200);
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void reconstructsHeldOutImages(Update update) {
    try (VqVae model = model(update)) {
      double variance = TRAIN.variance();
      TrainingReport report = trainer(model).steps(300).evaluate(TEST, 120).fit(TRAIN);
      List<Evaluation> evaluations = report.evaluations();
      assertEquals(List.of(120L, 240L, 300L), evaluations.stream().map(Evaluation::step).toList());
      Evaluation last = evaluations.get(2);
      assertTrue(last.metric(ImageModel.NORMALIZED_MSE) < 0.2, last.toString());
      assertTrue(last.usage().get(0).usage().codesInUse() > 8, last.toString());
      assertEquals(last.metric(ImageModel.MSE), last.term("reconstruction"), 1e-6);
      double loss = last.metric(ImageModel.NORMALIZED_MSE) + 0.25 * last.term("commitment");
      loss += update == Update.EMA ? 0 : last.term("codebook");
      assertEquals(loss, last.loss(), 1e-5);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> last.term("kl")),
          "\"kl\"",
          "commitment");
      assertEquals(variance, model.dataVariance(), 1e-12);
      assertEquals(Evaluation.of(model, TEST).metric(ImageModel.MSE), last.metric(ImageModel.MSE));
      assertTrue(report.toString().contains("300 steps"), report.toString());
      assertTrue(report.toString().contains("held-out"), report.toString());
    }
  }

  @Test
  void sameSeedProducesIdenticalWeights() {
    List<Map<String, float[]>> runs = new ArrayList<>();
    for (long seed : new long[] {1, 1, 2}) {
      try (VqVae model = model(Update.EMA)) {
        trainer(model).steps(60).seed(seed).fit(TRAIN);
        runs.add(States.of(model));
      }
    }
    States.assertSame(runs.get(0), runs.get(1));
    String name = "encoder.mix.weight";
    assertNotEquals(runs.get(0).get(name)[0], runs.get(2).get(name)[0]);
  }

  private static long sum(long[] counts) {
    return java.util.Arrays.stream(counts).sum();
  }

  @Test
  void reportsContainLossTermsAndWeights() {
    for (Update update : Update.values()) {
      try (VqVae model = model(update)) {
        List<StepReport> reports = new ArrayList<>();
        List<String> heard = new ArrayList<>();
        TrainingListener listener =
            new TrainingListener() {
              @Override
              public void onStep(TrainingRun run, StepReport report) {
                reports.add(report);
              }

              @Override
              public void onEvaluation(TrainingRun run, Evaluation evaluation) {
                heard.add("evaluation " + evaluation.step());
              }

              @Override
              public void onEnd(TrainingRun run, TrainingReport report) {
                heard.add("end " + report.last().step());
              }
            };
        trainer(model).steps(5).evaluate(TEST, 2).listener(listener).fit(TRAIN);
        assertEquals(5, reports.size());
        assertEquals(List.of("evaluation 2", "evaluation 4", "evaluation 5", "end 5"), heard);
        StepReport last = reports.get(4);
        List<String> names = last.terms().stream().map(TermReport::name).toList();
        assertEquals(
            update == Update.EMA
                ? List.of("reconstruction", "commitment")
                : List.of("reconstruction", "codebook", "commitment"),
            names);
        double loss = 0;
        for (TermReport term : last.terms()) {
          loss += term.weight() * term.value();
        }
        assertEquals(loss, last.loss(), 1e-5);
        assertEquals(1 / TRAIN.variance(), last.terms().get(0).weight(), 1e-9);
        assertEquals(5 * 16 * 16, sum(last.windowUsage().get(0).usage().counts()));
        assertEquals(16 * 16, sum(last.batchUsage().get(0).usage().counts()));
        assertTrue(last.examplesPerSecond() > 0);
        for (String part : new String[] {"step 5/5", "commitment", "perplexity", "codes"}) {
          assertTrue(last.toString().contains(part), last.toString());
        }
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> last.term("kl")),
            "\"kl\"",
            "commitment");
      }
    }
  }

  @Test
  void divergingStepIsRolledBack() {
    try (VqVae model = model(Update.EMA)) {
      List<Map<String, float[]>> states = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStep(TrainingRun run, StepReport report) {
              if (report.step() == 3) {
                // The effect of a learning rate that is too large.
                float[] huge = model.variables().get("decoder.mix.weight").toFloats();
                java.util.Arrays.fill(huge, 1e30f);
                model.variables().get("decoder.mix.weight").set(huge);
              }
              states.add(States.of(model));
            }
          };
      DivergenceException error =
          assertThrows(
              DivergenceException.class, () -> trainer(model).listener(listener).fit(TRAIN));
      assertEquals(4, error.step());
      assertMessageContains(
          error,
          "Step 4",
          "reconstruction",
          "restored to their values before this step",
          "learning rate");
      States.assertSame(states.get(2), States.of(model));
    }
  }

  @Test
  void overflowingGradientIsReported() {
    try (VqVae model = model(Update.EMA)) {
      // The loss is finite, but the gradient of this weight overflows when squared.
      float[] weights = model.variables().get("decoder.up.0.weight").toFloats();
      for (int i = 0; i < weights.length; i++) {
        weights[i] *= 1e15f;
      }
      model.variables().get("decoder.up.0.weight").set(weights);
      Map<String, float[]> before = States.of(model);
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> trainer(model).fit(TRAIN));
      assertMessageContains(error, "Step 1", "the gradient of ");
      before.remove("quantizer.codebook");
      assertArrayEquals(
          before.get("encoder.mix.weight"), States.of(model).get("encoder.mix.weight"));
    }
  }

  @Test
  void invalidRunsAreRejected() {
    try (VqVae model = model(Update.EMA)) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> trainer(model).batch(401).fit(TRAIN)),
          "401",
          "400");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> Trainer.of(model).steps(0)),
          "at least 1 step",
          "got 0");
      assertThrows(IllegalArgumentException.class, () -> Trainer.of(model).evaluate(TEST, 0));
      Dataset flat = ByteImages.of(new byte[64 * 20], 20, 8, 8, 1);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> trainer(model).fit(flat)),
          "variance",
          "one uniform color");
      Dataset colour = Shapes.rectangles(20, 8, 3, 1);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> trainer(model).fit(colour)),
          ", 8, 8, 3]",
          "channels(3)");
    }
  }

  @Test
  void imagesWithNaNAreReported() {
    Dataset damaged = new Damaged(TRAIN, 7);
    try (VqVae model = model(Update.EMA)) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> trainer(model).fit(damaged)),
          "NaN in image 7",
          "repair or remove");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.encode(damaged)),
          "NaN in image 7");
    }
  }

  /** A custom dataset in which one image contains a NaN. */
  private static final class Damaged extends ForwardingDataset {
    private final int damagedIndex;

    Damaged(Dataset data, int damagedIndex) {
      super(data);
      this.damagedIndex = damagedIndex;
    }

    @Override
    public void image(int index, float[] target, int offset) {
      super.image(index, target, offset);
      if (index == damagedIndex) {
        target[offset + 3] = Float.NaN;
      }
    }
  }

  @Test
  void mismatchedHeldOutImagesAreRejectedBeforeTraining() {
    try (VqVae model = model(Update.EMA)) {
      List<StepReport> steps = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStep(TrainingRun run, StepReport report) {
              steps.add(report);
            }
          };
      for (Dataset wrong : List.of(Shapes.rectangles(5, 8, 3, 1), TEST.range(0, 0))) {
        assertMessageContains(
            assertThrows(
                IllegalArgumentException.class,
                () -> trainer(model).evaluate(wrong, 100).listener(listener).fit(TRAIN)),
            "[8, 8, 1]",
            "got " + wrong.size() + " examples [8, 8, " + wrong.channels() + "]",
            "Hold out some of the data, prepared like the training data.");
      }
      assertEquals(0, steps.size());
    }
  }

  @Test
  void nonFiniteHeldOutErrorStopsTheRun() {
    try (VqVae model = model(Update.EMA)) {
      DivergenceException error =
          assertThrows(
              DivergenceException.class,
              () ->
                  trainer(model).optimizer(Adam.rate(1e30)).steps(1).evaluate(TEST, 1).fit(TRAIN));
      assertMessageContains(error, "After step 1", "held-out", "learning rate");
    }
  }

  @Test
  void invalidOptimizerSettingsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Adam.rate(0)),
        "above 0",
        "learning rate 0.0");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Adam.rate(1e39)),
        "learning rate 1.0E39");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new Sgd(0.1, 1)), "momentum 1.0");
    // As a float, epsilon is 0, and a zero gradient would result in 0 / 0.
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new Adam(1e-3, 0.9, 0.999, 1e-60)),
        "an epsilon above 0 when rounded to float",
        "epsilon 1.0E-60");
  }

  @Test
  void allLossReductionsTrain() {
    Dataset large = Shapes.rectangles(64, 16, 3, 1);
    for (int halvings = 0; halvings < 4; halvings++) {
      try (VqVae model =
          VqVae.builder()
              .encoder(ConvEncoder.channels(3).hidden(8).downsample(halvings).residual(1, 4))
              .quantizer(VectorQuantizer.ema(8, 4))
              .decoder(ConvDecoder.channels(3).hidden(8).upsample(halvings).residual(1, 4))
              .build()) {
        double[] first = new double[1];
        TrainingListener listener =
            new TrainingListener() {
              @Override
              public void onStep(TrainingRun run, StepReport report) {
                first[0] = report.step() == 1 ? report.loss() : first[0];
              }
            };
        TrainingReport report =
            Trainer.of(model)
                .optimizer(Adam.rate(2e-3))
                .batch(8)
                .steps(40)
                .listener(listener)
                .fit(large);
        assertTrue(report.last().loss() < first[0], halvings + " halvings");
      }
    }
  }
}
