package io.github.vqvae4j.model;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.Sgd;
import io.github.vqvae4j.train.TermReport;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingProgress;
import io.github.vqvae4j.train.TrainingReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A custom reconstruction loss reaches gradients and reports of every model. */
class CustomLossTest {
  private static final Dataset IMAGES = Shapes.rectangles(40, 8, 1, 1);

  /** The models with a custom loss. */
  private enum Kind {
    VQ_VAE(
        loss ->
            VqVae.builder()
                .encoder(ConvEncoder.channels(1).hidden(16).downsample(1).residual(1, 8))
                .quantizer(VectorQuantizer.ema(16, 4).init(Initialization.NORMAL))
                .decoder(ConvDecoder.channels(1).hidden(16).upsample(1).residual(1, 8))
                .reconstructionLoss(loss)
                .build()),
    AUTOENCODER(CustomLossTest::autoencoder),
    VAE(loss -> LatentModels.vae(1).reconstructionLoss(loss).build());

    private final Function<CustomReconstructionLoss, ImageModel> build;

    Kind(Function<CustomReconstructionLoss, ImageModel> build) {
      this.build = build;
    }
  }

  private static Autoencoder autoencoder(CustomReconstructionLoss loss) {
    return Autoencoder.builder()
        .encoder(DenseEncoder.images(8, 8, 1).hidden(32))
        .decoder(DenseDecoder.images(8, 8, 1).hidden(32))
        .dimension(6)
        .reconstructionLoss(loss)
        .build();
  }

  private static CustomReconstructionLoss l1(double weight) {
    return (reconstruction, target, progress) ->
        List.of(
            new LossTerm("l1", reconstruction.meanAbsoluteError(target), weight),
            new LossTerm("step", target.mean().mul(0).add(progress.step()), 0));
  }

  /** The other terms of a VQ-VAE and a VAE still have a gradient. */
  @ParameterizedTest
  @EnumSource
  void aLossWithoutGradientIsRejected(Kind kind) {
    List<Function<Tensor, Tensor>> constants =
        List.of(
            Tensor::stopGradient,
            t -> t.step().tensor(t.toFloats(), t.shape()),
            t -> t.add(9).round());
    for (Function<Tensor, Tensor> constant : constants) {
      CustomReconstructionLoss loss =
          (reconstruction, target, progress) ->
              List.of(
                  new LossTerm("l1", reconstruction.meanAbsoluteError(target), 1),
                  new LossTerm("edges", constant.apply(reconstruction).mean(), 0.5));
      try (ImageModel model = kind.build.apply(loss)) {
        List<float[]> before = decoder(model);
        assertMessageContains(
            assertThrows(IllegalStateException.class, () -> train(model)),
            "CustomReconstructionLoss.terms: expected terms with a gradient, got \"edges\"",
            "stopGradient",
            "round, comparisons and argmax have no gradient",
            "weight 0");
        for (int p = 0; p < before.size(); p++) {
          assertArrayEquals(before.get(p), decoder(model).get(p));
        }
      }
    }
  }

  /** Otherwise, the other terms of a VQ-VAE and a VAE would be trained alone. */
  @ParameterizedTest
  @EnumSource
  void aLossWithoutTermsIsRejected(Kind kind) {
    try (ImageModel none = kind.build.apply((reconstruction, target, progress) -> null);
        ImageModel empty = kind.build.apply((reconstruction, target, progress) -> List.of())) {
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> train(none)),
          "CustomReconstructionLoss.terms: expected one or more loss terms, got null.");
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> train(empty)),
          "CustomReconstructionLoss.terms: expected one or more loss terms, got an empty list.");
    }
  }

  /** A term may be 0 until its warm-up ends; a frozen model is evaluated. */
  @Test
  void termsThatAreZeroAndFrozenModelsAreNotRejected() {
    CustomReconstructionLoss loss =
        (reconstruction, target, progress) ->
            List.of(
                new LossTerm("l1", reconstruction.meanAbsoluteError(target), 1),
                new LossTerm("later", target.mean().mul(0), 1));
    try (ImageModel model = autoencoder(loss)) {
      assertEquals(1, train(model).last().step());
      Evaluation.of(model, IMAGES);
    }
  }

  private static TrainingReport train(ImageModel model) {
    return Trainer.of(model).optimizer(Sgd.rate(1)).batch(8).steps(1).quiet().fit(IMAGES);
  }

  private static List<float[]> decoder(ImageModel model) {
    return model.children().get("decoder").parameters().stream().map(Parameter::toFloats).toList();
  }

  /** Returns how much a training step changes the decoder. */
  private static List<float[]> change(Kind kind, double weight) {
    try (ImageModel model = kind.build.apply(l1(weight))) {
      List<float[]> before = decoder(model);
      train(model);
      List<float[]> change = decoder(model);
      for (int p = 0; p < change.size(); p++) {
        for (int i = 0; i < change.get(p).length; i++) {
          change.get(p)[i] -= before.get(p)[i];
        }
      }
      return change;
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void gradientsOfTheDecoderAreThoseOfTheCustomLoss(Kind kind) {
    List<float[]> none = change(kind, 0);
    List<float[]> once = change(kind, 1);
    List<float[]> threeTimes = change(kind, 3);
    float largest = 0;
    for (int p = 0; p < none.size(); p++) {
      assertArrayEquals(new float[none.get(p).length], none.get(p), "weight 0");
      for (int i = 0; i < once.get(p).length; i++) {
        largest = Math.max(largest, Math.abs(once.get(p)[i]));
        assertEquals(3 * once.get(p)[i], threeTimes.get(p)[i], 1e-6);
      }
    }
    assertTrue(largest > 1e-3, "largest change " + largest);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void termsAreReported(Kind kind) {
    try (ImageModel model = kind.build.apply(l1(2))) {
      TrainingReport report = train(model);
      List<String> names = report.last().terms().stream().map(TermReport::name).toList();
      assertEquals(List.of("l1", "step"), names.subList(0, 2));
      assertTrue(!names.contains("reconstruction"), names.toString());
      assertEquals(1, report.last().term("step"), "progress");
      Evaluation evaluation = Evaluation.of(model, IMAGES);
      double loss =
          evaluation.losses().get(0).terms().stream()
              .mapToDouble(t -> t.weight() * t.value())
              .sum();
      assertEquals(loss, evaluation.loss(), 1e-9);
      assertEquals(2, evaluation.losses().get(0).terms().get(0).weight());
      assertTrue(evaluation.term("l1") > 0 && evaluation.term("l1") < 1);
      assertTrue(evaluation.metric(ImageModel.MSE) > 0, "metrics do not depend on the loss");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void targetsAreTheImagesInTheRangeOfTheReconstructions(Kind kind) {
    List<float[]> targets = new ArrayList<>();
    List<float[]> reconstructions = new ArrayList<>();
    CustomReconstructionLoss spy =
        (reconstruction, target, progress) -> {
          targets.add(target.toFloats());
          reconstructions.add(reconstruction.toFloats());
          return List.of(new LossTerm("l2", reconstruction.meanSquaredError(target), 1));
        };
    try (ImageModel model = kind.build.apply(spy);
        Step step = Step.inference()) {
      model.loss(step, IMAGES.batch(0, 1, 2, 3, 4), new TrainingProgress(0, 0));
    }
    float[] pixels = IMAGES.pixels(0, 5);
    float[] target = targets.get(0);
    assertEquals(pixels.length, target.length);
    assertEquals(pixels.length, reconstructions.get(0).length);
    float shift = pixels[0] - target[0];
    assertTrue(shift == 0 || shift == 0.5f, "shift " + shift);
    for (int i = 0; i < pixels.length; i++) {
      assertEquals(pixels[i], target[i] + shift, 1e-6f);
    }
  }

  @Test
  void namesOfMetricsAreRefusedInTheFirstStep() {
    for (String name : List.of("mse", "normalizedMse", "psnr")) {
      try (Autoencoder model =
          autoencoder(
              (reconstruction, target, progress) ->
                  List.of(new LossTerm(name, reconstruction.meanSquaredError(target), 1)))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> train(model)), name, "l2");
      }
    }
  }

  @Test
  void aStepEqualsOneWrittenByHand() {
    try (Autoencoder trained = autoencoder(l1(1));
        Autoencoder expected = autoencoder(l1(1));
        Batches<ImageBatch> batches = Batches.shuffled(IMAGES, 8, 42)) {
      train(trained);
      try (Step step = Step.training(new RngKey(42, 1, 0))) {
        Tensor images = batches.next().in(step);
        expected.forward(images).sub(images).abs().mean().backward();
        for (Parameter parameter : expected.parameters()) {
          float[] values = parameter.toFloats();
          double[] gradient = step.gradient(parameter).toDoubles();
          for (int i = 0; i < values.length; i++) {
            values[i] -= (float) gradient[i];
          }
          float[] actual = ((Parameter) trained.variables().get(parameter.name())).toFloats();
          assertArrayEquals(values, actual, 1e-6f, parameter.name());
        }
      }
    }
  }
}
