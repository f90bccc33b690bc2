package io.github.vqvae4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.GroupNorm;
import io.github.vqvae4j.nn.GroupNormConfig;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.nn.Summary;
import io.github.vqvae4j.palette.ImagePalette;
import io.github.vqvae4j.parallel.LibraryThread;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.parallel.Threads;
import io.github.vqvae4j.parallel.VirtualThreads;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ChildJvm;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.ModelStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inference results are bit-identical for any number of threads, whatever else runs. */
@Timeout(300)
@SuppressWarnings("try")
class InferenceThreadsTest {
  /** The numbers of images. */
  private static final int[] COUNTS = {1, 2, 3, 5, 8, 9, 16, 17, 31, 32, 33, 40};

  private static VqVae vqVae() {
    return Shapes.model(1, 3, VectorQuantizer.ema(16, 4).init(Initialization.NORMAL));
  }

  /** Returns all answers about some images, as text that determines their bits. */
  private static List<String> answers(int count) {
    Dataset images = Shapes.rectangles(count, 12, 1, 7);
    List<String> answers = new ArrayList<>();
    try (VqVae model = vqVae();
        Vae vae = LatentModels.vae(1).build();
        Vae convolutional = LatentModels.convolutional(1)) {
      Dataset small = Shapes.rectangles(count, 8, 1, 7);
      answers.add(Arrays.toString(model.encode(images).values()));
      answers.add(Arrays.toString(pixels(model.reconstruct(images))));
      answers.add(Arrays.toString(pixels(model.decode(model.encode(images)))));
      model.dataVariance(1);
      answers.add(Evaluation.of(model, images).losses().toString());
      answers.add(Evaluation.of(model, images).usage().toString());
      for (Vae each : List.of(vae, convolutional)) {
        answers.add(Arrays.toString(each.encode(small).values()));
        answers.add(Arrays.toString(pixels(each.reconstruct(small))));
        answers.add(Arrays.toString(each.klPerDimension(small)));
        answers.add(Arrays.toString(each.logLikelihood(small, 3, new Rng(5))));
        answers.add(Arrays.toString(pixels(each.sample(count, new Rng(5)))));
      }
      if (count > 1) {
        AnomalyDetector detector =
            AnomalyDetector.calibrate(model, images, AnomalyConfig.falsePositiveRate(0.5));
        answers.add(detector.scores(images).toString());
        answers.add(Arrays.toString(pixels(detector.heatMap(images))));
      }
    }
    ImagePalette palette = ImagePalette.fit(images, KMeansConfig.of(3), new Rng(1));
    answers.add(Arrays.toString(palette.encode(images).values()));
    return answers;
  }

  private static float[] pixels(Dataset images) {
    return images.pixels(0, images.size());
  }

  private static void checkAnswers() {
    for (int count : COUNTS) {
      List<String> expected;
      try (WithThreads one = new WithThreads(1)) {
        expected = answers(count);
      }
      for (int threads : new int[] {2, 3}) {
        try (WithThreads set = new WithThreads(threads)) {
          assertEquals(expected, answers(count), count + " images, " + threads + " threads");
        }
      }
    }
  }

  @Test
  void answersDoNotDependOnTheNumberOfThreads() {
    checkAnswers();
  }

  @Test
  void answersOfNd4jDoNotDependOnTheNumberOfThreads() throws Exception {
    ChildJvm.Result result =
        new ChildJvm().with("-Dvqvae4j.kernels=nd4j", "-Xmx2g").run(Program.class);
    assertEquals(0, result.exit(), result::toString);
    assertEquals(1, result.linesWith("Kernels: ND4J").size(), result::toString);
  }

  /** Checks the answers in another JVM. */
  static final class Program {
    public static void main(String[] args) {
      checkAnswers();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void concurrentCallersGetTheSameAnswers(int threads) throws Exception {
    List<Dataset> images = new ArrayList<>();
    List<int[]> expectedCodes = new ArrayList<>();
    List<float[]> expectedPixels = new ArrayList<>();
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try (VqVae model = vqVae()) {
      try (WithThreads one = new WithThreads(1)) {
        for (int caller = 0; caller < 8; caller++) {
          images.add(Shapes.rectangles(1 + 5 * caller, 12, 1, caller));
          expectedCodes.add(model.encode(images.get(caller)).values());
          expectedPixels.add(pixels(model.reconstruct(images.get(caller))));
        }
      }
      try (WithThreads set = new WithThreads(threads)) {
        List<Future<?>> results = new ArrayList<>();
        for (int caller = 0; caller < 8; caller++) {
          int index = caller;
          results.add(
              callers.submit(
                  () -> {
                    for (int round = 0; round < 10; round++) {
                      assertArrayEquals(
                          expectedCodes.get(index), model.encode(images.get(index)).values());
                      assertArrayEquals(
                          expectedPixels.get(index), pixels(model.reconstruct(images.get(index))));
                    }
                  }));
        }
        for (Future<?> result : results) {
          result.get();
        }
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void passesInDoubleDoNotDependOnTheNumberOfThreads() {
    Rng rng = new Rng(2);
    Layer net =
        Sequential.of(
            new Conv2d(ConvConfig.of(16, 32, 3), rng),
            new GroupNorm(GroupNormConfig.of(4, 32)),
            new Conv2d(ConvConfig.of(32, 16, 3), rng));
    net.convert(DType.DOUBLE);
    double[] values = rng.doubles(3 * 40 * 37 * 16).toArray();
    Callable<double[]> pass =
        () -> {
          try (Step step = Step.inference()) {
            Tensor x = step.tensor(values, 3, 40, 37, 16);
            return net.forward(x).toDoubles();
          }
        };
    try (net;
        WithThreads one = new WithThreads(1)) {
      double[] expected = call(pass);
      for (int threads : new int[] {2, 3, 5}) {
        Threads.set(threads);
        assertArrayEquals(expected, call(pass));
        List<double[]> onPool = new ArrayList<>();
        ThreadPool.forEach(2, 2, i -> i, i -> call(pass), onPool::add);
        onPool.forEach(actual -> assertArrayEquals(expected, actual));
      }
    }
  }

  private static <T> T call(Callable<T> task) {
    try {
      return task.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theFailureOfTheFirstChunkIsThrown() {
    float[] pixels = pixels(Shapes.rectangles(40, 12, 1, 7));
    // Images 12 and 30, of the second and the fourth chunk.
    Arrays.fill(pixels, 12 * 144, 13 * 144, Float.MAX_VALUE);
    Arrays.fill(pixels, 30 * 144, 31 * 144, -Float.MAX_VALUE);
    Dataset images = Images.of(pixels, 40, 12, 12, 1).unbounded();
    try (VqVae model = vqVae()) {
      String expected;
      try (WithThreads one = new WithThreads(1)) {
        expected = assertThrows(NonFiniteException.class, () -> model.encode(images)).getMessage();
      }
      try (WithThreads three = new WithThreads(3)) {
        for (int round = 0; round < 20; round++) {
          Exception e = assertThrows(NonFiniteException.class, () -> model.encode(images));
          assertEquals(expected, e.getMessage());
        }
        assertEquals(20, model.encode(Shapes.rectangles(20, 12, 1, 7)).count());
      }
    }
  }

  @Test
  void anInterruptedCallerGetsTheAnswer() {
    try (VqVae model = vqVae();
        WithThreads three = new WithThreads(3)) {
      int[] expected = model.encode(Shapes.rectangles(40, 12, 1, 7)).values();
      Thread.currentThread().interrupt();
      assertArrayEquals(expected, model.encode(Shapes.rectangles(40, 12, 1, 7)).values());
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void tasksOnThreadsOfTheLibraryMayCallModels() {
    try (VqVae model = vqVae();
        WithThreads two = new WithThreads(2)) {
      Dataset images = Shapes.rectangles(40, 12, 1, 7);
      int[] expected = model.encode(images).values();
      ThreadPool.forEach(
          8,
          2,
          i -> i,
          i -> {
            assertTrue(LibraryThread.isCurrent());
            return model.encode(images).values();
          },
          actual -> assertArrayEquals(expected, actual));
    }
  }

  @Test
  @EnabledForJreRange(minVersion = 21, disabledReason = "older JDKs have no virtual threads")
  void virtualThreadsMayCallModels() throws Exception {
    try (VqVae model = vqVae();
        Vae vae = LatentModels.vae(1).build()) {
      for (int count : new int[] {1, 9}) {
        Dataset images = Shapes.rectangles(count, 12, 1, 7);
        Dataset small = Shapes.rectangles(count, 8, 1, 7);
        int[] expected = model.encode(images).values();
        float[] reconstructed = pixels(vae.reconstruct(small));
        for (int threads : new int[] {1, 3}) {
          try (WithThreads set = new WithThreads(threads)) {
            FutureTask<int[]> codes = new FutureTask<>(() -> model.encode(images).values());
            FutureTask<float[]> pixels = new FutureTask<>(() -> pixels(vae.reconstruct(small)));
            FutureTask<Evaluation> evaluation =
                new FutureTask<>(
                    () -> {
                      model.dataVariance(1);
                      return Evaluation.of(model, images);
                    });
            FutureTask<?> summary =
                new FutureTask<>(() -> Summary.of(model.encoder(), 1, 12, 12, 1));
            FutureTask<?> statistics = new FutureTask<>(() -> ModelStatistics.of(vae, small));
            for (FutureTask<?> task : List.of(codes, pixels, evaluation, summary, statistics)) {
              VirtualThreads.start(task);
            }
            assertArrayEquals(expected, codes.get());
            assertArrayEquals(reconstructed, pixels.get());
            assertTrue(evaluation.get().loss() > 0);
            summary.get();
            statistics.get();
          }
        }
      }
    }
  }

  @Test
  void nativeMemoryIsFreedWhenThePoolIsIdleAndTheCallerHasEnded() throws Exception {
    try (VqVae model = vqVae();
        WithThreads three = new WithThreads(3)) {
      Dataset images = Shapes.rectangles(40, 64, 1, 7);
      Runnable calls =
          () -> {
            for (int i = 0; i < 5; i++) {
              model.reconstruct(images);
            }
          };
      long before = idleMemory();
      Thread caller = new Thread(calls);
      caller.start();
      caller.join();
      assertTrue(Pointer.totalBytes() > before + (1 << 20));
      assertTrue(idleMemory() <= before + (1 << 20), () -> before + ", " + Pointer.totalBytes());
    }
  }

  /** Returns the native memory when no thread of the pool is alive any more. */
  private static long idleMemory() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("vqvae4j-pool-")) {
        thread.join(TimeUnit.SECONDS.toMillis(30));
      }
    }
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return Pointer.totalBytes();
  }
}
