package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientAccumulationTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final long SEED = 9;

  /** Initialization independent of the batch size, and no code restarts. */
  private static VectorQuantizerConfig deterministic(VectorQuantizerConfig quantizer) {
    return quantizer.init(Initialization.UNIFORM).deadCodeThreshold(0);
  }

  private static VqVae emaModel() {
    return Shapes.model(1, 3, deterministic(VectorQuantizer.ema(16, 4)));
  }

  private static Trainer<ImageBatch> trainer(VqVae model, int batch, int accumulate) {
    return Trainer.of(model)
        .optimizer(new Sgd(0.02, 0.9))
        .seed(SEED)
        .batch(batch)
        .accumulate(accumulate);
  }

  private static VqVae gradientModel() {
    return Shapes.model(1, 3, deterministic(VectorQuantizer.gradient(16, 4)));
  }

  @Test
  void fourAccumulatedBatchesEqualOneLargeBatch() {
    try (VqVae largeBatch = gradientModel();
        VqVae accumulated = gradientModel()) {
      TrainingReport expected = trainer(largeBatch, 16, 1).steps(6).fit(TRAIN);
      TrainingReport actual = trainer(accumulated, 4, 4).steps(6).fit(TRAIN);
      assertEquals(expected.last().loss(), actual.last().loss(), 1e-4 * expected.last().loss());
      assertEquals(
          expected.last().gradientNorm(),
          actual.last().gradientNorm(),
          1e-3 * expected.last().gradientNorm());
      assertArrayEquals(
          expected.last().batchUsage().get(0).usage().counts(),
          actual.last().batchUsage().get(0).usage().counts());
      assertEquals(expected.last().term("commitment"), actual.last().term("commitment"), 1e-4);
      largeBatch
          .variables()
          .forEach(
              (name, variable) -> {
                if (variable instanceof Parameter) {
                  assertArrayEquals(
                      variable.toFloats(),
                      accumulated.variables().get(name).toFloats(),
                      2e-5f,
                      name);
                }
              });
    }
  }

  /** The noise of an image depends only on its position in the step. */
  @Test
  void vaeNoiseIsIndependentOfAccumulation() {
    try (Vae largeBatch = LatentModels.vae(1).build();
        Vae accumulated = LatentModels.vae(1).build()) {
      TrainingReport expected = vaeTrainer(largeBatch, 16, 1).fit(TRAIN);
      TrainingReport actual = vaeTrainer(accumulated, 4, 4).fit(TRAIN);
      assertEquals(expected.last().loss(), actual.last().loss(), 1e-5 * expected.last().loss());
      largeBatch
          .variables()
          .forEach(
              (name, variable) ->
                  assertArrayEquals(
                      variable.toFloats(),
                      accumulated.variables().get(name).toFloats(),
                      2e-6f,
                      name));
    }
  }

  private static Trainer<ImageBatch> vaeTrainer(Vae model, int batch, int accumulate) {
    return Trainer.of(model)
        .optimizer(new Sgd(1e-4, 0.9))
        .seed(SEED)
        .batch(batch)
        .accumulate(accumulate)
        .steps(4);
  }

  /** The averages decay once per step, and use the codebook before the step for all batches. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void averagesOfACodebookDecayOncePerStep(int workers) {
    try (VqVae model = emaModel();
        Batches<ImageBatch> batches = Batches.shuffled(TRAIN, 8, SEED)) {
      double[] count = new double[16];
      double[] sum = new double[16 * 4];
      for (int i = 0; i < 2; i++) {
        addToAverages(model, batches.next(), count, sum);
      }
      trainer(model, 8, 2).workers(workers).steps(1).fit(TRAIN);
      assertClose(count, model.variables().get("quantizer.count").toFloats());
      assertClose(sum, model.variables().get("quantizer.sum").toFloats());
      assertEquals(0.05, model.variables().get("quantizer.weight").toFloats()[0], 1e-6);
    }
  }

  private static void addToAverages(VqVae model, ImageBatch batch, double[] count, double[] sum) {
    try (Step step = Step.inference()) {
      double[] vectors = model.encoderOutput(batch.in(step)).toDoubles();
      int[] codes = model.encode(Images.of(batch.images(), batch.count(), 8, 8, 1)).values();
      for (int i = 0; i < codes.length; i++) {
        count[codes[i]] += 0.05;
        for (int j = 0; j < 4; j++) {
          sum[codes[i] * 4 + j] += 0.05 * vectors[i * 4 + j];
        }
      }
    }
  }

  /** Restarted codes, too: the same latents of the step are chosen. */
  @Test
  void codebookOfAccumulatedBatchesEqualsThatOfOneLargeBatch() {
    VectorQuantizerConfig config =
        VectorQuantizer.ema(64, 4).init(Initialization.UNIFORM).deadCodeThreshold(0.3);
    try (VqVae largeBatch = Shapes.model(1, 3, config);
        VqVae accumulated = Shapes.model(1, 3, config)) {
      trainer(largeBatch, 16, 1).steps(6).fit(TRAIN);
      trainer(accumulated, 4, 4).steps(6).fit(TRAIN);
      Variable codebook = largeBatch.variables().get("quantizer.codebook");
      assertTrue(codebook.replacementCount() > 1, "steps with restarts");
      for (String name : new String[] {"codebook", "count", "sum", "weight"}) {
        assertArrayEquals(
            largeBatch.variables().get("quantizer." + name).toFloats(),
            accumulated.variables().get("quantizer." + name).toFloats(),
            1e-4f,
            name);
      }
    }
  }

  /** The counts of the k-means start are those of a step, not of one of its batches. */
  @Test
  void kMeansStartIsThatOfOneLargeBatch() {
    try (VqVae largeBatch = Shapes.model(1, 3, VectorQuantizer.ema(8, 4));
        VqVae accumulated = Shapes.model(1, 3, VectorQuantizer.ema(8, 4))) {
      trainer(largeBatch, 16, 1).steps(3).fit(TRAIN);
      trainer(accumulated, 4, 4).steps(3).fit(TRAIN);
      for (String name : new String[] {"codebook", "count", "sum", "weight"}) {
        assertArrayEquals(
            largeBatch.variables().get("quantizer." + name).toFloats(),
            accumulated.variables().get("quantizer." + name).toFloats(),
            1e-3f,
            name);
      }
    }
  }

  private static void assertClose(double[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5, "[" + i + "]");
    }
  }

  @Test
  void nonFiniteSecondBatchRollsBackTheStep() {
    int bad;
    try (Batches<ImageBatch> batches = Batches.shuffled(TRAIN, 8, SEED)) {
      batches.next();
      bad = batches.next().indices()[3];
    }
    float[] pixels = Images.from(TRAIN).pixels();
    pixels[bad * 64] = 1e20f;
    Dataset damaged = Images.of(pixels, 64, 8, 8, 1);
    try (VqVae model = emaModel()) {
      Map<String, float[]> before = States.of(model);
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> trainer(model, 8, 2).steps(3).fit(damaged));
      assertEquals(1, error.step());
      States.assertSame(before, States.of(model));
    }
  }

  @Test
  void sameSeedProducesIdenticalWeights() {
    try (VqVae first = Shapes.model(1, 3);
        VqVae second = Shapes.model(1, 3)) {
      trainer(first, 4, 3).clipNorm(0.5).steps(10).fit(TRAIN);
      trainer(second, 4, 3).clipNorm(0.5).steps(10).fit(TRAIN);
      States.assertSame(States.of(first), States.of(second));
    }
  }

  @Test
  void clippedStepsAreCounted() {
    try (VqVae plain = emaModel();
        VqVae clipped = emaModel()) {
      TrainingReport unclippedReport = trainer(plain, 8, 1).steps(3).fit(TRAIN);
      TrainingReport clippedReport = trainer(clipped, 8, 1).clipNorm(1e-3).steps(3).fit(TRAIN);
      assertEquals(0, unclippedReport.clippedSteps());
      assertEquals(3, clippedReport.clippedSteps());
      assertMessageContains(
          new Exception(clippedReport.toString()), "gradients clipped in 3 steps");
      assertNotEquals(unclippedReport.last().gradientNorm(), clippedReport.last().gradientNorm());
      float[] moved = clipped.variables().get("decoder.mix.weight").toFloats();
      try (VqVae start = emaModel()) {
        float[] initial = start.variables().get("decoder.mix.weight").toFloats();
        double norm = 0;
        for (int i = 0; i < initial.length; i++) {
          norm += Math.pow(moved[i] - initial[i], 2);
        }
        // Three updates with momentum 0.9 and gradients of norm at most 1e-3.
        assertTrue(Math.sqrt(norm) < 0.02 * 1e-3 * (1 + 1.9 + 2.71), "moved " + Math.sqrt(norm));
      }
    }
  }

  @Test
  void largeMaxNormDoesNotClip() {
    try (VqVae plain = emaModel();
        VqVae loose = emaModel()) {
      trainer(plain, 8, 1).steps(5).fit(TRAIN);
      trainer(loose, 8, 1).clipNorm(1e9).steps(5).fit(TRAIN);
      States.assertSame(States.of(plain), States.of(loose));
    }
  }

  @Test
  void invalidSettingsAreRejected() {
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = Trainer.of(model);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> trainer.accumulate(0)),
          "at least 1 batch",
          "got 0");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> trainer.clipNorm(0)),
          "above 0",
          "got 0.0");
      assertThrows(
          IllegalArgumentException.class, () -> trainer.clipNorm(Double.POSITIVE_INFINITY));
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> AdamW.rate(0.1, 11)),
          "weight decay 11.0",
          "learning rate 0.1");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> AdamW.rate(0)), "learning rate 0.0");
      assertEquals(
          "AdamW(learning rate 0.1, betas 0.9 and 0.999, epsilon 1.0E-8, weight decay 0.01)",
          AdamW.rate(0.1).toString());
    }
  }

  /** Reports the number of each worker's forward pass, counted from 1. */
  private static final class ObservedEncoder extends Encoder {
    private final Linear mix = child("mix", new Linear(1, 4, new Rng(1)));
    private final LongConsumer observer;
    private final AtomicLong passes = new AtomicLong();

    ObservedEncoder(LongConsumer observer) {
      this.observer = observer;
    }

    @Override
    protected Tensor compute(Tensor images) {
      observer.accept(passes.incrementAndGet());
      return mix.forward(images.mul(10));
    }
  }

  private static VqVae observedModel(LongConsumer observer) {
    return VqVae.builder()
        .encoder(new ObservedEncoder(observer))
        .quantizer(deterministic(VectorQuantizer.gradient(4, 4)))
        .decoder(ConvDecoder.channels(1).hidden(2).upsample(0).residual(0, 1))
        .build();
  }

  /** 24 batches of 0.5 MB. */
  @Test
  void accumulatedBatchesAreReleased() {
    long[] used = new long[2 * 24 + 1];
    LongConsumer measure =
        pass -> {
          System.gc();
          Runtime runtime = Runtime.getRuntime();
          used[(int) pass] = runtime.totalMemory() - runtime.freeMemory();
        };
    try (VqVae model = observedModel(measure)) {
      trainer(model, 32, 24).workers(2).steps(1).fit(Shapes.rectangles(64, 64, 1, 1));
    }
    long growth = used[2 * 24] - used[2 * 4];
    assertTrue(growth < 4 << 20, "20 batches of 0.5 MB took " + (growth >> 10) + " KB of the heap");
  }

  /** An image in the third batch of a step has an extreme pixel, in the epoch of this step only. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 7})
  void originInLaterBatchIsReported(long step) {
    long number = (step - 1) * 4 + 2;
    int index;
    try (Batches<ImageBatch> batches = Batches.shuffled(TRAIN, 4, SEED, number)) {
      index = batches.next().indices()[1];
    }
    Dataset bright =
        new ForwardingDataset(TRAIN) {
          @Override
          public void image(int i, long epoch, float[] target, int offset) {
            image(i, target, offset);
            if (i == index && epoch == number / (TRAIN.size() / 4)) {
              target[offset] = 3e38f;
            }
          }
        };
    AtomicLong passes = new AtomicLong();
    LongConsumer count = pass -> passes.accumulateAndGet(pass, Math::max);
    try (VqVae model = observedModel(count)) {
      Trainer<ImageBatch> trainer =
          trainer(model, 4, 4).workers(2).optimizer(Sgd.rate(1e-6)).steps(9);
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> trainer.fit(bright));
      assertEquals(step, error.step());
      assertMessageContains(error, "It originated in ", "in encoder");
      assertEquals(2 * (number + 1 + 1), passes.get(), "the batch with the pixel is repeated");
    }
  }
}
