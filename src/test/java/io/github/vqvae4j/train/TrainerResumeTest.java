package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVaeBuilder;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a resumed trainer takes from a checkpoint, and what it asks for. */
@Timeout(60)
class TrainerResumeTest {
  private static final Source<int[]> DATA = Numbers.source(20);
  private static final Dataset TRAIN = Shapes.rectangles(32, 8, 1, 1);

  @TempDir Path folder;
  private final Numbers model = new Numbers();

  @AfterEach
  void close() {
    model.close();
  }

  private static Trainer<int[]> trainer(Trainable<int[]> trained) {
    return Trainer.of(trained).batch(4).workers(1).steps(20).quiet();
  }

  /** An optimizer of a class that no file names. */
  private static final class Own implements Optimizer {
    private final Sgd sgd = Sgd.rate(1e-2);

    @Override
    public double rate() {
      return sgd.rate();
    }

    @Override
    public void update(
        List<Parameter> parameters, Gradients gradients, double rate, double weightDecay) {
      sgd.update(parameters, gradients, rate, weightDecay);
    }

    @Override
    public Map<String, NamedArray> state(Map<Parameter, String> names) {
      return Map.of();
    }

    @Override
    public String toString() {
      return "Own";
    }
  }

  @Test
  void whatAFileCannotContainIsAskedFor() throws IOException {
    Path file = folder.resolve("6");
    Schedule schedule = Schedule.warmUp().then(2, (step, steps) -> 0.5);
    trainer(model)
        .optimizer(new Own())
        .schedule(schedule)
        .evaluate(DATA, 4)
        .monitor(evaluation -> 0)
        .stopEarly(9)
        .listener(new Runs(file, 6))
        .fit(DATA);
    Trainer<int[]> resumed = Trainer.resume(file, model).quiet();
    String file6 = file.toString();
    assertMissing(
        resumed,
        file6,
        "call optimizer(..) and schedule(..) and monitor(..) and evaluate(heldOut, 4), with");
    assertMissing(resumed.optimizer(new Own()), "call schedule(..) and monitor(..)");
    assertMissing(resumed.evaluate(DATA, 4), "call schedule(..) and monitor(..), with");
    assertMissing(resumed.schedule(schedule), "call monitor(..), with");
    assertEquals(20, resumed.monitor(evaluation -> 0).fit(DATA).last().step());
  }

  private static void assertMissing(Trainer<int[]> trainer, String... parts) {
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> trainer.fit(DATA)), parts);
  }

  private static void assertCannotBeBuilt(Path file, String type) {
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> Trainer.resume(file)),
        file.toString(),
        type,
        "Trainer.resume(path, model)");
  }

  @Test
  void otherModelsArePassed() throws IOException {
    Path file = folder.resolve("6");
    trainer(model).listener(new Runs(file, 6)).fit(DATA);
    assertCannotBeBuilt(file, "\"Numbers\"");
    try (VqVae view = Shapes.model(1, 1);
        VqVae custom = customLoss()) {
      Objective<ImageBatch> objective = Objective.of("images", view::loss, view);
      Trainer.of(view.withObjectives(List.of(objective)))
          .batch(8)
          .quiet()
          .listener(new Runs(file, 2))
          .fit(TRAIN);
      assertCannotBeBuilt(file, "\"VqVae\"");
      Trainer.of(custom).batch(8).quiet().listener(new Runs(file, 2)).fit(TRAIN);
      assertCannotBeBuilt(file, "\"VqVae\"");
      assertEquals(3, Trainer.resume(file, custom).steps(3).quiet().fit(TRAIN).last().step());
    }
  }

  private static VqVae customLoss() {
    return withTerms("absolute");
  }

  private static VqVae withTerms(String... names) {
    return builder()
        .reconstructionLoss(
            (reconstruction, target, progress) ->
                Stream.of(names)
                    .map(n -> new LossTerm(n, reconstruction.meanAbsoluteError(target), 1))
                    .toList())
        .build();
  }

  private static VqVaeBuilder builder() {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(1).hidden(16).downsample(1))
        .quantizer(VectorQuantizer.ema(16, 4))
        .decoder(ConvDecoder.channels(1).hidden(16).upsample(1));
  }

  /** The remaining steps would be trained with another loss. */
  @Test
  void aLossWithoutATermOfTheRunIsRefused() throws IOException {
    Path file = folder.resolve("2");
    try (VqVae custom = withTerms("absolute", "edge");
        VqVae standard = builder().build();
        VqVae fewer = customLoss();
        VqVae more = withTerms("absolute", "edge", "later")) {
      Trainer.of(custom).batch(8).steps(2).quiet().listener(new Runs(file, 2)).fit(TRAIN);
      for (VqVae other : List.of(standard, fewer)) {
        Trainer<ImageBatch> resumed = Trainer.resume(file, other).steps(4).workers(2).quiet();
        assertMessageContains(
            assertThrows(IllegalStateException.class, () -> resumed.fit(TRAIN)),
            "expected the loss with the terms of the run, [absolute, edge, commitment], got ["
                + (other == fewer ? "absolute" : "reconstruction")
                + ", commitment] in step 3",
            "reconstructionLoss(..)",
            "weight 0");
      }
      try (CapturedLog log = new CapturedLog(Trainer.class)) {
        Trainer.resume(file, custom).steps(4).quiet().fit(TRAIN);
        assertEquals(List.of(), log.warnings());
        Trainer.resume(file, more).steps(4).accumulate(1).quiet().fit(TRAIN);
        assertEquals(1, log.warnings().size());
        assertTrue(
            log.warnings()
                .get(0)
                .contains("has the terms [absolute, edge, later, commitment]; before, it had ["));
      }
    }
  }

  /** A run that diverged goes on from a checkpoint before, with a smaller learning rate. */
  @Test
  void rateMayBeLoweredAfterADivergence() throws IOException {
    RunFolder files = RunFolder.in(folder.resolve("run")).modelEvery(Duration.ZERO).keep(5);
    Trainer<int[]> diverging = trainer(model).optimizer(Sgd.rate(50)).listener(files);
    assertThrows(DivergenceException.class, () -> diverging.fit(DATA));
    long last = RunHistory.step(CheckpointFolder.read(files.path()));
    assertTrue(last > 3 && last < 15, "diverged after step " + last);
    Path file = files.path().resolve("checkpoints/step-" + (last - 3) + ".safetensors");
    try (Numbers same = new Numbers();
        Numbers lower = new Numbers();
        CapturedLog log = new CapturedLog(Trainer.class)) {
      assertThrows(DivergenceException.class, () -> Trainer.resume(file, same).quiet().fit(DATA));
      assertEquals(List.of(), log.warnings());
      TrainingReport report =
          Trainer.resume(file, lower).optimizer(Sgd.rate(0.1)).quiet().fit(DATA);
      assertEquals(20, report.last().step());
      assertEquals(20 - last + 3, lower.trained().size());
      assertEquals(1, log.warnings().size());
      assertMessageContains(
          new Exception(log.warnings().get(0)),
          "optimizer is \"Sgd(learning rate 0.1, momentum 0.0)\" instead of \"Sgd(learning rate 50",
          "the run differs from one with the first settings");
    }
    try (Numbers other = new Numbers()) {
      Trainer<int[]> adam = Trainer.resume(file, other).optimizer(Adam.rate(0.1));
      assertMissing(adam, "optimizer is \"Adam(", "instead of \"Sgd(learning rate 50");
    }
  }

  @Test
  void aFolderIsContinued() throws IOException {
    RunFolder files = RunFolder.in(folder.resolve("run"));
    Trainer<int[]> first = trainer(model).steps(10).listener(files);
    first.fit(DATA);
    Path run = files.path();
    try (Numbers other = new Numbers()) {
      Trainer<int[]> trainer = Trainer.resume(run, other).steps(20).quiet();
      trainer.fit(DATA);
      assertTrue(Files.exists(run.resolve("checkpoints/step-20.safetensors")));
      assertTrue(Files.readString(run.resolve("metrics.json")).contains("\"step\": 20"));
      trainer.fit(DATA);
      assertTrue(Files.exists(folder.resolve("run-2").resolve("metrics.json")));
    }
    String metrics = Files.readString(run.resolve("metrics.csv"));
    try (Numbers other = new Numbers()) {
      RunFolder own = RunFolder.in(folder.resolve("own")).modelEvery(Duration.ZERO);
      Trainer.resume(run, other).steps(25).listener(own).quiet().fit(DATA);
      assertTrue(Files.exists(own.path().resolve("checkpoints/step-25.safetensors")));
      Path file = run.resolve("checkpoints/step-20.safetensors");
      Trainer.resume(file, other).steps(30).quiet().fit(DATA);
    }
    assertEquals(metrics, Files.readString(run.resolve("metrics.csv")));
    assertFalse(Files.exists(run.resolve("checkpoints/step-25.safetensors")));
    assertFalse(Files.exists(run.resolve("checkpoints/step-30.safetensors")));
  }

  @Test
  void groupsOfTheFileAreReplaced() throws IOException {
    Path file = folder.resolve("6");
    ParameterGroup slow = ParameterGroup.of(model).rate(1e-4);
    trainer(model).group(slow).listener(new Runs(file, 6)).fit(DATA);
    assertEquals(20, Trainer.resume(file, model).group(slow).quiet().fit(DATA).last().step());
    assertMissing(Trainer.resume(file, model).group(slow.rate(1e-3)), "groups[0] is");
    try (VqVae other = Shapes.model(1, 1)) {
      assertMessageContains(
          assertThrows(BadFileException.class, () -> Trainer.resume(file, other)),
          "expected a model with the parameter linear.");
    }
  }

  /** The best evaluations of the two parts would be chosen by different metrics. */
  @Test
  void aMetricIsRefusedIfTheRunHadNone() throws IOException {
    Path file = folder.resolve("6");
    trainer(model).evaluate(DATA, 2).listener(new Runs(file, 6)).fit(DATA);
    try (Numbers other = new Numbers()) {
      Trainer<int[]> resumed =
          Trainer.resume(file, other).evaluate(DATA, 2).monitor(Evaluation::step).quiet();
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> resumed.fit(DATA)),
          "expected no metric",
          "Remove monitor(..)");
    }
  }

  /** The schedule of the default optimizer remains, also with another rate. */
  @Test
  void theDefaultScheduleIsKept() throws IOException {
    Path file = folder.resolve("6");
    trainer(model).listener(new Runs(file, 6)).fit(DATA);
    assertEquals("default", Checkpoint.read(file).json("schedule").get("kind").getAsString());
    try (Numbers whole = new Numbers();
        Numbers other = new Numbers();
        Numbers slower = new Numbers()) {
      trainer(whole).fit(DATA);
      Trainer.resume(file, other).quiet().fit(DATA);
      States.assertSame(States.of(whole), States.of(other));
      TrainingReport report =
          Trainer.resume(file, slower).optimizer(Adam.rate(1e-4)).quiet().fit(DATA);
      double last = report.last().objectives().get(0).learningRate();
      assertEquals(1e-4 * new DefaultSchedule().factor(20, 20), last, 1e-12);
    }
  }

  /** The time limit includes the time before; a number of steps was not set. */
  @Test
  void timeLimitIsKept() throws IOException {
    Path file = folder.resolve("6");
    Trainer.of(model)
        .batch(4)
        .quiet()
        .maxTime(Duration.ofMillis(700_250))
        .listener(new Runs(file, 6))
        .fit(DATA);
    Runs second = new Runs(folder.resolve("9"), 9);
    Trainer.resume(file, model).quiet().listener(second).fit(DATA);
    assertEquals(
        Checkpoint.settings(Checkpoint.read(file)),
        Checkpoint.settings(Checkpoint.read(folder.resolve("9"))));
  }
}
