package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** A run that waits for data ends at once when it is stopped from another thread. */
@Timeout(60)
class StopWhileWaitingTest {
  private final Numbers model = new Numbers();
  private final CountDownLatch waiting = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);
  private final AtomicReference<TrainingRun> started = new AtomicReference<>();
  private volatile long stopNanos;

  private final TrainingListener start =
      new TrainingListener() {
        @Override
        public void onStart(TrainingRun run) {
          started.set(run);
        }
      };

  @AfterEach
  void close() {
    never.countDown();
    model.close();
  }

  /** Called while a batch is read: it is never read completely. */
  private void block() {
    waiting.countDown();
    try {
      never.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops the run from another thread while a batch is read. */
  private void stopWhenWaiting() {
    CompletableFuture.runAsync(
        () -> {
          try {
            waiting.await();
            Thread.sleep(100); // the training thread has used what is loaded
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          stopNanos = System.nanoTime();
          started.get().stop();
        });
  }

  private void assertEndedAtOnce() {
    double seconds = (System.nanoTime() - stopNanos) / 1e9;
    assertTrue(seconds < 10, seconds + " s"); // closing waits for a second
    assertFalse(Thread.currentThread().isInterrupted());
  }

  private Trainer<int[]> trainer() {
    return Trainer.of(model).batch(4).steps(1_000).listener(start).quiet();
  }

  @Test
  void inAStep() {
    stopWhenWaiting();
    TrainingReport report =
        trainer().fit(new Numbers.Stream(1_000, position -> blockAt(position, 20)));
    assertEndedAtOnce();
    assertEquals(StopReason.STOPPED, report.stopReason());
    assertEquals(5, report.last().step());
    assertEquals(5, model.trained().size());
  }

  private void blockAt(int position, int blocked) {
    if (position == blocked) {
      block();
    }
  }

  @Test
  void beforeTheFirstStep() {
    stopWhenWaiting();
    Source<int[]> source = Numbers.source(100, indices -> block());
    assertThrows(CancellationException.class, () -> trainer().fit(source));
    assertEndedAtOnce();
  }

  @Test
  void inAnEvaluation() {
    stopWhenWaiting();
    Source<int[]> heldOut = Numbers.source(100, indices -> block());
    TrainingReport report = trainer().evaluate(heldOut, 3).fit(Numbers.source(50));
    assertEndedAtOnce();
    assertEquals(StopReason.STOPPED, report.stopReason());
    assertEquals(3, report.last().step());
    assertEquals(List.of(), report.evaluations());
  }

  private void inInitialization(boolean stream) {
    Trainable<int[]> reader =
        new Trainable<>() {
          @Override
          public Map<String, Variable> variables() {
            return model.variables();
          }

          @Override
          public void initialize(TrainingData<int[]> data, Rng rng) {
            data.firstBatches().next();
          }

          @Override
          public BatchLoss loss(Step step, int[] batch, TrainingProgress progress) {
            return model.loss(step, batch, progress);
          }
        };
    Trainer<int[]> trainer = Trainer.of(reader).batch(4).steps(9).listener(start).quiet();
    stopWhenWaiting();
    assertThrows(
        CancellationException.class,
        () -> {
          if (stream) {
            trainer.fit(new Numbers.Stream(100, position -> block()));
          } else {
            trainer.fit(Numbers.source(100, indices -> block()));
          }
        });
    assertEndedAtOnce();
  }

  @Test
  void inAnInitializationFromASource() {
    inInitialization(false);
  }

  @Test
  void inAnInitializationFromAStream() {
    inInitialization(true);
  }

  /** A second run on the stream reads on after the batch that was being read. */
  @Test
  void aSecondRunOnTheStream() {
    stopWhenWaiting();
    Numbers.Stream stream = new Numbers.Stream(1_000, position -> blockAt(position, 20));
    trainer().fit(stream);
    CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(never::countDown);
    TrainingReport second = trainer().steps(3).fit(stream);
    assertEquals(StopReason.MAX_STEPS, second.stopReason());
    assertEquals(
        List.of(List.of(24, 25, 26, 27), List.of(28, 29, 30, 31), List.of(32, 33, 34, 35)),
        model.trained().subList(5, 8));
  }

  @Test
  void aSourceWithoutABatch() {
    Source<int[]> source =
        new Source<>() {
          @Override
          public int size() {
            return 100;
          }

          @Override
          public int[] batch(int... indices) {
            return null;
          }
        };
    Trainer<int[]> evaluated = trainer().evaluate(source, 1).steps(1);
    for (Executable fit :
        List.<Executable>of(() -> trainer().fit(source), () -> evaluated.fit(Numbers.source(50)))) {
      IllegalStateException e = assertThrows(IllegalStateException.class, fit);
      assertTrue(e.getMessage().startsWith("Source.batch: expected a batch, got null"));
    }
  }
}
