package io.github.vqvae4j.train;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
      trainer(model, files)
          .listener(
              new TrainingListener() {
                @Override
                public void onStepEnd(TrainingRun run, long step) {
                  if (step == last) {
                    run.stop();
                  }
                }
              })
          .fit(TRAIN);
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

  /** Without a listener, the files are continued with the options of the first run. */
  @Test
  void optionsAreThoseOfTheFirstRun() throws IOException {
    Path whole = stoppedAt(1000).path();
    Path parts = stoppedAt(27).path();
    Trainer.resume(parts).evaluate(TEST, 10).quiet().fit(TRAIN);
    assertEquals(rows(whole), rows(parts));
    assertEquals(names(whole.resolve("checkpoints")), names(parts.resolve("checkpoints")));
    assertEquals(2, names(parts).stream().filter(name -> name.startsWith("events.out")).count());
    assertEquals(
        Files.readString(whole.resolve("config.json")),
        Files.readString(parts.resolve("config.json")));
    Files.writeString(parts.resolve("config.json"), "{}");
    Exception e = assertThrows(BadFileException.class, () -> RunFolder.resume(parts));
    assertTrue(e.getMessage().contains("expected the settings of a run folder"), e::getMessage);
  }

  @Test
  void anInterruptedRunIsUnfinished() throws IOException {
    assertEquals(Optional.empty(), RunFolder.unfinished(runs, "digits"));
    Path stopped = stoppedAt(3).path();
    assertEquals(Optional.empty(), RunFolder.unfinished(runs, "digits"));
    RunFolder files = RunFolder.create(runs, "digits");
    try (VqVae model = Shapes.model(1, 3)) {
      trainer(model, files)
          .listener(
              new TrainingListener() {
                @Override
                public void onStep(TrainingRun run, StepReport report) {
                  if (report.step() == 3) {
                    Thread.currentThread().interrupt();
                  }
                }
              })
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
