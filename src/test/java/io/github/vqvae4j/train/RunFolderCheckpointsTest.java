package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.nn.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checkpoints that a run folder writes, and which of them a run resumes from. */
@Timeout(60)
class RunFolderCheckpointsTest {
  private static final Source<int[]> DATA = Numbers.source(20);

  @TempDir Path runs;
  private final Numbers model = new Numbers();

  @AfterEach
  void close() {
    Thread.interrupted();
    model.close();
  }

  private static Trainer<int[]> trainer(Trainable<int[]> trained) {
    return Trainer.of(trained).optimizer(Adam.rate(1e-2)).batch(4).workers(1).steps(20).quiet();
  }

  private static List<String> files(RunFolder folder) throws IOException {
    Path checkpoints = folder.path().resolve("checkpoints");
    if (!Files.exists(checkpoints)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return List.copyOf(new TreeSet<>(files.map(file -> file.getFileName().toString()).toList()));
    }
  }

  /** Returns the weights of a run of 20 steps. */
  private static Map<String, float[]> expected() {
    try (Numbers other = new Numbers()) {
      trainer(other).fit(DATA);
      return States.of(other);
    }
  }

  private void assertResumes(Path checkpoint, int steps) throws IOException {
    try (Numbers other = new Numbers()) {
      Trainer.resume(checkpoint, other)
          .steps(20)
          .listener(RunFolder.create(runs, "resumed"))
          .quiet()
          .fit(DATA);
      assertEquals(steps, other.trained().size());
      States.assertSame(expected(), States.of(other));
    }
  }

  /** A copy of the state may need more memory than there is, at one step and not at the next. */
  @Test
  void aFullHeapCostsOnlyTheCheckpoint() throws IOException {
    RunFolder files = RunFolder.create(runs, "full").modelEvery(Duration.ZERO);
    long[] last = {0};
    TrainingListener full =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            last[0] = report.step();
          }

          @Override
          public Map<String, NamedArray> state() {
            if (last[0] == 20) {
              throw new OutOfMemoryError("no copy");
            }
            return Map.of();
          }
        };
    try (CapturedLog log = new CapturedLog(RunFolder.class)) {
      assertEquals(20, trainer(model).listener(full).listener(files).fit(DATA).last().step());
      assertTrue(
          log.warnings().stream().anyMatch(line -> line.contains("increase the heap (-Xmx)")),
          log.warnings()::toString);
    }
    assertEquals(List.of("step-18.safetensors", "step-19.safetensors"), files(files));
    assertMessageContains(files.failure().orElseThrow(), "no copy");
    assertTrue(Files.exists(files.path().resolve("metrics.json")));
    assertResumes(files.path(), 1);
  }

  @Test
  void newestAreKept() throws IOException {
    RunFolder two = RunFolder.create(runs, "two").modelEvery(Duration.ZERO);
    trainer(model).listener(two).fit(DATA);
    assertEquals(List.of("step-19.safetensors", "step-20.safetensors"), files(two));
    assertTrue(
        Files.readString(two.path().resolve("summary.txt"))
            .contains("the state of the run after step 20"));
    assertResumes(two.path().resolve("checkpoints").resolve("step-19.safetensors"), 1);
    RunFolder three = RunFolder.create(runs, "three").modelEvery(Duration.ZERO).keep(3);
    trainer(model).steps(11).listener(three).fit(DATA);
    assertEquals(
        List.of("step-10.safetensors", "step-11.safetensors", "step-9.safetensors"), files(three));
    RunFolder none = RunFolder.create(runs, "none").modelEvery(Duration.ZERO).keep(0);
    trainer(model).listener(none).fit(DATA);
    assertEquals(List.of(), files(none));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> none.keep(-1)), "at least 0, got -1");
    assertThrows(NoSuchFileException.class, () -> Trainer.resume(none.path(), model));
  }

  @Test
  void writtenAtTheEnd() throws IOException {
    RunFolder folder = RunFolder.create(runs, "a");
    trainer(model).steps(7).listener(folder).fit(DATA);
    assertEquals(List.of("step-7.safetensors"), files(folder));
    assertResumes(folder.path(), 13);
    Files.delete(folder.path().resolve("config.json"));
    for (String name : List.of("metrics.csv", "metrics.json", "summary.txt", "model.safetensors")) {
      Files.delete(folder.path().resolve(name));
    }
    assertMessageContains(
        assertThrows(IOException.class, () -> RunFolder.in(folder.path())), "step-7");
  }

  @Test
  void writtenWhenStoppedOrInterrupted() throws IOException {
    for (Consumer<TrainingRun> end :
        List.<Consumer<TrainingRun>>of(
            TrainingRun::stop, run -> Thread.currentThread().interrupt())) {
      RunFolder folder = RunFolder.create(runs, "a");
      try (Numbers other = new Numbers()) {
        trainer(other).listener(folder).listener(Runs.afterStep(9, end)).fit(DATA);
      }
      Thread.interrupted();
      assertEquals(List.of("step-9.safetensors"), files(folder));
      assertResumes(folder.path(), 11);
    }
  }

  /** The exception comes before the evaluation that is due after its step. */
  @Test
  void writtenAfterTheExceptionOfAListener() throws IOException {
    RunFolder folder = RunFolder.create(runs, "a");
    IllegalStateException thrown = new IllegalStateException("listener");
    Trainer<int[]> failing =
        trainer(model)
            .evaluate(DATA, 5)
            .listener(folder)
            .listener(
                Runs.afterStep(
                    10,
                    run -> {
                      throw thrown;
                    }));
    assertThrows(IllegalStateException.class, () -> failing.fit(DATA));
    assertEquals(List.of("best.safetensors", "step-10.safetensors"), files(folder));
    try (Numbers other = new Numbers()) {
      TrainingReport report =
          Trainer.resume(folder.path(), other).evaluate(DATA, 5).quiet().fit(DATA);
      assertEquals(
          List.of(5L, 10L, 15L, 20L), report.evaluations().stream().map(Evaluation::step).toList());
      States.assertSame(expected(), States.of(other));
    }
  }

  /** A loss that becomes NaN in a step. */
  private Trainable<int[]> diverging(long step) {
    return model.withObjectives(
        List.of(
            Objective.all(
                "",
                (pass, batch, progress) -> {
                  double factor = progress.step() == step ? Double.NaN : 1;
                  return BatchLoss.of(
                      "error", model.prediction(pass, batch).square().mean().mul(factor));
                },
                model.variables())));
  }

  @Test
  void writtenBeforeADivergence() throws IOException {
    RunFolder folder = RunFolder.create(runs, "a");
    Adam optimizer = Adam.rate(1e-2);
    Trainer<int[]> trainer = trainer(diverging(8)).optimizer(optimizer).listener(folder);
    assertThrows(DivergenceException.class, () -> trainer.fit(DATA));
    assertEquals(List.of("step-7.safetensors"), files(folder));
    assertEquals(0, optimizer.parameters().size(), "reset afterwards");
    SavedState state = CheckpointFolder.read(folder.path());
    assertTrue(state.arrays().containsKey("optimizer/0/linear.weight/m"));
  }

  /** An optimizer whose update makes a weight infinite in a step. */
  private static final class Exploding implements Optimizer {
    private final Adam adam = Adam.rate(1e-2);
    private int updates;

    @Override
    public double rate() {
      return adam.rate();
    }

    @Override
    public void update(
        List<Parameter> parameters, Gradients gradients, double rate, double weightDecay) {
      updates++;
      adam.update(parameters, gradients, updates == 8 ? 3e38 : rate, weightDecay);
    }

    @Override
    public Map<String, NamedArray> state(Map<Parameter, String> names) {
      return adam.state(names);
    }

    @Override
    public void reset() {
      adam.reset();
    }
  }

  @Test
  void notWrittenOfAnOptimizerThatWasReset() throws IOException {
    RunFolder folder = RunFolder.create(runs, "a");
    assertThrows(
        DivergenceException.class,
        () -> trainer(model).optimizer(new Exploding()).listener(folder).fit(DATA));
    assertEquals(List.of(), files(folder));
  }

  @Test
  void damagedOnesArePassedOver() throws IOException {
    RunFolder folder = RunFolder.create(runs, "a").modelEvery(Duration.ZERO).keep(3);
    trainer(model).steps(10).listener(folder).fit(DATA);
    Path checkpoints = folder.path().resolve("checkpoints");
    damage(checkpoints.resolve("step-10.safetensors"));
    Path nine = checkpoints.resolve("step-9.safetensors");
    Files.write(nine, new byte[0]);
    try (CapturedLog log = new CapturedLog(Trainer.class)) {
      assertResumes(folder.path(), 12);
      assertEquals(2, log.warnings().size());
      assertMessageContains(new Exception(log.warnings().get(0)), "damaged", "step-10.safetensors");
      assertMessageContains(new Exception(log.warnings().get(1)), "damaged", nine.toString());
    }
    assertThrows(BadFileException.class, () -> Trainer.resume(nine, model));
    damage(checkpoints.resolve("step-8.safetensors"));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Trainer.resume(folder.path(), model)),
        "step-10.safetensors");
  }

  private static void damage(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[content.length - 1] ^= 1;
    Files.write(file, content);
  }

  /** An optimizer that does not save its state. */
  private static final class Custom implements Optimizer {
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
  }

  @Test
  void optimizerWithoutSavedStateIsRefused() throws IOException {
    RunFolder folder = RunFolder.create(runs, "a").modelEvery(Duration.ZERO);
    try (CapturedLog log = new CapturedLog(RunFolder.class)) {
      trainer(model).optimizer(new Custom()).listener(folder).fit(DATA);
      assertEquals(1, log.warnings().size());
      assertMessageContains(
          new Exception(log.warnings().get(0)),
          "Cannot write checkpoints",
          "Custom.state: this optimizer does not save its state",
          "Override state(..) and restore(..)");
    }
    assertEquals(List.of(), files(folder));
    assertTrue(Files.exists(folder.path().resolve("model.safetensors")));
    assertFalse(Arrays.asList(folder.path().toFile().list()).contains("checkpoints"));
  }
}
