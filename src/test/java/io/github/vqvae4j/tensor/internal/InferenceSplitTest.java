package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bits of results for different numbers of OpenMP threads, on random shapes: those of
 * elementwise operations never depend on it; those of convolutions and products do for some shapes,
 * which therefore run with one thread in inference.
 */
@SuppressWarnings("try")
class InferenceSplitTest {
  private static final Logger LOG = LoggerFactory.getLogger(InferenceSplitTest.class);
  private static final int[] THREADS = {1, 2, 3, 4, 7};
  private static final int ROUNDS = Integer.getInteger("vqvae4j.test.rounds", 15);

  private final OneDnnKernels kernels = new OneDnnKernels();
  private final long seed = ThreadLocalRandom.current().nextLong();
  private final Rng rng = new Rng(seed);

  /** Runs an operation. */
  @FunctionalInterface
  private interface Operation {
    void run(OneDnnKernels kernels);
  }

  /** An operation whose result is written to y. */
  private record Case(
      String kind, String shapes, INDArray a, INDArray b, INDArray y, Operation operation) {
    @Override
    public String toString() {
      return kind + " " + shapes;
    }
  }

  @Test
  void elementwiseOperationsDoNotDependOnTheNumberOfThreads() {
    for (int round = 0; round < ROUNDS; round++) {
      for (Case c : elementwise()) {
        float[] expected = resultWith(1, c);
        for (int threads : THREADS) {
          assertArrayEquals(
              expected,
              resultWith(threads, c),
              () -> c + ", " + threads + " threads, seed " + seed);
        }
      }
    }
  }

  @Test
  void productsAreSplitOnlyIfTheirResultsAreEqual() {
    Map<String, int[]> counts = new TreeMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Case c : products()) {
        float[] expected = resultWith(1, c);
        for (int threads : THREADS) {
          long[] parameters = {seed, round};
          InferenceSplit.Key key = new InferenceSplit.Key(c.kind, threads, parameters);
          for (String time : List.of("first", "second")) {
            c.y.assign(Float.NaN);
            boolean equal =
                withOneThread(
                    () ->
                        InferenceSplit.splitIfEqual(
                            key, c.a, c.b, c.y, () -> c.operation.run(kernels)));
            float[] actual = HeapCopy.floatsOf(c.y);
            String message = c + ", " + threads + " threads, " + time + " time, seed " + seed;
            assertArrayEquals(expected, actual, message);
            boolean known = nonzero(expected) >= 256;
            assertEquals(known && Arrays.equals(expected, resultWith(threads, c)), equal, message);
            counts.computeIfAbsent(c.kind, kind -> new int[2])[equal ? 0 : 1]++;
          }
        }
      }
    }
    counts.forEach((kind, n) -> LOG.info("{}: equal {}, different {}.", kind, n[0], n[1]));
    assertTrue(counts.get("conv2d")[0] > 0, "seed " + seed);
  }

  private static long nonzero(float[] values) {
    return IntStream.range(0, values.length).filter(i -> values[i] != 0).count();
  }

  private static boolean withOneThread(BooleanSupplier test) {
    boolean[] result = new boolean[1];
    NativeThreads.with(1, () -> result[0] = test.getAsBoolean());
    return result[0];
  }

  @Test
  void largeOperationsOfInferenceAreSplit() {
    INDArray x = gaussians(2, 64, 64, 64);
    INDArray w = gaussians(3, 3, 64, 64);
    INDArray y = gaussians(2, 64, 64, 64);
    long stamp = VersionStamp.next();
    Case c =
        new Case(
            "conv2d",
            "",
            x,
            w,
            y,
            k -> k.conv2d(x, w, stamp, null, null, false, ConvOptions.of(1, 1), y));
    float[] expected = resultWith(1, c);
    for (int threads : THREADS) {
      try (WithThreads set = new WithThreads(threads)) {
        NativeThreads.Scope scope = NativeThreads.open(false);
        try {
          assertArrayEquals(expected, result(c), "seed " + seed);
          assertArrayEquals(expected, result(c), "seed " + seed);
          assertEquals(1, NativeThreads.current());
        } finally {
          scope.close();
        }
      }
    }
  }

  private float[] resultWith(int threads, Case c) {
    float[][] result = new float[1][];
    NativeThreads.with(threads, () -> result[0] = result(c));
    return result[0];
  }

  private float[] result(Case c) {
    c.y.assign(Float.NaN);
    c.operation.run(kernels);
    return HeapCopy.floatsOf(c.y).clone();
  }

  @Test
  void anOperationIsNotSplitBecauseOfZeros() {
    // A product whose sums are split over the threads: its bits depend on their number.
    INDArray a = Nd4j.zeros(16, 1 << 16);
    INDArray b = gaussians(1 << 16, 130);
    INDArray y = Nd4j.zeros(16, 130);
    InferenceSplit.Key key = new InferenceSplit.Key("matmul", 4, new long[] {seed});
    Case c = new Case("matmul", "", a, b, y, k -> k.matmul(a, false, b, false, y));
    Runnable operation = () -> c.operation.run(kernels);
    assertFalse(withOneThread(() -> InferenceSplit.splitIfEqual(key, a, b, y, operation)));
    a.assign(gaussians(16, 1 << 16));
    float[] expected = resultWith(1, c);
    for (int time = 0; time < 2; time++) {
      withOneThread(() -> InferenceSplit.splitIfEqual(key, a, b, y, operation));
      assertArrayEquals(expected, HeapCopy.floatsOf(y), "seed " + seed);
    }
  }

  @Test
  void anOperationIsNotSplitBecauseOfTheZerosOfARelu() {
    INDArray x = gaussians(1, 8, 8, 16);
    INDArray w = gaussians(3, 3, 16, 32);
    INDArray bias = Nd4j.valueArrayOf(32, -1e6f);
    INDArray y = gaussians(1, 8, 8, 32);
    InferenceSplit.Key key = new InferenceSplit.Key("conv2d", 3, new long[] {seed});
    int[] runs = {0};
    Runnable operation =
        () -> {
          runs[0]++;
          // Differs for several threads, as some sums do.
          y.assign(NativeThreads.current() == 1 ? 1 : 1 + 1e-6f);
          y.addi(bias.getFloat(0));
          HeapCopy.write(relu(HeapCopy.floatsOf(y)), 0, (int) y.length(), y, 0);
        };
    for (int time = 0; time < 2; time++) {
      assertFalse(withOneThread(() -> InferenceSplit.splitIfEqual(key, x, w, y, operation)));
      assertEquals(0, nonzero(HeapCopy.floatsOf(y)));
    }
    assertEquals(2, runs[0], "nothing is run twice for results that cannot be compared");
    bias.assign(0);
    for (int time = 0; time < 2; time++) {
      assertFalse(withOneThread(() -> InferenceSplit.splitIfEqual(key, x, w, y, operation)));
      assertEquals(1, HeapCopy.floatsOf(y)[0], "seed " + seed);
    }
  }

  private static float[] relu(float[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = Math.max(0, values[i]);
    }
    return result;
  }

  private List<Case> products() {
    List<Case> cases = new ArrayList<>();
    int stride = 1 + rng.nextInt(2);
    int kernel = pick(1, 3, 3, 4);
    int padding = rng.nextInt(kernel);
    int groups = rng.nextInt(6) == 0 ? 2 : 1;
    int in = groups * pick(3, 8, 16, 32, 64, 128);
    int out = groups * pick(3, 8, 16, 64, 128, 256);
    int batch = pick(1, 1, 2, 3, 8);
    int height = kernel + rng.nextInt(30);
    int width = kernel + rng.nextInt(30);
    if (rng.nextInt(2) == 0) { // Winograd and sub-pixel convolutions
      height = pick(8, 16, 32);
      width = height;
      padding = 1;
      kernel = stride == 2 ? 4 : 3;
      groups = 1;
    }
    int rows = (height + 2 * padding - kernel) / stride + 1;
    int columns = (width + 2 * padding - kernel) / stride + 1;
    boolean relu = rng.nextBoolean();
    INDArray x = gaussians(batch, height, width, in);
    INDArray w = gaussians(kernel, kernel, in / groups, out);
    INDArray bias = rng.nextBoolean() ? gaussians(out) : null;
    INDArray y = gaussians(batch, rows, columns, out);
    INDArray residual = rng.nextInt(3) == 0 ? gaussians(batch, rows, columns, out) : null;
    ConvOptions options = ConvOptions.of(stride, padding).groups(groups);
    long stamp = VersionStamp.next();
    String shapes =
        Arrays.toString(x.shape()) + Arrays.toString(w.shape()) + options + bias + residual + relu;
    cases.add(
        new Case(
            "conv2d",
            shapes,
            x,
            w,
            y,
            k -> k.conv2d(x, w, stamp, bias, residual, relu, options, y)));
    if ((rows - 1) * stride - 2 * padding + kernel == height
        && (columns - 1) * stride - 2 * padding + kernel == width) {
      INDArray gradient = gaussians(batch, rows, columns, out);
      INDArray image = gaussians(batch, height, width, in);
      INDArray imageBias = bias == null ? null : gaussians(in);
      cases.add(
          new Case(
              "convTranspose2d",
              shapes,
              gradient,
              w,
              image,
              k -> k.convTranspose2d(gradient, w, stamp, imageBias, null, relu, options, image)));
    }
    int m = 1 + rng.nextInt(pick(4, 1000));
    int n = 1 + rng.nextInt(pick(4, 300));
    int d = 1 + rng.nextInt(pick(100, 5000));
    boolean transposeA = rng.nextBoolean();
    boolean transposeB = rng.nextBoolean();
    INDArray a = transposeA ? gaussians(2, d, m) : gaussians(2, m, d);
    INDArray b = transposeB ? gaussians(2, n, d) : gaussians(2, d, n);
    INDArray product = gaussians(2, m, n);
    cases.add(
        new Case(
            "matmul",
            m + " " + d + " " + n,
            a,
            b,
            product,
            k -> k.matmul(a, transposeA, b, transposeB, product)));
    INDArray vectors = gaussians(m, d);
    INDArray table = gaussians(n, d);
    INDArray scores = gaussians(m, n);
    INDArray norms = gaussians(n);
    INDArray best = gaussians(m, 1);
    cases.add(
        new Case(
            "scores",
            m + " " + d + " " + n,
            vectors,
            table,
            scores,
            k -> k.scores(vectors, table, norms, scores, best)));
    return cases;
  }

  private List<Case> elementwise() {
    List<Case> cases = new ArrayList<>();
    int rank = 1 + rng.nextInt(4);
    long[] shape = new long[rank];
    long[] broadcast = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = 1 + rng.nextInt(new int[] {100_000, 400, 40, 20}[rank - 1]);
      broadcast[i] = rng.nextInt(3) == 0 ? 1 : shape[i];
    }
    int axis = rng.nextInt(rank);
    INDArray x = gaussians(shape);
    INDArray other = gaussians(broadcast);
    INDArray y = gaussians(shape);
    String shapes = Arrays.toString(shape) + Arrays.toString(broadcast) + axis;
    for (Kernels.Unary f : Kernels.Unary.values()) {
      cases.add(new Case("unary " + f, shapes, x, x, y, k -> k.unary(f, 0.3, 0.7, x, y)));
    }
    for (Kernels.Binary f : Kernels.Binary.values()) {
      cases.add(new Case("binary " + f, shapes, x, other, y, k -> k.binary(f, x, other, y)));
    }
    cases.add(new Case("softmax", shapes, x, x, y, k -> k.softmax(x, axis, false, y)));
    cases.add(new Case("log softmax", shapes, x, x, y, k -> k.softmax(x, axis, true, y)));
    int batch = pick(1, 2, 7);
    int channels = pick(1, 3, 8, 64);
    int side = 2 + rng.nextInt(20);
    INDArray images = gaussians(batch, side, side, channels);
    INDArray pooled = gaussians(batch, side / 2, side / 2, channels);
    for (Kernels.PoolingMode mode : Kernels.PoolingMode.values()) {
      cases.add(
          new Case(
              "pool " + mode,
              Arrays.toString(images.shape()),
              images,
              images,
              pooled,
              k -> k.pool(mode, images, new long[] {2, 2}, ConvOptions.of(2, 0), pooled, null)));
    }
    INDArray permuted = gaussians(batch, channels, side, side);
    cases.add(
        new Case(
            "permute",
            Arrays.toString(images.shape()),
            images,
            images,
            permuted,
            k -> k.permute(images, new int[] {0, 3, 1, 2}, permuted)));
    return cases;
  }

  private int pick(int... values) {
    return values[rng.nextInt(values.length)];
  }

  private INDArray gaussians(long... shape) {
    INDArray array = Nd4j.createUninitialized(shape);
    float[] values = new float[(int) array.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    HeapCopy.write(values, 0, values.length, array, 0);
    return array;
  }

  @Test
  void theCodeSearchTakesTheMaximumOfItsScores() {
    // The maxima are those of the scores, so that only the scores are compared.
    INDArray x = gaussians(50, 7);
    INDArray table = gaussians(12, 7);
    INDArray scores = gaussians(50, 12);
    INDArray best = gaussians(50, 3);
    kernels.scores(x, table, gaussians(12), scores, best);
    float[] all = HeapCopy.floatsOf(scores);
    float[] maxima = HeapCopy.floatsOf(best);
    for (int i = 0; i < maxima.length; i++) {
      float max =
          Math.max(Math.max(all[4 * i], all[4 * i + 1]), Math.max(all[4 * i + 2], all[4 * i + 3]));
      assertEquals(max, maxima[i], "seed " + seed);
    }
  }
}
