package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Evaluating a whole dataset needs no more memory than a step of training. */
@DisabledIfSystemProperty(
    named = "vqvae4j.kernels",
    matches = "nd4j",
    disabledReason = "ND4J's operations leave arrays to the garbage collector")
class EvaluationMemoryTest {
  /**
   * The memory that inference retains in addition to tensors: oneDNN primitives and reordered
   * weights.
   */
  private static final long PRIMITIVES = 1 << 20;

  private static VqVae model() {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(1).hidden(16).downsample(3).residual(1, 8))
        .quantizer(VectorQuantizer.ema(32, 8))
        .decoder(ConvDecoder.channels(1).hidden(16).upsample(3).residual(1, 8))
        .build();
  }

  /** Records the memory in use after each step; that of workers is freed when a run ends. */
  private static final class Memory implements TrainingListener {
    long bytes;

    @Override
    public void onStep(TrainingRun run, StepReport report) {
      bytes = Pointer.totalBytes();
    }
  }

  /** Each thread of the library needs this memory, so it is measured with one. */
  private final WithThreads threads = new WithThreads(1);

  @AfterEach
  void restoreThreads() {
    threads.close();
  }

  /** Runs a task in a new thread, which has its own arena. */
  private static <T> T runInNewThread(Callable<T> task) throws Exception {
    FutureTask<T> future = new FutureTask<>(task);
    new Thread(future).start();
    return future.get();
  }

  private interface DataSetTask {
    void run(ImageModel model, Dataset data);
  }

  private static void assertNeedsNoMoreMemory(
      ImageModel model, int size, int batch, DataSetTask task) throws Exception {
    Dataset data = Shapes.rectangles(48, size, 1, 1);
    long[] bytes =
        runInNewThread(
            () -> {
              Memory training = new Memory();
              Trainer.of(model).batch(batch).steps(6).listener(training).fit(data);
              task.run(model, data);
              return new long[] {training.bytes, Pointer.totalBytes()};
            });
    assertTrue(
        bytes[1] <= bytes[0] + PRIMITIVES,
        () -> "%,d bytes in training, %,d after evaluation".formatted(bytes[0], bytes[1]));
  }

  @ParameterizedTest
  @CsvSource({"256,1", "256,4", "128,4", "64,16"})
  void evaluations(int size, int batch) throws Exception {
    try (VqVae model = model()) {
      assertNeedsNoMoreMemory(model, size, batch, (m, data) -> Evaluation.of(m, data));
    }
  }

  @Test
  void codebookReports() throws Exception {
    try (VqVae model = model()) {
      assertNeedsNoMoreMemory(
          model, 256, 1, (m, data) -> CodebookReport.of(Evaluation.of(m, data)));
    }
  }

  @Test
  void reconstructions() throws Exception {
    try (VqVae model = model()) {
      assertNeedsNoMoreMemory(model, 256, 1, (m, data) -> m.reconstruct(data));
    }
    try (Autoencoder model =
        Autoencoder.builder()
            .encoder(ConvEncoder.channels(1).hidden(16).downsample(3).residual(1, 8))
            .decoder(ConvDecoder.channels(1).hidden(16).upsample(3).residual(1, 8))
            .dimension(4)
            .build()) {
      assertNeedsNoMoreMemory(model, 256, 1, (m, data) -> m.reconstruct(data));
    }
  }

  /** The inference batch size depends on the image size only. */
  @Test
  void evaluationIsIndependentOfTrainingBatchSize() {
    Dataset data = Shapes.rectangles(64, 128, 1, 1);
    double[] errors = new double[2];
    for (int i = 0; i < 2; i++) {
      try (VqVae model = model()) {
        TrainingReport report = Trainer.of(model).batch(8).steps(2).evaluate(data, 2).fit(data);
        errors[i] = report.evaluations().get(0).metric(ImageModel.MSE);
        assertEquals(errors[i], Evaluation.of(model, data).metric(ImageModel.MSE));
      }
    }
    assertEquals(errors[0], errors[1]);
  }
}
