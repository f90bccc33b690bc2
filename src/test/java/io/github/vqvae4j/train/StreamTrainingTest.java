package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.BatchStream;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on streams: order, position, end, and initialization from the first batches. */
@Timeout(60)
class StreamTrainingTest {
  private final Numbers model = new Numbers();

  /** The batches that an initialization has read. */
  private final List<List<Integer>> seen = new ArrayList<>();

  @AfterEach
  void close() {
    model.close();
  }

  private Trainer<int[]> trainer() {
    return Trainer.of(model).batch(4).steps(10).quiet();
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void examplesAreUsedInTheirOrder() {
    CountDownLatch readAhead = new CountDownLatch(1);
    Numbers.Stream stream =
        new Numbers.Stream(
            1_000,
            position -> {
              if (position == 44) {
                readAhead.countDown();
              }
            });
    TrainingListener lastStepWaits =
        new TrainingListener() {
          @Override
          public void onStepEnd(TrainingRun run, long step) {
            if (step == 10) {
              await(readAhead);
            }
          }
        };
    TrainingReport report = trainer().listener(lastStepWaits).fit(stream);
    assertEquals(StopReason.MAX_STEPS, report.stopReason());
    assertEquals(numbers(40), model.allTrained());
    assertEquals(48, stream.position(), "two batches are read ahead");
  }

  @Test
  void theStreamEnds() {
    TrainingReport report =
        trainer().evaluate(Numbers.source(5), 100).fit(new Numbers.Stream(23, position -> {}));
    assertEquals(StopReason.END_OF_DATA, report.stopReason());
    assertEquals(5, report.last().step());
    assertEquals(numbers(20), model.allTrained());
    assertEquals(5, report.evaluations().get(0).step());
    assertTrue(report.toString().contains("reached the end of the data at step 5 of 10"));
  }

  @Test
  void theStreamEndsInTheMiddleOfAccumulation() {
    Map<String, float[]> complete;
    try (Numbers shorter = new Numbers()) {
      Trainer<int[]> trainer = Trainer.of(shorter).batch(4).steps(10).accumulate(3).quiet();
      trainer.fit(new Numbers.Stream(24, p -> {}));
      complete = States.of(shorter);
    }
    TrainingReport report = trainer().accumulate(3).fit(new Numbers.Stream(34, p -> {}));
    assertEquals(StopReason.END_OF_DATA, report.stopReason());
    assertEquals(2, report.last().step());
    assertEquals(32, model.allTrained().size(), "passes of two batches of the incomplete step");
    States.assertSame(complete, States.of(model));
  }

  @Test
  void theStreamIsTooShortForAStep() {
    for (int count : new int[] {0, 3, 7}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> trainer().accumulate(2).fit(new Numbers.Stream(count, p -> {}))),
          "at least 8 examples");
    }
  }

  @Test
  void failureOfTheStream() {
    IllegalStateException failure = new IllegalStateException("disconnected");
    Numbers.Stream stream =
        new Numbers.Stream(
            1_000,
            position -> {
              if (position == 12) {
                throw failure;
              }
            });
    List<Long> steps = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onFailure(TrainingRun run, Throwable cause) {
            assertSame(failure, cause);
            steps.add(run.step());
          }
        };
    assertSame(
        failure,
        assertThrows(IllegalStateException.class, () -> trainer().listener(listener).fit(stream)));
    assertEquals(List.of(3L), steps);
    assertEquals(numbers(12), model.allTrained());
  }

  /** A model that records which images it is trained with. */
  private record Recording(VqVae model, BatchRecorder trained) implements Trainable<ImageBatch> {
    @Override
    public Map<String, Variable> variables() {
      return model.variables();
    }

    @Override
    public void initialize(TrainingData<ImageBatch> data, Rng rng) {
      model.initialize(data, rng);
    }

    @Override
    public BatchLoss loss(Step step, ImageBatch batch, TrainingProgress progress) {
      trained.add(step.workers(), Numbers.list(batch.indices()));
      return model.loss(step, batch, progress);
    }
  }

  /** A stream of the images of a dataset. */
  private static final class ImageStream implements BatchStream<ImageBatch> {
    private final Dataset images;
    private int position;

    ImageStream(Dataset images) {
      this.images = images;
    }

    @Override
    public ImageBatch next(int n) {
      if (position + n > images.size()) {
        return null;
      }
      position += n;
      return images.batch(IntStream.range(position - n, position).toArray());
    }

    @Override
    public long position() {
      return position;
    }
  }

  /** The variance is that of the first 1,000 images, also if batches or shares end elsewhere. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void initializationFromAStreamLosesNoBatch(int workers) {
    Dataset images = Shapes.rectangles(3_000, 8, 1, 1);
    try (VqVae vqVae = Shapes.model(1, 3, VectorQuantizer.ema(16, 4))) {
      Recording recording = new Recording(vqVae, new BatchRecorder());
      float[] codebook = ((VectorQuantizer) vqVae.quantizer()).codebook();
      Trainer.of(recording)
          .batch(16)
          .workers(workers)
          .steps(100)
          .quiet()
          .fit(new ImageStream(images));
      assertEquals(numbers(1_600), recording.trained().examples());
      assertTrue(vqVae.dataVariance() > 0);
      assertEquals(images.range(0, 1_000).variance(), vqVae.dataVariance(), 1e-9);
      float[] trained = ((VectorQuantizer) vqVae.quantizer()).codebook();
      assertFalse(Arrays.equals(codebook, trained));
    }
  }

  @Test
  void everyReaderOfTheFirstBatchesStartsWithTheFirstOne() {
    Trainable<int[]> reader =
        new Trainable<>() {
          @Override
          public Map<String, Variable> variables() {
            return model.variables();
          }

          @Override
          public void initialize(TrainingData<int[]> data, Rng rng) {
            Iterator<int[]> batches = data.firstBatches();
            List<List<Integer>> first =
                List.of(Numbers.list(batches.next()), Numbers.list(batches.next()));
            assertEquals(first.get(0), Numbers.list(data.firstBatches().next()));
            batches = data.firstBatches();
            for (List<Integer> batch : first) {
              assertEquals(batch, Numbers.list(batches.next()));
            }
            batches.next();
            seen.addAll(first);
          }

          @Override
          public BatchLoss loss(Step step, int[] batch, TrainingProgress progress) {
            return model.loss(step, batch, progress);
          }
        };
    Trainer<int[]> trainer = Trainer.of(reader).batch(4).steps(6).quiet();
    for (int workers : new int[] {1, 2}) { // the examples of a worker, one after the other
      seen.clear();
      int before = model.trained().size();
      trainer.workers(workers).fit(new Numbers.Stream(100, p -> {}));
      List<List<Integer>> trained = model.trained();
      assertEquals(
          numbers(24), trained.subList(before, before + 6).stream().flatMap(List::stream).toList());
      trainer.fit(Numbers.source(24));
      List<Integer> read = Stream.concat(seen.get(2).stream(), seen.get(3).stream()).toList();
      List<Integer> used =
          model.trained().subList(before + 6, before + 8).stream().flatMap(List::stream).toList();
      assertEquals(used.subList(0, read.size()), read);
      assertEquals(8 / workers, read.size());
    }
  }

  @Test
  void aStreamThatIsShorterThanTheSampleOfTheVariance() {
    Dataset images = Shapes.rectangles(100, 8, 1, 1);
    try (VqVae vqVae = Shapes.model(1, 3, VectorQuantizer.ema(16, 4))) {
      Recording recording = new Recording(vqVae, new BatchRecorder());
      TrainingReport report =
          Trainer.of(recording).batch(16).steps(100).quiet().fit(new ImageStream(images));
      assertEquals(StopReason.END_OF_DATA, report.stopReason());
      assertEquals(numbers(96), recording.trained().examples());
    }
  }
}
