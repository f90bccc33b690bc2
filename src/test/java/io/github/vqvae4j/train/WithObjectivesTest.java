package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Activation;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VQ-VAE whose reconstructions a discriminator judges: a small VQGAN (Esser et al. 2021). */
class WithObjectivesTest {
  private static final Dataset TRAIN = Shapes.rectangles(128, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(40, 8, 1, 2);

  @TempDir private Path folder;
  private final VqVae vqVae = Shapes.model(1, 3);
  private final Sequential discriminator =
      Sequential.of(
          new Linear(64, 16, new Rng(1)), Activation.LEAKY_RELU, new Linear(16, 1, new Rng(2)));

  @AfterEach
  void close() {
    vqVae.close();
    discriminator.close();
  }

  private Tensor logits(Tensor images) {
    return discriminator.forward(images.reshape(images.size(0), 64));
  }

  private BatchLoss autoencoderLoss(Step step, ImageBatch batch, TrainingProgress progress) {
    ImageLoss loss = vqVae.loss(batch.in(step), progress);
    List<LossTerm> terms = new ArrayList<>(loss.terms());
    terms.add(
        new LossTerm("adversarial", logits(loss.reconstruction()).neg().softplus().mean(), 0.01));
    double error = loss.reconstruction().meanSquaredError(loss.target()).item();
    return new BatchLoss(terms, List.of(new Metric(ImageModel.MSE, error)), loss.usage());
  }

  private BatchLoss discriminatorLoss(Step step, ImageBatch batch, TrainingProgress progress) {
    ImageLoss loss = vqVae.loss(batch.in(step), progress);
    Tensor real = logits(loss.target()).neg().softplus().mean();
    return BatchLoss.of("hinge", real.add(logits(loss.reconstruction()).softplus().mean()));
  }

  private Trainable<ImageBatch> vqGan() {
    return vqVae.withObjectives(
        List.of(
            Objective.of("autoencoder", this::autoencoderLoss, vqVae),
            Objective.of("discriminator", this::discriminatorLoss, discriminator)));
  }

  private static Trainer<ImageBatch> trainer(Trainable<ImageBatch> model, long steps) {
    return Trainer.of(model).optimizer(Adam.rate(3e-3)).batch(16).steps(steps).quiet();
  }

  private static float[] codebook(VqVae model) {
    return ((VectorQuantizer) model.quantizer()).codebook();
  }

  @Test
  void initializationIsThatOfTheModel() {
    try (VqVae alone = Shapes.model(1, 3)) {
      float[] random = codebook(vqVae);
      assertArrayEquals(random, codebook(alone));
      trainer(alone, 1).fit(TRAIN);
      trainer(vqGan(), 1).fit(TRAIN);
      assertArrayEquals(codebook(alone), codebook(vqVae), "k-means and an EMA update");
      assertFalse(Arrays.equals(random, codebook(vqVae)));
      assertEquals(alone.trainingVariance(), vqVae.trainingVariance());
    }
  }

  @Test
  void trainsBothParts() throws IOException {
    RunFolder run = RunFolder.in(folder.resolve("run"));
    List<float[]> before =
        discriminator.parameters().stream().map(parameter -> parameter.toFloats()).toList();
    TrainingReport report =
        trainer(vqGan(), 300).evaluate(TEST, 100).stopEarly(3).listener(run).fit(TRAIN);
    assertFalse(Arrays.equals(before.get(0), discriminator.parameters().get(0).toFloats()));
    Evaluation first = report.evaluations().get(0);
    Evaluation best = report.best().orElseThrow();
    assertTrue(best.metric(ImageModel.NORMALIZED_MSE) < 0.25, report.toString());
    assertTrue(best.metric(ImageModel.MSE) < first.metric(ImageModel.MSE), report.toString());
    assertEquals(
        report.evaluations().stream().mapToDouble(e -> e.metric("mse")).min().orElseThrow(),
        best.metric(ImageModel.MSE),
        "the model's score decides");
    assertTrue(best.usage().get(0).usage().codesInUse() > 4, report.toString());
    assertTrue(best.objective("discriminator").loss() > 0);
    try (VqVae loaded = VqVae.load(run.modelFile().orElseThrow())) {
      States.assertSame(States.of(vqVae), States.of(loaded));
    }
    String summary = Files.readString(run.path().resolve("summary.txt"));
    assertTrue(summary.contains("VqVae.load("), summary);
    String config = Files.readString(run.path().resolve("config.json"));
    JsonObject model = JsonParser.parseString(config).getAsJsonObject().getAsJsonObject("model");
    assertEquals("VqVae", model.get("type").getAsString());
    assertEquals("ConvEncoder", model.getAsJsonObject("encoder").get("type").getAsString());
  }

  @Test
  void variablesOfBothParts() {
    Set<String> expected = new LinkedHashSet<>(vqVae.variables().keySet());
    discriminator.variables().keySet().forEach(name -> expected.add("discriminator." + name));
    assertEquals(List.copyOf(expected), List.copyOf(vqGan().variables().keySet()));
  }

  @Test
  void evaluationOutsideARun() {
    vqVae.dataVariance(0.1);
    Evaluation plain = Evaluation.of(vqVae, TEST);
    Evaluation view = Evaluation.of(vqGan(), TEST);
    assertEquals(plain.metric(ImageModel.PSNR), view.metric(ImageModel.PSNR), 1e-9);
    assertEquals(vqVae.evaluationBatch(TEST), vqGan().evaluationBatch(TEST));
    assertEquals(plain.usage().toString(), view.usage().toString());
  }

  @Test
  void statisticsNameTheLayersOfTheModel() {
    trainer(vqGan(), 1).fit(TRAIN);
    List<String> names =
        ModelStatistics.of(vqGan(), TEST.range(0, 4)).outputs().stream()
            .map(ArrayStatistics::name)
            .toList();
    assertTrue(names.contains("autoencoder/encoder"), names.toString());
  }

  @Test
  void learningRateFinderPreparesTheModel() {
    LearningRateCurve curve =
        LearningRateFinder.of(vqGan()).batch(16).steps(20).range(1e-5, 1e-3).find(TRAIN);
    assertEquals(20, curve.points().size());
  }

  @Test
  void aSingleObjectiveIsAModel() {
    Source<float[]> points = PointGan.points(100, 1);
    try (PointGan one = new PointGan(1);
        PointGan other = new PointGan(1)) {
      Trainer.of(one.generatorObjective()).batch(10).steps(5).quiet().fit(points);
      Trainer.of(other.withObjectives(List.of(other.generatorObjective())))
          .batch(10)
          .steps(5)
          .quiet()
          .fit(points);
      States.assertSame(States.of(other), States.of(one));
      assertEquals(
          Set.of(
              "generator.0.weight", "generator.0.bias", "generator.2.weight", "generator.2.bias"),
          Trainable.of(one.generatorObjective()).variables().keySet());
    }
  }
}
