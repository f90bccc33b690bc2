package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training by several workers equals training by one, except for rounding. */
class WorkerTrainingTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);

  private static VqVae model(VectorQuantizerConfig quantizer) {
    return Shapes.model(1, 3, quantizer.init(Initialization.UNIFORM).deadCodeThreshold(0));
  }

  private static VqVae ema() {
    return model(VectorQuantizer.ema(16, 4));
  }

  private static VqVae gradient() {
    return model(VectorQuantizer.gradient(16, 4));
  }

  /** More codes than latents of a batch, so that dead codes restart in every step. */
  private static VqVae restarting() {
    return Shapes.model(1, 3, VectorQuantizer.ema(64, 4).init(Initialization.UNIFORM));
  }

  private static <B> Trainer<B> trainer(Trainable<B> model, int batch, int workers) {
    return Trainer.of(model)
        .optimizer(new Sgd(0.02, 0.9))
        .seed(9)
        .batch(batch)
        .steps(5)
        .workers(workers)
        .quiet();
  }

  private static void assertClose(Map<String, float[]> expected, Map<String, float[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, values) -> {
          float max = 0;
          for (float value : values) {
            max = Math.max(max, Math.abs(value));
          }
          assertArrayEquals(values, actual.get(name), 1e-4f * max, name);
        });
  }

  @ParameterizedTest
  @CsvSource({"16, 2", "16, 3", "32, 3", "5, 4", "7, 7"})
  void quantizersLearnTheSame(int batch, int workers) {
    for (Supplier<VqVae> kind :
        List.<Supplier<VqVae>>of(
            WorkerTrainingTest::ema,
            WorkerTrainingTest::gradient,
            WorkerTrainingTest::restarting)) {
      try (VqVae one = kind.get();
          VqVae several = kind.get()) {
        TrainingReport expected = trainer(one, batch, 1).clipNorm(0.5).fit(TRAIN);
        TrainingReport actual = trainer(several, batch, workers).clipNorm(0.5).fit(TRAIN);
        assertClose(States.of(one), States.of(several));
        double loss = expected.last().loss();
        assertEquals(loss, actual.last().loss(), 1e-4 * loss);
        double norm = expected.last().gradientNorm();
        assertEquals(norm, actual.last().gradientNorm(), 1e-3 * norm);
        assertArrayEquals(
            expected.last().batchUsage().get(0).usage().counts(),
            actual.last().batchUsage().get(0).usage().counts());
        assertEquals(expected.clippedSteps(), actual.clippedSteps());
      }
    }
  }

  @Test
  void noiseOfAnImageIsThatOfItsPositionInTheBatch() {
    try (Vae one = LatentModels.vae(1).build();
        Vae several = LatentModels.vae(1).build()) {
      trainer(one, 16, 1).optimizer(new Sgd(1e-4, 0.9)).fit(TRAIN);
      trainer(several, 16, 3).optimizer(new Sgd(1e-4, 0.9)).fit(TRAIN);
      assertClose(States.of(one), States.of(several));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void accumulatedBatchesAreSplitToo(int workers) {
    try (VqVae one = gradient();
        VqVae several = gradient()) {
      trainer(one, 12, 1).clipNorm(0.5).fit(TRAIN);
      trainer(several, 4, workers).accumulate(3).clipNorm(0.5).fit(TRAIN);
      assertClose(States.of(one), States.of(several));
    }
  }

  @Test
  void objectivesRunInTurnOnAllWorkers() {
    PointGan one = new PointGan(3);
    PointGan several = new PointGan(3);
    Source<float[]> points = PointGan.points(50, 1);
    TrainingReport expected = trainer(one, 10, 1).fit(points);
    TrainingReport actual = trainer(several, 10, 3).fit(points);
    assertClose(States.of(one), States.of(several));
    double logit = expected.last().metric("discriminator/realLogit");
    assertEquals(logit, actual.last().metric("discriminator/realLogit"), 1e-5 * Math.abs(logit));
  }

  /** Adam keeps its state in one place, whichever worker updates a parameter. */
  @Test
  void furtherRunsContinueWithTheOptimizer() {
    try (VqVae one = gradient();
        VqVae several = gradient()) {
      for (List<?> run : List.of(List.of(one, 1, 1), List.of(several, 3, 2))) {
        VqVae model = (VqVae) run.get(0);
        Adam adam = new Adam(1e-3, 0.9, 0.99, 1e-2);
        trainer(model, 12, (int) run.get(1)).optimizer(adam).fit(TRAIN);
        trainer(model, 12, (int) run.get(2)).optimizer(adam).fit(TRAIN);
        assertEquals(adam.parameters(), Set.copyOf(model.parameters()));
      }
      assertClose(States.of(one), States.of(several));
    }
  }

  /** The first worker updates all parameters if the optimizer is not thread-safe. */
  @Test
  void optimizersThatAreNotThreadSafeAreCalledByOneThread() {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    Sgd sgd = new Sgd(0.02, 0.9);
    Optimizer optimizer =
        new Optimizer() {
          @Override
          public double rate() {
            return sgd.rate();
          }

          @Override
          public void update(
              List<Parameter> parameters, Gradients gradients, double rate, double weightDecay) {
            threads.add(Thread.currentThread());
            sgd.update(parameters, gradients, rate, weightDecay);
          }
        };
    try (VqVae one = gradient();
        VqVae several = gradient()) {
      trainer(one, 12, 1).fit(TRAIN);
      trainer(several, 12, 3).optimizer(optimizer).fit(TRAIN);
      assertClose(States.of(one), States.of(several));
      assertEquals(5, threads.size());
      assertEquals(1, new TreeSet<>(threads.stream().map(Thread::getName).toList()).size());
    }
  }

  private static Trainable<ImageBatch> delayed(VqVae model) {
    return model.withObjectives(
        List.of(
            Objective.all(
                "",
                (step, batch, progress) -> {
                  sleep(ThreadLocalRandom.current().nextInt(4));
                  BatchLoss loss = model.loss(step, batch, progress);
                  sleep(ThreadLocalRandom.current().nextInt(4));
                  return loss;
                },
                model.variables())));
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void sameBitsWhicheverWorkerArrivesFirst(int workers) {
    try (VqVae first = Shapes.model(1, 3)) {
      trainer(first, 11, workers).optimizer(Adam.rate(1e-3)).accumulate(2).fit(TRAIN);
      for (int run = 0; run < 3; run++) {
        try (VqVae again = Shapes.model(1, 3)) {
          trainer(delayed(again), 11, workers).optimizer(Adam.rate(1e-3)).accumulate(2).fit(TRAIN);
          States.assertSame(States.of(first), States.of(again));
        }
      }
    }
  }

  @Test
  void failureOfAWorkerReleasesTheOthersAndLeavesNoTrace() {
    for (int failing = 0; failing < 3; failing++) {
      int position = 4 * failing;
      AtomicInteger calls = new AtomicInteger();
      try (VqVae model = ema()) {
        Map<String, float[]> before = States.of(model);
        Trainable<ImageBatch> fails =
            model.withObjectives(
                List.of(
                    Objective.all(
                        "",
                        (step, batch, progress) -> {
                          calls.incrementAndGet();
                          if (progress.firstExample() == position) {
                            throw new ArithmeticException("worker of example " + position);
                          }
                          BatchLoss loss = model.loss(step, batch, progress);
                          step.sumOverWorkers(loss.total());
                          return loss;
                        },
                        model.variables())));
        assertMessageContains(
            assertThrows(ArithmeticException.class, () -> trainer(fails, 12, 3).fit(TRAIN)),
            "worker of example " + position);
        States.assertSame(before, States.of(model));
        assertEquals(3, calls.get());
        assertNoWorkers();
      }
    }
  }

  private static void assertNoWorkers() {
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("vqvae4j-worker")));
  }

  @Test
  void divergenceInOneShareNamesItsOriginAndRestoresTheModel() {
    float[] pixels = Images.from(TRAIN).pixels();
    for (int bad = 0; bad < 64; bad += 21) {
      float[] damaged = pixels.clone();
      damaged[bad * 64 + 3] = 1e30f;
      try (VqVae model = ema()) {
        Map<String, float[]> before = States.of(model);
        DivergenceException error =
            assertThrows(
                DivergenceException.class,
                () -> trainer(model, 64, 3).fit(Images.of(damaged, 64, 8, 8, 1)));
        assertMessageContains(error, "Step 1", "originated in");
        States.assertSame(before, States.of(model));
        assertNoWorkers();
      }
    }
  }

  @Test
  void moreWorkersThanExamplesAreRejected() {
    try (VqVae model = ema()) {
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> trainer(model, 3, 4).fit(TRAIN)),
          "Trainer.workers",
          "batch of 3",
          "got 4");
      assertThrows(IllegalArgumentException.class, () -> Trainer.of(model).workers(0));
    }
  }

  /** The examples of a stream reach the workers in order, also those read for initialization. */
  @Test
  void streamsAreSplitInOrder() {
    List<List<Integer>> shares = Collections.synchronizedList(new ArrayList<>());
    Numbers model = new Numbers();
    Trainable<int[]> recorded =
        model.withObjectives(
            List.of(
                Objective.all(
                    "",
                    (step, batch, progress) -> {
                      shares.add(Numbers.list(batch));
                      return BatchLoss.of("error", model.prediction(step, batch).square().mean());
                    },
                    model.variables())));
    trainer(recorded, 5, 2).optimizer(Sgd.rate(1e-3)).fit(new Numbers.Stream(25, position -> {}));
    shares.sort((a, b) -> a.get(0) - b.get(0));
    assertEquals(List.of(0, 1, 2), shares.get(0));
    assertEquals(List.of(3, 4), shares.get(1));
    assertEquals(List.of(23, 24), shares.get(9));
    assertEquals(10, shares.size());
  }

  /** Workers see the same codebook initialization, computed once from whole batches. */
  @Test
  void kMeansInitializationIsIndependentOfWorkers() {
    try (VqVae one = Shapes.model(1, 3);
        VqVae several = Shapes.model(1, 3)) {
      trainer(one, 12, 1).steps(1).optimizer(Sgd.rate(1e-9)).fit(TRAIN);
      trainer(several, 12, 3).steps(1).optimizer(Sgd.rate(1e-9)).fit(TRAIN);
      assertClose(States.of(one), States.of(several));
    }
  }
}
