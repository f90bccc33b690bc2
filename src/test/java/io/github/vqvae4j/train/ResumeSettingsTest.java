package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.CheckedSafetensors;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a resumed run may change, and what is refused. */
class ResumeSettingsTest {
  private static final Source<int[]> DATA = Numbers.source(20);

  @TempDir Path folder;
  private final Numbers model = new Numbers();

  @AfterEach
  void close() {
    model.close();
  }

  private static Trainer<int[]> trainer(Numbers trained) {
    return Trainer.of(trained)
        .optimizer(Adam.rate(1e-2))
        .batch(4)
        .workers(1)
        .steps(10)
        .evaluate(DATA, 4)
        .quiet();
  }

  private static Trainer<int[]> resumed(Path file, Numbers trained) throws IOException {
    return Trainer.resume(file, trained).evaluate(DATA, 4).quiet();
  }

  /** Writes a checkpoint of step 6. */
  private Path checkpoint() {
    Path file = folder.resolve("6");
    try (Numbers other = new Numbers()) {
      trainer(other).listener(new Runs(file, 6)).fit(DATA);
    }
    return file;
  }

  @Test
  void differencesAreNamed() throws IOException {
    Path file = checkpoint();
    Map<String, UnaryOperator<Trainer<int[]>>> changes = new LinkedHashMap<>();
    changes.put("batch is 5 instead of 4", t -> t.batch(5));
    changes.put("workers is 2 instead of 1", t -> t.workers(2));
    changes.put("accumulate is 2 instead of 1", t -> t.accumulate(2));
    changes.put("seed is 9007199254740993 instead of 42", t -> t.seed((1L << 53) + 1));
    changes.put("averageDecay is 0.5 instead of 0.0", t -> t.averageWeights(0.5));
    changes.put("evaluateEvery is 5 instead of 4", t -> t.evaluate(DATA, 5));
    changes.put(
        "the run was evaluated on 20 examples, the held-out dataset has 19 examples",
        t -> t.evaluate(Numbers.source(19), 4));
    changes.put(
        "the run was evaluated on 20 examples, the held-out dataset has 1 example",
        t -> t.evaluate(Numbers.source(1), 4));
    changes.put("patience is 3 instead of 0", t -> t.stopEarly(3));
    changes.put(
        "objectives[0].optimizer is \"Sgd(learning rate 0.1, momentum 0.0)\" instead of \"Adam(",
        t -> t.optimizer(Sgd.rate(0.1)));
    changes.put("objectives[0].schedule is", t -> t.schedule(Schedule.cosine(0.1)));
    changes.put("objectives[0].clipNorm is 2.0 instead of 0.0", t -> t.clipNorm(2));
    changes.put(
        "objectives[0].groups is", t -> t.group(ParameterGroup.of(model.parameters()).rate(0.3)));
    Map<String, float[]> before = States.of(model);
    changes.forEach(
        (expected, change) ->
            assertMessageContains(
                assertThrows(
                    IllegalStateException.class,
                    () -> change.apply(resumed(file, model)).fit(DATA),
                    expected),
                "Trainer.resume: expected the settings of " + file,
                expected,
                "Set the values of the checkpoint"));
    assertMessageContains(
        assertThrows(
            IllegalStateException.class, () -> resumed(file, model).fit(Numbers.source(24))),
        "the run was trained on 20 examples, this dataset has 24 examples.");
    States.assertSame(before, States.of(model));
    // the trainer can be corrected
    Trainer<int[]> corrected = resumed(file, model).batch(5);
    assertThrows(IllegalStateException.class, () -> corrected.fit(DATA));
    assertEquals(10, corrected.batch(4).fit(DATA).last().step());
    assertEquals(4, model.trained().size());
  }

  /** A file with a correct checksum, whose values no trainer accepts. */
  @Test
  void settingsOutOfRangeAreDamage() throws IOException {
    Path file = checkpoint();
    SavedState state = Checkpoint.read(file);
    String name = "vqvae4j.settings";
    String settings = state.metadata().get(name);
    for (String change :
        List.of(
            "\"batch\":4,\"batch\":0",
            "\"workers\":1,\"workers\":0",
            "\"accumulate\":1,\"accumulate\":-1",
            "\"steps\":10,\"steps\":0",
            "\"maxSeconds\":0.0,\"maxSeconds\":-1.0",
            "\"averageDecay\":0.0,\"averageDecay\":1.0",
            "\"evaluateEvery\":4,\"evaluateEvery\":-4",
            "\"patience\":0,\"patience\":-1")) {
      String[] values = change.split(",");
      assertTrue(settings.contains(values[0]), () -> values[0] + " in " + settings);
      Map<String, String> metadata = new LinkedHashMap<>(state.metadata());
      metadata.put(name, settings.replace(values[0], values[1]));
      CheckedSafetensors.write(file, metadata, state.arrays());
      assertMessageContains(
          assertThrows(BadFileException.class, () -> Trainer.resume(file, model)),
          file.toString(),
          "expected settings of a run");
    }
  }

  @Test
  void aBestFileIsNamedThatIsNotWrittenAnyMore() throws IOException {
    Path file = folder.resolve("best-6");
    Path best = folder.resolve("best.safetensors");
    try (Numbers other = new Numbers()) {
      trainer(other).saveBest(best).listener(new Runs(file, 6)).fit(DATA);
    }
    try (CapturedLog log = new CapturedLog(Trainer.class)) {
      resumed(file, model).fit(DATA);
      assertEquals(1, log.warnings().size(), log.warnings()::toString);
      assertTrue(
          log.warnings().get(0).contains(best + ", which is not written any more"),
          log.warnings()::toString);
    }
    try (CapturedLog log = new CapturedLog(Trainer.class)) {
      resumed(file, model).saveBest(best).fit(DATA);
      assertEquals(List.of(), log.warnings());
    }
  }

  @Test
  void whatCannotBeBuiltOrFoundIsNamed() throws IOException {
    Path file = folder.resolve("gan");
    try (PointGan gan = new PointGan(1)) {
      Trainer.of(gan)
          .batch(4)
          .steps(3)
          .quiet()
          .listener(new Runs(file, 2))
          .fit(PointGan.points(40, 1));
    }
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> Trainer.resume(file)),
        file.toString(),
        "cannot be built from a file",
        "Trainer.resume(path, model)");
    Path missing = folder.resolve("missing");
    assertMessageContains(
        assertThrows(IOException.class, () -> Trainer.resume(missing)),
        missing.toString(),
        "got no such file; check the path");
  }

  @Test
  void stepsAndTimeMayChange() throws IOException {
    Path file = checkpoint();
    Trainer<int[]> more = resumed(file, model).steps(15).maxTime(Duration.ofHours(1));
    assertEquals(15, more.fit(DATA).last().step());
    assertEquals(9, model.trained().size());
    try (Numbers other = new Numbers()) {
      TrainingReport report = resumed(file, other).steps(6).fit(DATA);
      assertEquals(6, report.last().step());
      assertEquals(StopReason.MAX_STEPS, report.stopReason());
      assertEquals(0, other.trained().size());
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> resumed(file, other).steps(5).fit(DATA)),
          "expected at least 6 steps",
          "got 5");
    }
  }

  /** The error of these numbers increases, so that the run stops at its second evaluation. */
  @Test
  void aRunThatStoppedEarlyContinuesWithMorePatience() throws IOException {
    RunFolder files = RunFolder.create(folder, "early");
    UnaryOperator<Trainer<int[]>> early =
        t -> t.monitor(evaluation -> evaluation.step()).evaluate(DATA, 2).quiet();
    TrainingReport first = early.apply(trainer(model)).stopEarly(1).listener(files).fit(DATA);
    assertEquals(4, first.last().step());
    assertEquals(4, early.apply(Trainer.resume(files.path(), model)).fit(DATA).last().step());
    TrainingReport more = early.apply(Trainer.resume(files.path(), model)).stopEarly(3).fit(DATA);
    assertEquals(8, more.last().step());
    try (Numbers whole = new Numbers()) {
      TrainingReport expected = early.apply(trainer(whole)).stopEarly(3).fit(DATA);
      assertEquals(expected.evaluations().toString(), more.evaluations().toString());
      States.assertSame(States.of(whole), States.of(model));
    }
  }

  /** A resumed run is followed by an ordinary one, with the state of the optimizer. */
  @Test
  void secondFitStartsOver() throws IOException {
    try (Numbers other = new Numbers()) {
      Trainer<int[]> trainer = trainer(other);
      trainer.fit(DATA);
      trainer.fit(DATA);
      Trainer<int[]> resumed = resumed(checkpoint(), model);
      resumed.fit(DATA);
      assertEquals(10, resumed.fit(DATA).last().step());
      assertEquals(14, model.trained().size());
      States.assertSame(States.of(other), States.of(model));
    }
  }

  @Test
  void settingsOfTheModelAreCompared() throws IOException {
    Dataset train = Shapes.rectangles(32, 8, 1, 1);
    Path file = folder.resolve("vq");
    try (VqVae one = Shapes.model(1, 3);
        VqVae two = Shapes.model(1, 3, VectorQuantizer.ema(16, 4).commitmentWeight(0.5));
        VqVae wider = Shapes.model(1, 3, VectorQuantizer.ema(32, 4))) {
      Trainer.of(one).batch(8).steps(4).quiet().listener(new Runs(file, 2)).fit(train);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> Trainer.resume(file, two).fit(train)),
          "model.quantizer.settings.commitmentWeight is 0.5 instead of 0.25");
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> Trainer.resume(file, wider).fit(train)),
          "model.quantizer.settings.codebookSize is 32 instead of 16");
    }
  }

  @Test
  void objectivesShareOptimizersAsBefore() throws IOException {
    Path file = folder.resolve("gan");
    Source<float[]> points = PointGan.points(50, 1);
    try (PointGan gan = new PointGan(1)) {
      Trainer.of(gan)
          .optimizer(Adam.rate(3e-4))
          .batch(4)
          .workers(1)
          .steps(4)
          .quiet()
          .listener(new Runs(file, 2))
          .fit(points);
      Trainable<float[]> separate =
          gan.withObjectives(
              List.of(
                  gan.generatorObjective().optimizer(Adam.rate(3e-4)),
                  gan.discriminatorObjective().optimizer(Adam.rate(3e-4))));
      assertMessageContains(
          assertThrows(
              IllegalStateException.class, () -> Trainer.resume(file, separate).fit(points)),
          "expected objectives with 1 optimizer between them",
          "got 2");
    }
  }

  @Test
  void frozenPartsStayFrozen() throws IOException {
    Path file = folder.resolve("frozen");
    Variable bias = model.variables().get("linear.bias");
    bias.freeze();
    trainer(model).listener(new Runs(file, 6)).fit(DATA);
    try (Numbers other = new Numbers()) {
      resumed(file, other).fit(DATA);
      assertTrue(other.variables().get("linear.bias").isFrozen());
      assertFalse(other.variables().get("linear.weight").isFrozen());
    }
  }

  /** A schedule without a description of its own. */
  @Test
  void identityOfObjectsIsIgnored() throws IOException {
    Path file = folder.resolve("lambda");
    Schedule first = (step, steps) -> 1.0 / step;
    Schedule second = (step, steps) -> 1.0 / step;
    trainer(model).schedule(first).listener(new Runs(file, 6)).fit(DATA);
    try (Numbers other = new Numbers();
        Numbers whole = new Numbers()) {
      resumed(file, other).schedule(second).fit(DATA);
      trainer(whole).schedule(first).fit(DATA);
      States.assertSame(States.of(whole), States.of(other));
    }
  }

  /** Only the identity itself is ignored, not what is written before and after it. */
  @Test
  void settingsBesideAnIdentityAreCompared() throws IOException {
    Path file = folder.resolve("described");
    trainer(model).schedule(new Described(0.5)).listener(new Runs(file, 6)).fit(DATA);
    try (Numbers other = new Numbers()) {
      resumed(file, other).schedule(new Described(0.5)).fit(DATA);
    }
    try (Numbers other = new Numbers()) {
      assertMessageContains(
          assertThrows(
              IllegalStateException.class,
              () -> resumed(file, other).schedule(new Described(0.25)).fit(DATA)),
          "schedule is \"Described[factor=0.25,hook=java.lang.Object]\"",
          "instead of \"Described[factor=0.5,hook=java.lang.Object]\"");
    }
  }

  private record Described(double factor) implements Schedule {
    @Override
    public double factor(long step, long steps) {
      return factor;
    }

    @Override
    public String toString() {
      return "Described[factor=" + factor + ",hook=" + new Object() + "]";
    }
  }

  @Test
  void streamIsOpenedAtItsPosition() throws IOException {
    Path file = folder.resolve("stream");
    try (Numbers whole = new Numbers();
        Numbers other = new Numbers()) {
      streamTrainer(whole).fit(new Numbers.Stream(100, position -> {}));
      streamTrainer(model).listener(new Runs(file, 6)).fit(new Numbers.Stream(100, position -> {}));
      assertMessageContains(
          assertThrows(
              IllegalStateException.class,
              () -> Trainer.resume(file, other).fit(new Numbers.Stream(100, position -> {}))),
          "expected a stream at position 24",
          "got one at 0");
      Numbers.Stream at24 = new Numbers.Stream(100, position -> {});
      at24.next(24);
      Trainer.resume(file, other).quiet().fit(at24);
      assertEquals(whole.trained().subList(6, 10), other.trained());
      States.assertSame(States.of(whole), States.of(other));
    }
  }

  private static Trainer<int[]> streamTrainer(Numbers trained) {
    return Trainer.of(trained).batch(4).workers(1).steps(10).quiet();
  }

  /** An evaluation that the end of the first part aborted is repeated. */
  @Test
  void abortedEvaluationIsRepeated() throws IOException {
    Path file = folder.resolve("aborted");
    TrainingListener stop =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            if (report.step() == 8) {
              run.stop();
            }
          }

          @Override
          public void onEnd(TrainingRun run, TrainingReport report) {
            try {
              run.checkpoints().orElseThrow().snapshot(file).write();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    TrainingReport first = trainer(model).evaluate(Numbers.source(200), 4).listener(stop).fit(DATA);
    assertEquals(List.of(4L), steps(first));
    try (Numbers other = new Numbers();
        Numbers whole = new Numbers()) {
      TrainingReport second = resumed(file, other).evaluate(Numbers.source(200), 4).fit(DATA);
      TrainingReport expected = trainer(whole).evaluate(Numbers.source(200), 4).fit(DATA);
      assertEquals(List.of(4L, 8L, 10L), steps(second));
      assertEquals(expected.evaluations().toString(), second.evaluations().toString());
      assertEquals(expected.best().toString(), second.best().toString());
    }
  }

  private static List<Long> steps(TrainingReport report) {
    return report.evaluations().stream().map(Evaluation::step).toList();
  }
}
