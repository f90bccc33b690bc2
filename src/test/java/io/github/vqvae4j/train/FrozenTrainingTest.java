package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Training with frozen parts. */
class FrozenTrainingTest {
  private static final Dataset IMAGES = Shapes.rectangles(100, 8, 1, 1);
  private static final Dataset HELD_OUT = Shapes.rectangles(20, 8, 1, 2);

  /** A model with frequent code restarts. */
  private static VqVae model(Update update) {
    VectorQuantizerConfig quantizer =
        update == Update.EMA ? VectorQuantizer.ema(16, 4) : VectorQuantizer.gradient(16, 4);
    return Shapes.model(1, 3, quantizer.init(Initialization.NORMAL).deadCodeThreshold(0.8));
  }

  private static Trainer<ImageBatch> trainer(VqVae model) {
    return Trainer.of(model).optimizer(AdamW.rate(1e-2, 0.5)).batch(10).steps(6);
  }

  private static Map<String, float[]> part(Map<String, float[]> state, String prefix) {
    return state.entrySet().stream()
        .filter(e -> e.getKey().startsWith(prefix))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static void assertUpdated(
      Map<String, float[]> before, Map<String, float[]> now, String prefix) {
    part(before, prefix)
        .forEach(
            (name, values) -> assertFalse(Arrays.equals(values, now.get(name)), name + " moved"));
  }

  @ParameterizedTest
  @CsvSource({"EMA, 1", "EMA, 3", "GRADIENT, 1", "GRADIENT, 3"})
  void frozenPartsAreUnchanged(Update update, int accumulate) {
    try (VqVae model = model(update)) {
      model.encoder().freeze();
      model.quantizer().freeze();
      Map<String, float[]> before = States.of(model);
      Trainer<ImageBatch> trainer =
          trainer(model)
              .accumulate(accumulate)
              .clipNorm(0.01)
              .averageWeights(0.9)
              .evaluate(HELD_OUT, 2)
              .stopEarly(100);
      trainer.fit(IMAGES);
      Map<String, float[]> after = States.of(model);
      States.assertSame(part(before, "encoder."), part(after, "encoder."));
      States.assertSame(part(before, "quantizer."), part(after, "quantizer."));
      assertUpdated(before, after, "decoder.");
      trainer.averages().swap();
      States.assertSame(part(before, "encoder."), part(States.of(model), "encoder."));
      States.assertSame(part(before, "quantizer."), part(States.of(model), "quantizer."));
    }
  }

  @ParameterizedTest
  @EnumSource(Update.class)
  void unfrozenPartsAreUpdated(Update update) {
    try (VqVae model = model(update)) {
      Map<String, float[]> before = States.of(model);
      trainer(model).fit(IMAGES);
      assertUpdated(before, States.of(model), "encoder.");
      assertUpdated(before, States.of(model), "quantizer.co");
      assertUpdated(before, States.of(model), "decoder.");
    }
  }

  @Test
  void clippedNormExcludesFrozenParameters() {
    double[] norms = new double[2];
    double all = 0;
    for (int i = 0; i < 2; i++) {
      try (VqVae model = model(Update.EMA)) {
        (i == 0 ? model.encoder() : model.decoder()).freeze();
        norms[i] = trainer(model).steps(1).fit(IMAGES).last().gradientNorm();
      }
    }
    try (VqVae model = model(Update.EMA)) {
      all = trainer(model).steps(1).fit(IMAGES).last().gradientNorm();
    }
    assertEquals(all, Math.hypot(norms[0], norms[1]), 1e-5 * all);
    assertTrue(norms[0] > 0 && norms[1] > 0);
  }

  @Test
  void codebookCanBeTrainedAlone() {
    try (VqVae model = model(Update.EMA)) {
      model.encoder().freeze();
      model.decoder().freeze();
      Map<String, float[]> before = States.of(model);
      TrainingReport report = trainer(model).accumulate(2).fit(IMAGES);
      assertEquals(0, report.last().gradientNorm());
      Map<String, float[]> after = States.of(model);
      States.assertSame(part(before, "encoder."), part(after, "encoder."));
      States.assertSame(part(before, "decoder."), part(after, "decoder."));
      assertUpdated(before, after, "quantizer.co");
      assertEquals(List.of(), ModelStatistics.of(model, HELD_OUT).gradients());
    }
  }

  @Test
  void fullyFrozenModelIsRejected() {
    try (VqVae model = model(Update.EMA)) {
      model.freeze();
      Map<String, float[]> before = States.of(model);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> trainer(model).fit(IMAGES)),
          "trainable parameters or buffers",
          "frozen",
          "unfreeze()");
      States.assertSame(before, States.of(model));
    }
  }

  @Test
  void frozenUninitializedCodebookIsRejected() {
    try (VqVae model = Shapes.model(1, 3)) {
      model.quantizer().freeze();
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> trainer(model).fit(IMAGES)),
          "quantizer is frozen",
          "not been initialized from data");
      model.quantizer().initialize(new float[64 * 4], 64, new Rng(1));
      trainer(model).fit(IMAGES);
    }
  }

  @Test
  void listenerCanFreezeAndUnfreezeBetweenSteps() {
    try (VqVae model = model(Update.EMA)) {
      Map<Long, Map<String, float[]>> states = new HashMap<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStepEnd(TrainingRun run, long step) {
              states.put(step, States.of(model));
              if (step == 2) {
                model.encoder().freeze();
                model.quantizer().freeze();
              } else if (step == 4) {
                model.encoder().unfreeze();
                model.quantizer().unfreeze();
              } else if (step == 5) {
                model.freeze();
              }
            }
          };
      assertMessageContains(
          assertThrows(
              IllegalStateException.class, () -> trainer(model).listener(listener).fit(IMAGES)),
          "frozen");
      for (String part : List.of("encoder.", "quantizer.co")) {
        assertUpdated(states.get(1L), states.get(2L), part);
        States.assertSame(part(states.get(2L), part), part(states.get(4L), part));
        assertUpdated(states.get(4L), states.get(5L), part);
      }
      assertUpdated(states.get(2L), states.get(3L), "decoder.");
      States.assertSame(states.get(5L), States.of(model));
    }
  }

  @Test
  void statisticsOmitGradientsOfFrozenParameters() {
    try (VqVae model = model(Update.EMA)) {
      int weights = ModelStatistics.of(model, HELD_OUT).weights().size();
      model.encoder().freeze();
      ModelStatistics statistics = ModelStatistics.of(model, HELD_OUT);
      assertEquals(weights, statistics.weights().size());
      assertEquals(model.decoder().parameters().size(), statistics.gradients().size());
      model.freeze();
      assertEquals(List.of(), ModelStatistics.of(model, HELD_OUT).gradients());
    }
  }

  private static final class Vector extends io.github.vqvae4j.nn.Layer {
    private final Parameter weight = parameter("weight", new float[] {1, -2, 3}, 3);

    @Override
    protected Tensor compute(Tensor x) {
      return weight.in(x.step()).mul(x);
    }

    void update(Optimizer optimizer, int step) {
      try (Step training = Step.training(new Rng(1))) {
        Tensor x = training.tensor(new float[] {step, 2, -step}, 3).requireGradient();
        forward(x).square().sum().backward();
        optimizer.update(parameters(), training);
      }
    }
  }

  @Test
  void optimizerStateIsUnchangedWhileFrozen() {
    List<DoubleFunction<Optimizer>> optimizers =
        List.of(r -> new Sgd(r, 0.9), Adam::rate, r -> AdamW.rate(r, 0.1));
    for (DoubleFunction<Optimizer> make : optimizers) {
      try (Vector whole = new Vector();
          Vector interrupted = new Vector()) {
        Optimizer one = make.apply(0.01);
        Optimizer other = make.apply(0.01);
        for (int step = 1; step <= 5; step++) {
          whole.update(one, step);
          interrupted.update(other, step);
          interrupted.freeze();
          interrupted.update(other, 100);
          interrupted.unfreeze();
        }
        assertArrayEquals(whole.weight.toFloats(), interrupted.weight.toFloats(), one.toString());
      }
    }
  }

  @Test
  void trainingModesAreNotSaved(@TempDir Path folder) throws IOException {
    try (VqVae model = model(Update.EMA)) {
      model.freeze();
      model.eval();
      model.save(folder.resolve("model.safetensors"));
      try (VqVae loaded = VqVae.load(folder.resolve("model.safetensors"))) {
        assertFalse(loaded.isFrozen());
        assertTrue(loaded.encoder().isTraining());
        VqVae.load(folder.resolve("model.safetensors"), model);
        assertTrue(model.isFrozen());
        States.assertSame(States.of(loaded), States.of(model));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void vaeLossInEvaluationModeMatchesEvaluation(DType dtype) {
    try (Vae model = LatentModels.convolutional(1)) {
      model.convert(dtype);
      model.eval();
      double evaluated;
      double trained;
      try (Step step = Step.inference()) {
        evaluated = loss(model, step, dtype).item();
      }
      try (Step step = Step.training(new Rng(9))) {
        Tensor loss = loss(model, step, dtype);
        trained = loss.item();
        loss.backward();
        assertTrue(
            model.parameters().stream().allMatch(parameter -> step.gradient(parameter) != null));
      }
      assertEquals(evaluated, trained);
      model.train();
      try (Step step = Step.training(new Rng(9))) {
        assertTrue(loss(model, step, dtype).item() != evaluated);
      }
    }
  }

  private static Tensor loss(Vae model, Step step, DType dtype) {
    float[] pixels = HELD_OUT.pixels(0, 4);
    double[] doubles = new double[pixels.length];
    Arrays.setAll(doubles, i -> pixels[i]);
    Tensor images =
        dtype == DType.DOUBLE ? step.tensor(doubles, 4, 8, 8, 1) : step.tensor(pixels, 4, 8, 8, 1);
    return LossTerm.total(model.loss(images, new TrainingProgress(1, 0)).terms());
  }
}
