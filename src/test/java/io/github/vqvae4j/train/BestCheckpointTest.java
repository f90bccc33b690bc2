package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checkpoint of the best evaluation. */
class BestCheckpointTest {
  private static final Source<int[]> DATA = Numbers.source(20);

  @TempDir Path runs;
  private final Numbers model = new Numbers();

  @AfterEach
  void close() {
    model.close();
  }

  /** A run of 10 steps with an evaluation after each; the best one is that of step 4. */
  private static Trainer<int[]> evaluated(Trainer<int[]> trainer) {
    return trainer
        .evaluate(DATA, 1)
        .monitor(evaluation -> Math.abs(4 - evaluation.step()))
        .averageWeights(0.9)
        .quiet();
  }

  private Path run() throws IOException {
    RunFolder files = RunFolder.create(runs, "a");
    evaluated(Trainer.of(model).batch(4).workers(1).steps(10)).listener(files).fit(DATA);
    return files.path();
  }

  private static Path checkpoint(Path run, String name) {
    return run.resolve("checkpoints").resolve(name + ".safetensors");
  }

  private static List<String> names(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void bestEvaluationIsKept() throws IOException {
    Path run = run();
    assertEquals(List.of("best.safetensors", "step-10.safetensors"), names(run));
    assertEquals(4, RunHistory.step(Checkpoint.read(checkpoint(run, "best"))));
    assertEquals(10, RunHistory.step(CheckpointFolder.read(run)), "the newest one is resumed");
    try (Numbers other = new Numbers()) {
      Trainer<int[]> resumed =
          evaluated(Trainer.resume(checkpoint(run, "best"), other))
              .listener(new Runs(runs.resolve("second"), 10));
      resumed.fit(DATA);
      assertEquals(6, other.trained().size());
      States.assertSame(States.of(model), States.of(other));
    }
  }

  /** Two writes of the same state: one for the evaluation, one since it is due. */
  @Test
  void itIsWrittenOnlyWhenAnEvaluationIsBetter() throws IOException {
    RunFolder files = RunFolder.create(runs, "a").modelEvery(Duration.ZERO);
    Path best = checkpoint(files.path(), "best");
    FileTime old = FileTime.fromMillis(1_000_000);
    evaluated(Trainer.of(model).batch(4).workers(1).steps(10))
        .listener(files)
        .listener(
            Runs.afterStep(
                6, // the write of step 4 has ended before that of step 5
                run -> {
                  try {
                    Files.setLastModifiedTime(best, old);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }))
        .fit(DATA);
    assertEquals(old, Files.getLastModifiedTime(best));
  }

  @Test
  void noneWithoutEvaluationsOrCheckpoints() throws IOException {
    RunFolder plain = RunFolder.create(runs, "a");
    Trainer.of(model).batch(4).steps(10).listener(plain).quiet().fit(DATA);
    assertEquals(List.of("step-10.safetensors"), names(plain.path()));
    RunFolder none = RunFolder.create(runs, "b").keep(0);
    evaluated(Trainer.of(model).batch(4).steps(10)).listener(none).fit(DATA);
    assertFalse(Files.exists(none.path().resolve("checkpoints")));
  }

  @Test
  void onlyIntactOneIsResumed() throws IOException {
    Path run = run();
    Path newest = checkpoint(run, "step-10");
    Files.write(newest, new byte[3]);
    assertEquals(4, RunHistory.step(CheckpointFolder.read(run)));
    Files.delete(newest);
    assertEquals(4, RunHistory.step(CheckpointFolder.read(run)));
    assertMessageContains(
        assertThrows(IOException.class, () -> RunFolder.in(run)), "already contains");
    Files.write(checkpoint(run, "best"), new byte[3]);
    assertThrows(BadFileException.class, () -> CheckpointFolder.read(run));
  }

  /** As after a crash: the best evaluation is later than the last checkpoint of the interval. */
  @Test
  void laterOnesAreDeletedWhenARunIsResumed() throws IOException {
    Path run = run();
    CheckpointFolder.deleteBestAfter(run, 4);
    assertTrue(Files.exists(checkpoint(run, "best")));
    Files.delete(checkpoint(run, "step-10"));
    try (Numbers other = new Numbers()) {
      Trainer.of(other).batch(4).workers(1).quiet().listener(new Runs(third(run), 3)).fit(DATA);
      assertEquals(4, RunHistory.step(CheckpointFolder.read(run)), "the best one is the newest");
      Trainer.resume(third(run), other).steps(3).quiet().listener(RunFolder.resume(run)).fit(DATA);
    }
    assertEquals(List.of("step-3.safetensors"), names(run));
  }

  private static Path third(Path run) {
    return checkpoint(run, "step-3");
  }

  /** The run was stopped during the evaluation of step 4, the best one. */
  @Test
  void theEvaluationWithWhichARunIsResumedIsSaved() throws IOException {
    RunFolder files = RunFolder.create(runs, "a");
    TrainingListener stop = Runs.afterStep(4, TrainingRun::stop);
    Trainer<int[]> part = evaluated(Trainer.of(model).batch(4).workers(1).steps(10));
    assertEquals(3, part.listener(files).listener(stop).fit(DATA).evaluations().size());
    try (Numbers other = new Numbers()) {
      evaluated(Trainer.resume(files.path(), other)).fit(DATA);
    }
    try (Numbers other = new Numbers()) {
      RunFolder whole = RunFolder.create(runs, "whole");
      evaluated(Trainer.of(other).batch(4).workers(1).steps(10)).listener(whole).fit(DATA);
      Runs.assertSame(checkpoint(whole.path(), "best"), checkpoint(files.path(), "best"));
    }
  }

  /** The checkpoint is due at the end of the step, before the evaluation at the end of the run. */
  @Test
  void theEvaluationAtATimeLimitIsSaved() throws IOException {
    RunFolder files = RunFolder.create(runs, "a").modelEvery(Duration.ZERO);
    Trainer.of(model)
        .batch(4)
        .workers(1)
        .steps(3)
        .maxTime(Duration.ofNanos(1))
        .evaluate(DATA, 100)
        .listener(files)
        .quiet()
        .fit(DATA);
    TrainingReport report =
        Trainer.resume(files.path(), model)
            .maxTime(Duration.ofDays(1))
            .evaluate(DATA, 100)
            .quiet()
            .fit(DATA);
    assertEquals(List.of(1L, 3L), report.evaluations().stream().map(Evaluation::step).toList());
  }

  @Test
  void damagedOnesAreNotDeleted() throws IOException {
    Path run = run();
    assertTrue(Files.exists(checkpoint(run, "best")));
    CheckpointFolder.deleteBestAfter(run, 3);
    assertFalse(Files.exists(checkpoint(run, "best")));
    CheckpointFolder.deleteBestAfter(run, 3);
    Files.write(checkpoint(run, "best"), new byte[3]);
    CheckpointFolder.deleteBestAfter(run, 3);
    assertTrue(Files.exists(checkpoint(run, "best")));
  }
}
