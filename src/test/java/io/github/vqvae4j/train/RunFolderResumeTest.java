package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a resumed run are those of a run that was never interrupted. */
class RunFolderResumeTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  @TempDir Path runs;

  private static Trainer<ImageBatch> trainer(VqVae model, RunFolder files) {
    return completed(Trainer.of(model).batch(8).workers(1).steps(40), model, files);
  }

  private static Trainer<ImageBatch> completed(
      Trainer<ImageBatch> trainer, VqVae model, RunFolder files) {
    return trainer
        .evaluate(TEST, 10)
        .listener(
            files
                .images(model.reconstructions(TEST), 4)
                .metricsEvery(1)
                .modelEvery(Duration.ZERO)
                .keep(100)
                .tensorBoard())
        .quiet();
  }

  private RunFolder stoppedAt(long last) throws IOException {
    RunFolder files = RunFolder.create(runs, "digits");
    try (VqVae model = Shapes.model(1, 3)) {
      trainer(model, files).listener(Runs.atStepEnd(last, TrainingRun::stop)).fit(TRAIN);
    }
    return files;
  }

  @Test
  void filesEqualThoseOfAnUninterruptedRun() throws IOException {
    Path whole = stoppedAt(1000).path();
    Path parts = stoppedAt(27).path();
    // As after a crash: the files are newer than the last checkpoint.
    for (long step = 24; step <= 27; step++) {
      Files.delete(parts.resolve("checkpoints/step-" + step + ".safetensors"));
    }
    try (VqVae model = Shapes.model(1, 4)) {
      RunFolder files = RunFolder.resume(parts);
      TrainingReport report = completed(Trainer.resume(parts, model), model, files).fit(TRAIN);
      assertEquals(40, report.last().step());
      assertEquals(parts, files.path());
      assertEquals(Optional.empty(), files.failure());
    }
    assertEquals(rows(whole), rows(parts));
    assertEquals(41 + 1, rows(parts).size() - 3, "steps, evaluations and the header");
    for (String file : names(whole.resolve("images"))) {
      Path image = Path.of("images", file);
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(image)), Files.readAllBytes(parts.resolve(image)), file);
    }
    assertEquals(names(whole.resolve("images")), names(parts.resolve("images")));
    assertEquals(names(whole.resolve("checkpoints")), names(parts.resolve("checkpoints")));
    Path last = Path.of("checkpoints", "step-40.safetensors");
    Runs.assertSame(whole.resolve(last), parts.resolve(last));
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("model.safetensors")),
        Files.readAllBytes(parts.resolve("model.safetensors")));
  }

  /** Returns the rows of the metrics without the speed. */
  private static List<String> rows(Path folder) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("metrics.csv"));
    int speed = List.of(lines.get(0).split(",")).indexOf("examplesPerSecond");
    assertTrue(speed > 0);
    return lines.stream()
        .map(
            line -> {
              String[] cells = line.split(",", -1);
              cells[speed] = "";
              return Arrays.toString(cells);
            })
        .toList();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Step 13 has a row only because of the interruption, not because of the interval. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rowsOfAnInterruptedRunEqualThoseOfAWholeOne(boolean fails) throws IOException {
    RunFolder whole = RunFolder.create(runs, "whole");
    RunFolder parts = RunFolder.create(runs, "parts");
    try (VqVae model = Shapes.model(1, 3)) {
      rare(Trainer.of(model).batch(8).workers(1).steps(40), whole).fit(TRAIN);
    }
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> interrupted =
          rare(Trainer.of(model).batch(8).workers(1).steps(40), parts)
              .listener(
                  Runs.atStepEnd(
                      13,
                      run -> {
                        if (fails) {
                          throw new IllegalStateException("step 13");
                        }
                        Thread.currentThread().interrupt();
                      }));
      if (fails) {
        assertThrows(IllegalStateException.class, () -> interrupted.fit(TRAIN));
      } else {
        assertEquals(StopReason.INTERRUPTED, interrupted.fit(TRAIN).stopReason());
        assertTrue(Thread.interrupted());
      }
      rare(Trainer.resume(parts.path(), model), RunFolder.resume(parts.path())).fit(TRAIN);
    }
    assertEquals(rows(whole.path()), rows(parts.path()));
    assertEquals(1 + 1 + 4 + 3, rows(parts.path()).size(), "header, steps 1, 10, .., evaluations");
    assertEquals(scalars(whole.path()), scalars(parts.path()));
  }

  /** A run whose intervals of rows, evaluations and checkpoints do not coincide. */
  private static Trainer<ImageBatch> rare(Trainer<ImageBatch> trainer, RunFolder files) {
    return trainer.evaluate(TEST, 15).listener(files.tensorBoard()).quiet();
  }

  /** Returns how often each name of a scalar occurs in the event files. */
  private static Map<String, Integer> scalars(Path folder) throws IOException {
    StringBuilder events = new StringBuilder();
    for (String file : names(folder)) {
      if (file.startsWith("events.out")) {
        events.append(Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1));
      }
    }
    Map<String, Integer> counts = new TreeMap<>();
    Matcher name = Pattern.compile("(train|validation)/\\w+").matcher(events);
    while (name.find()) {
      counts.merge(name.group(), 1, Integer::sum);
    }
    assertEquals(5, counts.get("train/learningRate"), counts::toString);
    return counts;
  }

  /**
   * The run was stopped during the evaluation of step 10, and the process that repeated it was
   * killed before its next checkpoint.
   */
  @Test
  void aRepeatedEvaluationHasOneRow() throws IOException {
    Path whole = stoppedAt(1000).path();
    RunFolder first = RunFolder.create(runs, "first");
    Path parts = first.path();
    Path checkpoint = parts.resolve("checkpoints/step-10.safetensors");
    try (VqVae model = Shapes.model(1, 3)) {
      trainer(model, first).listener(stopIn(10)).fit(TRAIN);
      byte[] withoutEvaluation = Files.readAllBytes(checkpoint);
      completed(Trainer.resume(parts, model), model, RunFolder.resume(parts))
          .listener(stopIn(11))
          .fit(TRAIN);
      Files.delete(parts.resolve("checkpoints/step-11.safetensors"));
      Files.delete(parts.resolve("checkpoints/best.safetensors"));
      Files.write(checkpoint, withoutEvaluation);
      completed(Trainer.resume(parts, model), model, RunFolder.resume(parts)).fit(TRAIN);
    }
    assertEquals(rows(whole), rows(parts));
  }

  private static TrainingListener stopIn(long step) {
    return new TrainingListener() {
      @Override
      public void onStep(TrainingRun run, StepReport report) {
        if (report.step() == step) {
          run.stop();
        }
      }
    };
  }

  @Test
  void onlyAResumedRunContinuesAFolder() throws IOException {
    Path folder = stoppedAt(5).path();
    String metrics = Files.readString(folder.resolve("metrics.csv"));
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = trainer(model, RunFolder.resume(folder));
      Exception e = assertThrows(IllegalStateException.class, () -> trainer.fit(TRAIN));
      assertTrue(
          e.getMessage().contains("Create the trainer by Trainer.resume(folder)"), e::getMessage);
    }
    assertEquals(metrics, Files.readString(folder.resolve("metrics.csv")));
    assertThrows(IOException.class, () -> RunFolder.resume(runs));
  }

  /** A checkpoint does not contain a custom loss; the wrong one must not change the run. */
  @Test
  void aRefusedLossLeavesTheFolderAsItWas() throws IOException {
    Path whole = stoppedAt(1000).path();
    Path parts = stoppedAt(27).path();
    List<String> before = Files.readAllLines(parts.resolve("metrics.csv"));
    List<String> checkpoints = names(parts.resolve("checkpoints"));
    byte[] saved = Files.readAllBytes(parts.resolve("model.safetensors"));
    try (VqVae other =
        Shapes.builder(1, 3, VectorQuantizer.ema(16, 4))
            .reconstructionLoss(RunFolderResumeTest::absolute)
            .build()) {
      Trainer<ImageBatch> resumed = Trainer.resume(parts, other).evaluate(TEST, 10).quiet();
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> resumed.fit(TRAIN)),
          "terms of the run, [reconstruction, commitment], got [absolute, commitment] in step 28");
    }
    assertEquals(before, Files.readAllLines(parts.resolve("metrics.csv")));
    assertEquals(checkpoints, names(parts.resolve("checkpoints")));
    assertArrayEquals(saved, Files.readAllBytes(parts.resolve("model.safetensors")));
    Trainer.resume(parts).evaluate(TEST, 10).quiet().fit(TRAIN);
    assertEquals(rows(whole), rows(parts));
  }

  private static List<LossTerm> absolute(
      Tensor reconstruction, Tensor target, TrainingProgress progress) {
    return List.of(new LossTerm("absolute", reconstruction.meanAbsoluteError(target), 1));
  }

  /** Without a listener, the files are continued with the options of the first run. */
  @Test
  void optionsAreThoseOfTheFirstRun() throws IOException {
    Path whole = stoppedAt(1000).path();
    Path parts = stoppedAt(27).path();
    Trainer.resume(parts).evaluate(TEST, 10).quiet().fit(TRAIN);
    assertEquals(rows(whole), rows(parts));
    assertEquals(names(whole.resolve("checkpoints")), names(parts.resolve("checkpoints")));
    assertEquals(2, names(parts).stream().filter(name -> name.startsWith("events.out")).count());
    assertEquals(settings(whole), settings(parts));
    Files.writeString(parts.resolve("config.json"), "{}");
    Exception e = assertThrows(BadFileException.class, () -> RunFolder.resume(parts));
    assertTrue(e.getMessage().contains("expected the settings of a run folder"), e::getMessage);
  }

  private static List<String> settings(Path run) throws IOException {
    return Files.readAllLines(run.resolve("config.json")).stream()
        .filter(line -> !line.contains("\"runId\""))
        .toList();
  }

  @Test
  void anInterruptedRunIsUnfinished() throws IOException {
    assertEquals(Optional.empty(), RunFolder.unfinished(runs, "digits"));
    Path stopped = stoppedAt(3).path();
    assertEquals(Optional.empty(), RunFolder.unfinished(runs, "digits"));
    RunFolder files = RunFolder.create(runs, "digits");
    try (VqVae model = Shapes.model(1, 3)) {
      trainer(model, files)
          .listener(Runs.afterStep(3, run -> Thread.currentThread().interrupt()))
          .fit(TRAIN);
    }
    assertTrue(Thread.interrupted());
    assertEquals(Optional.of(files.path()), RunFolder.unfinished(runs, "digits"));
    Files.delete(stopped.resolve("metrics.json"));
    assertEquals(Optional.of(files.path()), RunFolder.unfinished(runs, "digits"));
    assertEquals(Optional.empty(), RunFolder.unfinished(runs, "other"));
    assertFalse(Files.exists(runs.resolve("other")));
  }
}
