package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose process is killed at random moments ends with the bits of one that was not. {@code
 * -Dvqvae4j.kills=N} sets how often.
 */
@Timeout(1_200)
class KilledRunTest {
  private static final int KILLS = Integer.getInteger("vqvae4j.kills", 12);
  private static final int STEPS = 600;

  @TempDir private Path folder;

  /** Starts or resumes a run, and prints each step. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      train(Path.of(arguments[0]));
    }
  }

  private static Path train(Path runs) throws IOException {
    Dataset train = Shapes.rectangles(64, 8, 1, 1);
    try (VqVae model = Shapes.model(1, 3)) {
      Optional<Path> unfinished = RunFolder.unfinished(runs, "killed");
      RunFolder files =
          unfinished.isPresent()
              ? RunFolder.resume(unfinished.get())
              : RunFolder.create(runs, "killed");
      Trainer<ImageBatch> trainer =
          unfinished.isPresent()
              ? Trainer.resume(unfinished.get())
              : Trainer.of(model).batch(8).workers(2).steps(STEPS).averageWeights(0.99);
      trainer
          .evaluate(Shapes.rectangles(20, 8, 1, 2), 50)
          .listener(files.metricsEvery(1).modelEvery(Duration.ZERO))
          .listener(new StepPrinter())
          .quiet()
          .fit(train);
      return files.path();
    }
  }

  private static final class StepPrinter implements TrainingListener {
    @Override
    public void onStep(TrainingRun run, StepReport report) {
      System.out.println("step " + report.step());
    }
  }

  /** Kills a process some microseconds after it has printed a number of steps. */
  private static void kill(Path runs, int steps, int micros) throws Exception {
    try (ChildProgram child = new ChildProgram(Program.class, runs.toString())) {
      for (int i = 0; i < steps; i++) {
        child.await(line -> line.startsWith("step "));
      }
      long end = System.nanoTime() + micros * 1000L;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      child.kill();
    }
  }

  @Test
  void endsWithTheSameBits() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path killed = folder.resolve("killed");
    for (int i = 0; i < KILLS; i++) {
      kill(killed, 1 + random.nextInt(15), random.nextInt(20_000));
    }
    Path whole = train(folder.resolve("whole"));
    assertFalse(RunFolder.unfinished(killed, "killed").isEmpty(), "seed " + seed);
    Path parts = train(killed);
    String last = "checkpoints/step-" + STEPS + ".safetensors";
    Runs.assertSame(whole.resolve(last), parts.resolve(last));
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("model.safetensors")),
        Files.readAllBytes(parts.resolve("model.safetensors")),
        "seed " + seed);
    assertEquals(steps(whole), steps(parts), "seed " + seed);
  }

  private static List<String> steps(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.csv")).stream()
        .map(line -> line.substring(0, line.indexOf(',')))
        .toList();
  }
}
