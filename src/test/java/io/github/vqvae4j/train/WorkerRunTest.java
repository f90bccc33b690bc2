package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.parallel.Threads;
import io.github.vqvae4j.parallel.WithThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of several workers: how they end, and what they leave behind. */
@Timeout(60)
@SuppressWarnings("try")
class WorkerRunTest {
  private static final int WORKERS = 3;

  private final Numbers model = new Numbers();

  @AfterEach
  void close() {
    Thread.interrupted();
    model.close();
    assertNoWorkers();
  }

  private static void assertNoWorkers() {
    List<String> workers =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("vqvae4j-worker"))
            .toList();
    assertEquals(List.of(), workers);
  }

  /** Returns a model that runs an action after each of its losses. */
  private Trainable<int[]> with(Consumer<TrainingProgress> action) {
    return model.withObjectives(
        List.of(
            Objective.all(
                "",
                (step, batch, progress) -> {
                  BatchLoss loss = model.loss(step, batch, progress);
                  action.accept(progress);
                  return loss;
                },
                model.variables())));
  }

  private static Trainer<int[]> trainer(Trainable<int[]> trained) {
    return Trainer.of(trained).batch(5).workers(WORKERS).steps(10).quiet();
  }

  @Test
  void interruptedBeforeTheRun() {
    Map<String, float[]> start = States.of(model);
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> trainer(model).fit(Numbers.source(20)));
    assertTrue(Thread.interrupted(), "the status stays set");
    assertEquals(List.of(), model.trained());
    States.assertSame(start, States.of(model));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void interruptedInAStep(int rank) {
    Thread caller = Thread.currentThread();
    Map<String, float[]> expected;
    try (Numbers other = new Numbers()) {
      trainer(other).steps(4).fit(Numbers.source(20));
      expected = States.of(other);
    }
    TrainingReport report =
        trainer(
                with(
                    progress -> {
                      if (progress.step() == 4 && progress.firstExample() == 2 * rank) {
                        caller.interrupt();
                      }
                    }))
            .fit(Numbers.source(20));
    assertEquals(StopReason.INTERRUPTED, report.stopReason());
    assertEquals(4, report.last().step());
    assertTrue(Thread.interrupted(), "the status stays set");
    States.assertSame(expected, States.of(model));
  }

  /** An interrupt of a worker, for example by a library that the loss calls, is not one of fit. */
  @Test
  void interruptedWorker() {
    Map<String, float[]> expected;
    try (Numbers other = new Numbers()) {
      trainer(other).fit(Numbers.source(20));
      expected = States.of(other);
    }
    TrainingReport report =
        trainer(
                with(
                    progress -> {
                      if (progress.step() == 4 && progress.firstExample() == 2) {
                        Thread.currentThread().interrupt();
                      }
                    }))
            .fit(Numbers.source(20));
    assertEquals(StopReason.MAX_STEPS, report.stopReason());
    assertFalse(Thread.interrupted());
    States.assertSame(expected, States.of(model));
  }

  @Test
  void stoppedByAWorker() {
    AtomicReference<TrainingRun> running = new AtomicReference<>();
    TrainingListener start =
        new TrainingListener() {
          @Override
          public void onStart(TrainingRun run) {
            running.set(run);
          }
        };
    TrainingReport report =
        trainer(
                with(
                    progress -> {
                      if (progress.step() == 3 && progress.firstExample() == 4) {
                        running.get().stop();
                      }
                    }))
            .listener(start)
            .fit(Numbers.source(20));
    assertEquals(StopReason.STOPPED, report.stopReason());
    assertEquals(3, report.last().step());
    assertEquals(3, model.trained().size());
  }

  @Test
  void listenersAreCalledOnTheThreadOfTheCaller() {
    Set<Thread> listening = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<String> computing = Collections.synchronizedSet(new TreeSet<>());
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            listening.add(Thread.currentThread());
          }
        };
    trainer(with(progress -> computing.add(Thread.currentThread().getName())))
        .listener(listener)
        .fit(Numbers.source(20));
    assertEquals(Set.of(Thread.currentThread()), listening);
    assertEquals(Set.of("vqvae4j-worker-0", "vqvae4j-worker-1", "vqvae4j-worker-2"), computing);
  }

  @Test
  void failureOfAListener() {
    IllegalStateException failure = new IllegalStateException("disk full");
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            if (report.step() == 2) {
              throw failure;
            }
          }
        };
    Map<String, float[]> expected;
    try (Numbers other = new Numbers()) {
      trainer(other).steps(2).fit(Numbers.source(20));
      expected = States.of(other);
    }
    assertSame(
        failure,
        assertThrows(
            IllegalStateException.class,
            () -> trainer(model).listener(listener).fit(Numbers.source(20))));
    States.assertSame(expected, States.of(model));
  }

  /** The step before the failure is complete, whoever fails, and a new run works. */
  @Test
  void failures() {
    Map<String, float[]> expected;
    Map<String, float[]> continued;
    try (Numbers other = new Numbers()) {
      trainer(other).optimizer(Sgd.rate(0.1)).steps(2).fit(Numbers.source(20));
      expected = States.of(other);
      trainer(other).optimizer(Sgd.rate(0.1)).steps(2).fit(Numbers.source(20));
      continued = States.of(other);
    }
    Error failure = new AssertionError("third step");
    Source<int[]> numbers = Numbers.source(20);
    int[] batches = {0};
    Source<int[]> failingSource =
        Numbers.source(
            20,
            indices -> {
              if (++batches[0] > 2 * WORKERS) {
                throw failure;
              }
            });
    Optimizer failingOptimizer =
        new Optimizer() {
          private int updates;

          @Override
          public double rate() {
            return 0.1;
          }

          @Override
          public void update(
              List<Parameter> parameters, Gradients gradients, double rate, double weightDecay) {
            Sgd.rate(0.1).update(parameters, gradients, rate, weightDecay);
            if (++updates == 3) {
              throw failure;
            }
          }
        };
    Consumer<TrainingProgress> failing =
        progress -> {
          if (progress.step() == 3 && progress.firstExample() > 0) {
            throw failure;
          }
        };
    List<Consumer<Trainable<int[]>>> runs =
        List.of(
            trained -> trainer(with(failing)).optimizer(Sgd.rate(0.1)).fit(numbers),
            trained -> trainer(trained).optimizer(Sgd.rate(0.1)).fit(failingSource),
            trained -> trainer(trained).optimizer(failingOptimizer).fit(numbers));
    Map<String, float[]> start = States.of(model);
    for (Consumer<Trainable<int[]>> run : runs) {
      model.variables().forEach((name, variable) -> variable.set(start.get(name)));
      assertSame(failure, assertThrows(AssertionError.class, () -> run.accept(model)));
      assertNoWorkers();
      States.assertSame(expected, States.of(model));
      trainer(model).optimizer(Sgd.rate(0.1)).steps(2).fit(numbers);
      States.assertSame(continued, States.of(model));
    }
  }

  /** Except for what the first run leaves to the model and to the thread that calls fit. */
  @Test
  @DisabledIfSystemProperty(
      named = "vqvae4j.kernels",
      matches = "nd4j",
      disabledReason = "ND4J's operations leave arrays to the garbage collector")
  void nativeMemoryIsWhatItWasBefore() throws InterruptedException {
    Dataset images = Shapes.rectangles(60, 32, 1, 1);
    List<Long> during = new ArrayList<>();
    TrainingListener memory =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            during.add(Pointer.totalBytes());
          }
        };
    System.gc();
    Thread.sleep(200); // memory that earlier tests left to the garbage collector is freed
    try (VqVae trained = Shapes.model(1, 3)) {
      long start = Pointer.totalBytes();
      fit(trained, images, 1e-3, memory);
      long first = Pointer.totalBytes();
      // A block of 16 MB for the caller's k-means; those of three workers were 48 MB.
      assertTrue(first - start < 20 << 20, () -> "%,d bytes, then %,d".formatted(start, first));
      assertThrows(DivergenceException.class, () -> fit(trained, images, 3e38, memory));
      fit(trained, images, 1e-3, memory);
      for (int i = 0; i < 100 && Pointer.totalBytes() > first; i++) {
        System.gc(); // some operations leave small arrays to the garbage collector
        Thread.sleep(20);
      }
      long last = Pointer.totalBytes();
      assertTrue(last <= first, () -> "%,d bytes, then %,d".formatted(first, last));
      long most = Collections.max(during);
      assertTrue(most > start + WORKERS * (1 << 20), () -> "%,d, %,d".formatted(start, most));
    }
  }

  private static void fit(VqVae model, Dataset images, double rate, TrainingListener listener) {
    Trainer.of(model)
        .optimizer(Sgd.rate(rate))
        .batch(20)
        .accumulate(2)
        .workers(WORKERS)
        .steps(3)
        .listener(listener)
        .quiet()
        .fit(images);
  }

  @Test
  void theNumberOfWorkersIsASetting(@TempDir Path folder) throws IOException {
    List<Integer> workers = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStart(TrainingRun run) {
            workers.add(run.settings().workers());
          }
        };
    RunFolder run = RunFolder.in(folder.resolve("run"));
    trainer(model).listener(listener).listener(run).fit(Numbers.source(20));
    JsonObject config =
        JsonParser.parseString(Files.readString(folder.resolve("run/config.json")))
            .getAsJsonObject();
    assertEquals(3, config.getAsJsonObject("training").get("workers").getAsInt());
    Trainer.of(model).batch(1).steps(1).quiet().listener(listener).fit(Numbers.source(20));
    int previous = Threads.count();
    try {
      for (int threads : new int[] {1, 4, 9}) {
        Threads.set(threads);
        Trainer.of(model).batch(5).steps(1).quiet().listener(listener).fit(Numbers.source(20));
      }
    } finally {
      Threads.set(previous);
    }
    CustomLoops.execute(model, 1, List.of(listener), (step, loss) -> loss);
    assertEquals(List.of(3, 1, 1, 4, 5, 0), workers);
  }

  /** A loss that is not thread-safe needs no more than a single worker. */
  @Test
  void evaluationsOfOneWorkerUseOneThread() {
    Set<Thread> threads =
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    Trainable<int[]> recorded =
        with(
            progress -> {
              threads.add(Thread.currentThread());
              Numbers.sleep(2);
            });
    Source<int[]> heldOut = Numbers.source(640); // ten batches
    try (WithThreads three = new WithThreads(3)) {
      for (int workers : new int[] {1, 2}) {
        TrainingListener listener =
            new TrainingListener() {
              @Override
              public void onStep(TrainingRun run, StepReport report) {
                threads.clear();
              }
            };
        Trainer.of(recorded)
            .batch(5)
            .steps(1)
            .workers(workers)
            .quiet()
            .listener(listener)
            .evaluate(heldOut, 1)
            .fit(Numbers.source(20));
        assertEquals(
            workers == 1 ? Set.of(Thread.currentThread()) : 3,
            workers == 1 ? threads : threads.size());
      }
      threads.clear();
      Evaluation.of(recorded, heldOut);
      assertEquals(3, threads.size());
      Threads.set(1);
      threads.clear();
      Evaluation.of(recorded, heldOut);
      assertEquals(Set.of(Thread.currentThread()), threads);
    }
  }

  @Test
  void workersOfALearningRateFinder() {
    Set<String> threads = Collections.synchronizedSet(new TreeSet<>());
    Trainable<int[]> recorded = with(progress -> threads.add(Thread.currentThread().getName()));
    Map<String, float[]> start = States.of(model);
    List<LearningRateCurve> curves = new ArrayList<>();
    for (int workers : new int[] {1, 2, 3}) {
      threads.clear();
      curves.add(
          LearningRateFinder.of(recorded)
              .batch(5)
              .workers(workers)
              .steps(20)
              .range(1e-6, 1e-3)
              .find(Numbers.source(30)));
      assertEquals(workers, threads.size());
      States.assertSame(start, States.of(model));
    }
    for (LearningRateCurve curve : curves) {
      assertEquals(20, curve.points().size());
      for (int i = 0; i < 20; i++) {
        double expected = curves.get(0).points().get(i).loss();
        assertEquals(expected, curve.points().get(i).loss(), 1e-5 * expected);
      }
    }
    LearningRateFinder<int[]> finder = LearningRateFinder.of(recorded).batch(2).steps(20);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> finder.workers(0)),
        "LearningRateFinder.workers",
        "got 0");
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> finder.workers(3).find(Numbers.source(30))),
        "workers",
        "batch of 2",
        "got 3");
    States.assertSame(start, States.of(model));
  }
}
