package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.nn.BatchNorm2d;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An objective changes the parameters and buffers that it trains, once per step, and no others. */
class ObjectivePartsTest {
  private static final Source<float[]> POINTS = PointGan.points(100, 1);

  /** Points are normalized, quantized and reconstructed; a critic judges the reconstructions. */
  private static final class Parts extends Block implements Trainable<float[]> {
    private final Linear encoder = child("encoder", new Linear(2, 3, new Rng(1)));
    private final BatchNorm2d norm = child("norm", new BatchNorm2d(3));
    private final VectorQuantizer quantizer =
        child(
            "quantizer",
            new VectorQuantizer(VectorQuantizer.ema(4, 3).init(Initialization.NORMAL), new Rng(2)));
    private final Linear decoder = child("decoder", new Linear(3, 2, new Rng(3)));
    private final Linear critic = child("critic", new Linear(2, 1, new Rng(4)));
    private final BatchNorm2d criticNorm = child("criticNorm", new BatchNorm2d(1));

    private Quantized quantize(Step step, float[] batch) {
      long n = batch.length / 2;
      Tensor latents = encoder.forward(PointGan.tensor(step, batch)).reshape(n, 1, 1, 3);
      return quantizer.quantize(norm.forward(latents).reshape(n, 3));
    }

    @Override
    public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
      Quantized quantized = quantize(step, batch);
      Tensor error =
          decoder.forward(quantized.quantized()).meanSquaredError(PointGan.tensor(step, batch));
      List<LossTerm> terms = new ArrayList<>(List.of(new LossTerm("error", error, 1)));
      terms.addAll(quantized.terms());
      return BatchLoss.of(terms).withUsage(quantizer.codebooks().names(), quantized.usage());
    }

    BatchLoss criticLoss(Step step, float[] batch, TrainingProgress progress) {
      Tensor points = decoder.forward(quantize(step, batch).quantized());
      Tensor scores = critic.forward(points).reshape(batch.length / 2, 1, 1, 1);
      return BatchLoss.of("score", criticNorm.forward(scores).sub(1).square().mean());
    }

    Objective<float[]> coder() {
      return Objective.of("coder", this::loss, encoder, norm, quantizer, decoder);
    }

    Objective<float[]> criticObjective() {
      return Objective.of("critic", this::criticLoss, critic, criticNorm);
    }
  }

  private static void assertSameParts(Parts expected, Parts actual) {
    for (String part : List.of("encoder", "norm", "quantizer", "decoder")) {
      States.assertSame(
          States.of(expected.children().get(part)), States.of(actual.children().get(part)));
    }
  }

  private static void assertChanged(boolean changed, Map<String, float[]> before, Block block) {
    States.of(block)
        .forEach(
            (name, values) ->
                assertEquals(changed, !Arrays.equals(before.get(name), values), name));
  }

  @Test
  void batchStatisticsAndCodebookAreUpdatedByTheirObjectiveOnly() {
    for (int accumulate : new int[] {1, 2}) {
      try (Parts alone = new Parts();
          Parts judged = new Parts()) {
        Trainer.of(alone.coder()).batch(10).steps(20).accumulate(accumulate).quiet().fit(POINTS);
        Map<String, float[]> before = States.of(judged.criticNorm);
        Trainer.of(judged.coder(), judged.criticObjective())
            .batch(10)
            .steps(20)
            .accumulate(accumulate)
            .quiet()
            .fit(POINTS);
        assertSameParts(alone, judged);
        assertChanged(true, before, judged.criticNorm);
      }
    }
  }

  @Test
  void theOnlyObjectiveMayTrainOnePart() {
    try (Parts parts = new Parts()) {
      Map<String, float[]> before = States.of(parts);
      Trainer.of(parts.withObjectives(List.of(parts.criticObjective())))
          .batch(10)
          .steps(3)
          .quiet()
          .fit(POINTS);
      States.of(parts)
          .forEach(
              (name, values) ->
                  assertEquals(
                      name.startsWith("critic"), !Arrays.equals(before.get(name), values), name));
    }
  }

  @Test
  void frozenPartsStay() {
    try (Parts parts = new Parts()) {
      parts.norm.freeze();
      parts.quantizer.freeze();
      parts.critic.freeze();
      Map<String, float[]> before = States.of(parts);
      Trainer.of(parts.coder(), parts.criticObjective()).batch(10).steps(3).quiet().fit(POINTS);
      States.of(parts)
          .forEach(
              (name, values) -> {
                boolean frozen = name.matches("(norm|quantizer|critic)\\..*");
                assertEquals(!frozen, !Arrays.equals(before.get(name), values), name);
              });
    }
  }

  @Test
  void usageOfEveryObjectiveIsReported() {
    try (Parts parts = new Parts()) {
      Objective<float[]> second =
          Objective.of(
              "second",
              (step, batch, progress) ->
                  parts
                      .criticLoss(step, batch, progress)
                      .withUsage("other", parts.quantize(step, batch).usage().get(0)),
              parts.critic,
              parts.criticNorm);
      TrainingReport report =
          Trainer.of(parts.coder(), second)
              .batch(10)
              .steps(2)
              .evaluate(POINTS, 2)
              .quiet()
              .fit(POINTS);
      List<String> names = List.of("codebook", "other");
      assertEquals(names, report.last().batchUsage().stream().map(CodebookUsage::name).toList());
      Evaluation evaluation = report.evaluations().get(0);
      assertEquals(names, evaluation.usage().stream().map(CodebookUsage::name).toList());
      for (CodebookUsage usage : evaluation.usage()) {
        assertEquals(100, Arrays.stream(usage.usage().counts()).sum());
      }
    }
  }

  @Test
  void bestModelOfBothPartsIsKeptAndSaved(@TempDir Path folder) throws Exception {
    try (PointGan gan = new PointGan(1);
        PointGan loaded = new PointGan(2)) {
      Path file = folder.resolve("best.safetensors");
      List<Map<String, float[]>> states = new ArrayList<>();
      TrainingListener recorder =
          new TrainingListener() {
            @Override
            public void onEvaluation(TrainingRun run, Evaluation evaluation) {
              states.add(States.of(gan));
            }
          };
      double[] scores = {3, 1, 2, 2, 0};
      TrainingReport report =
          Trainer.of(gan.generatorObjective(), gan.discriminatorObjective())
              .batch(10)
              .steps(100)
              .evaluate(POINTS.range(0, 20), 5)
              .monitor(evaluation -> scores[(int) evaluation.step() / 5 - 1])
              .stopEarly(2)
              .saveBest(file)
              .listener(recorder)
              .quiet()
              .fit(POINTS);
      assertEquals(StopReason.EARLY_STOPPING, report.stopReason());
      assertEquals(20, report.last().step());
      assertEquals(10, report.modelStep());
      States.assertSame(states.get(1), States.of(gan));
      assertFalse(
          Arrays.equals(
              states.get(1).get("discriminator.0.weight"),
              states.get(3).get("discriminator.0.weight")));
      loaded.generator.loadWeights(file, "generator");
      loaded.discriminator.loadWeights(file, "discriminator");
      States.assertSame(States.of(gan), States.of(loaded));
      assertArrayEquals(
          new String[] {"generator", "discriminator"},
          report.best().orElseThrow().losses().stream().map(LossReport::objective).toArray());
    }
  }

  @Test
  void severalObjectivesHaveNoBestEvaluationWithoutAMonitor(@TempDir Path folder) {
    try (PointGan gan = new PointGan(1)) {
      Trainer<float[]> trainer =
          Trainer.of(gan.generatorObjective(), gan.discriminatorObjective())
              .batch(10)
              .steps(10)
              .evaluate(POINTS.range(0, 20), 5)
              .quiet();
      assertTrue(trainer.fit(POINTS).best().isEmpty());
      Path file = folder.resolve("best.safetensors");
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> trainer.saveBest(file).fit(POINTS)),
          "Trainer.saveBest",
          "monitor(..)");
    }
  }
}
