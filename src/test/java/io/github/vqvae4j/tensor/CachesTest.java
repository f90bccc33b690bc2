package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.sweep.Subject;
import io.github.vqvae4j.tensor.sweep.Sweep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that kernel caches are used only for the content that they were computed from. */
class CachesTest {
  private static final double FLOAT = 2e-5;
  private static final long SEED = 11;

  /** The views share memory and stamp, but have different shapes, kernels and directions. */
  @Test
  void viewsOfAVariableAreCachedSeparately() {
    ConvOptions same = ConvOptions.of(1, 1);
    check(
        "filters of 64 to 128 and of 128 to 64 channels",
        List.of(new long[] {3, 3, 64, 128}, new long[] {8, 8, 8, 64}, new long[] {8, 8, 8, 128}),
        v -> v[1].conv2d(v[0], null, same),
        v -> v[2].conv2d(v[0].reshape(3, 3, 128, 64), null, same),
        v -> v[1].convTranspose2d(v[0].reshape(3, 3, 128, 64), null, same),
        v -> v[2].convTranspose2d(v[0], null, same));
    check(
        "a kernel 3x1 and one of 1x3, in one direction and the other",
        List.of(new long[] {3, 1, 16, 16}, new long[] {2, 9, 9, 16}),
        v -> v[1].conv2d(v[0], null, same),
        v -> v[1].conv2d(v[0].reshape(1, 3, 16, 16), null, same),
        v -> v[1].convTranspose2d(v[0], null, same),
        v -> v[1].convTranspose2d(v[0].reshape(1, 3, 16, 16), null, same));
    check(
        "groups or none",
        List.of(new long[] {3, 3, 8, 32}, new long[] {2, 9, 9, 8}, new long[] {2, 9, 9, 16}),
        v -> v[1].conv2d(v[0], null, same),
        v -> v[2].conv2d(v[0], null, same.groups(2)),
        v -> v[1].conv2d(v[0].reshape(3, 3, 2, 128), null, same.groups(4)),
        v -> v[2].conv2d(v[0].reshape(3, 3, 16, 16), null, same));
    check(
        "sub-pixels of two strides",
        List.of(new long[] {4, 4, 2, 16}, new long[] {2, 5, 5, 16}),
        v -> v[1].convTranspose2d(v[0], null, ConvOptions.of(2, 1)),
        v -> v[1].convTranspose2d(v[0], null, ConvOptions.of(4, 0)),
        v -> v[1].convTranspose2d(v[0].reshape(2, 2, 8, 16), null, ConvOptions.of(2, 0)),
        v -> v[1].convTranspose2d(v[0].reshape(8, 2, 2, 16), null, ConvOptions.of(2, 0)));
  }

  private static void check(String name, List<long[]> shapes, Subject.Operation... operations) {
    Sweep.check(
        name,
        KernelSet.ONEDNN,
        FLOAT,
        Rng::nextGaussian,
        () -> Subject.of(shapes, List.of(operations)));
  }

  /** Memory of a closed variable is reused by others with other values and shapes. */
  @Test
  void cacheIsNotReusedForTheMemoryOfClosedVariables() {
    Rng rng = new Rng(SEED);
    int reused = 0;
    List<Long> addresses = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      long[] shape = i % 2 == 0 ? new long[] {3, 3, 16, 16} : new long[] {3, 3, 8, 32};
      try (Variable w = new Variable(true, Tensors.gaussians(rng, 3 * 3 * 256), shape)) {
        reused += addresses.contains(w.array().data().pointer().address()) ? 1 : 0;
        addresses.add(w.array().data().pointer().address());
        checkConvolution(w, rng);
      }
    }
    assertTrue(reused > 0, "memory was used again");
  }

  /** Uses more weights than the cache holds, then the first ones again; memory must not grow. */
  @Test
  void evictedEntriesAreRecomputed() {
    Rng rng = new Rng(SEED);
    List<Variable> weights = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      weights.add(new Variable(true, Tensors.gaussians(rng, 256), 1, 1, 16, 16));
    }
    weights.forEach(w -> checkConvolution(w, rng));
    long before = Pointer.totalBytes();
    for (int round = 0; round < 3; round++) {
      weights.forEach(w -> checkConvolution(w, rng));
    }
    long growth = Pointer.totalBytes() - before;
    assertTrue(growth < 64 << 10, () -> "off-heap memory grew by " + growth + " bytes");
    weights.forEach(Variable::close);
  }

  /** Memory descriptors of a cached primitive become unreachable after its creation. */
  @Test
  void inputsOfPrimitivesMayBeGarbageCollected() {
    Rng rng = new Rng(SEED);
    try (Variable w = new Variable(true, Tensors.gaussians(rng, 9 * 256), 3, 3, 16, 16)) {
      for (int i = 0; i < 5; i++) {
        checkConvolution(w, rng);
        System.gc();
        byte[][] garbage = new byte[64][];
        Arrays.setAll(garbage, j -> new byte[1 << 16]);
        assertTrue(garbage[63].length > 0);
      }
    }
  }

  /** Primitives are created with one thread count and executed with another. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void threadCountMayChangeBetweenCalls(KernelSet kernels) {
    ConvOptions same = ConvOptions.of(1, 1);
    checkThreadCounts(
        kernels,
        v -> v[1].conv2d(v[0], null, same),
        new long[] {3, 3, 24, 32},
        new long[] {8, 30, 30, 24});
    checkThreadCounts(
        kernels,
        v -> v[1].convTranspose2d(v[0], null, same),
        new long[] {3, 3, 24, 32},
        new long[] {8, 30, 30, 32});
    checkThreadCounts(
        kernels,
        v -> v[1].conv2d(v[0], null, same),
        new long[] {3, 3, 64, 64},
        new long[] {16, 16, 16, 64});
    checkThreadCounts(
        kernels,
        v -> v[1].convTranspose2d(v[0], null, ConvOptions.of(2, 1)),
        new long[] {4, 4, 3, 64},
        new long[] {16, 16, 16, 64});
    checkThreadCounts(
        kernels, v -> v[0].matmul(v[1]), new long[] {300, 500}, new long[] {500, 200});
    checkThreadCounts(kernels, v -> v[0].softmax(1), new long[] {300, 1000});
    checkThreadCounts(kernels, v -> v[0].softmax(0), new long[] {300, 1000});
    checkThreadCounts(kernels, v -> v[0].sum(0), new long[] {100, 3000});
    checkThreadCounts(kernels, v -> v[0].sum(1), new long[] {100, 3000});
    checkThreadCounts(kernels, v -> v[0].permute(2, 0, 1), new long[] {60, 70, 80});
    checkThreadCounts(kernels, v -> v[0].maxPool(3, 3, same), new long[] {8, 32, 32, 32});
    checkThreadCounts(kernels, v -> v[0].averagePool(3, 3, same), new long[] {8, 32, 32, 32});
    checkThreadCounts(kernels, v -> v[0].gelu().add(v[0].tanh()), new long[] {100_000});
    checkThreadCounts(
        kernels,
        v -> v[1].groupNorm(4, v[0], v[0], 1e-5),
        new long[] {32},
        new long[] {8, 32, 32, 32});
  }

  /** A primitive created for one thread would never use a second one. */
  @Test
  void primitivesAreCreatedPerThreadCount() {
    Rng rng = new Rng(SEED);
    try (Variable w = new Variable(true, Tensors.gaussians(rng, 9 * 19 * 21), 3, 3, 19, 21);
        KernelLog log = new KernelLog(Level.DEBUG)) {
      List<Integer> built = new ArrayList<>();
      for (int threads : new int[] {1, 2, 1, 2}) {
        WithThreads.run(
            threads,
            () -> {
              try (Step step = KernelSet.ONEDNN.training(rng)) {
                Tensor x = step.tensor(Tensors.gaussians(rng, 50 * 19), 2, 5, 5, 19);
                x.conv2d(w.in(step), null, ConvOptions.of(1, 1));
              }
            });
        built.add(log.linesWith("Convolution ").size());
      }
      assertEquals(List.of(1, 2, 2, 2), built);
    }
  }

  private static void checkThreadCounts(
      KernelSet kernels, Subject.Operation operation, long[]... shapes) {
    // New shapes for each initial thread count, so that a primitive is created with it.
    for (int first = 1; first <= 4; first += 3) {
      List<long[]> own = new ArrayList<>();
      for (long[] shape : shapes) {
        own.add(shape.clone());
      }
      own.get(own.size() - 1)[0] += own.size() == 2 && own.get(0).length == 2 ? 0 : first;
      try (Subject subject = Subject.of(own, List.of(operation))) {
        Rng rng = new Rng(SEED);
        subject.variables().forEach(v -> v.set(rng.doubles(v.size()).map(d -> d - 0.4).toArray()));
        List<double[]> results = new ArrayList<>();
        for (int threads : new int[] {first, 2, 5 - first, 3, first}) {
          WithThreads.run(threads, () -> results.add(gradients(kernels, subject)));
          Close.assertClose(
              results.get(0),
              results.get(results.size() - 1),
              FLOAT,
              "from " + first + " to " + threads + " threads, " + Arrays.toString(own.get(0)));
        }
      }
    }
  }

  /** Returns the result and all gradients, concatenated. */
  private static double[] gradients(KernelSet kernels, Subject subject) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor y = subject.uses().get(0).apply(step);
      y.square().sum().backward();
      List<double[]> all = new ArrayList<>(List.of(y.toDoubles()));
      subject.variables().stream()
          .map(step::gradient)
          .filter(Objects::nonNull)
          .forEach(gradient -> all.add(gradient.toDoubles()));
      return all.stream().flatMapToDouble(Arrays::stream).toArray();
    }
  }

  /** Runs steps on several threads, each of which uses the library's pool. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void concurrentThreadsComputeEqualResults(KernelSet kernels) {
    List<long[]> shapes = List.of(new long[] {3, 3, 32, 32}, new long[] {4, 24, 24, 32});
    Subject.Operation operation = v -> v[1].conv2d(v[0], null, ConvOptions.of(1, 1)).relu();
    try (Subject subject = Subject.of(shapes, List.of(operation))) {
      Rng rng = new Rng(SEED);
      subject.variables().forEach(v -> v.set(rng.doubles(v.size()).map(d -> d - 0.5).toArray()));
      double[] separate = gradients(kernels, subject);
      IntStream.range(0, 12)
          .parallel()
          .forEach(
              i -> Close.assertClose(separate, gradients(kernels, subject), 1e-5, "task " + i));
    }
  }

  private static void checkConvolution(Variable w, Rng rng) {
    long[] s = w.shape();
    float[] images = Tensors.gaussians(rng, (int) (2 * 5 * 5 * s[2]));
    float[] results = Tensors.gaussians(rng, (int) (2 * 5 * 5 * s[3]));
    ConvOptions options = ConvOptions.of(1, (int) s[0] / 2);
    double[][] actual = new double[2][];
    for (KernelSet kernels : KernelSet.values()) {
      try (Step step = kernels.inference()) {
        Tensor x = step.tensor(images, 2, 5, 5, s[2]);
        Tensor y = step.tensor(results, 2, 5, 5, s[3]);
        actual[kernels.ordinal()] =
            Tensor.concat(
                    3,
                    List.of(
                        x.conv2d(w.in(step), null, options),
                        y.convTranspose2d(w.in(step), null, options)))
                .toDoubles();
      }
    }
    Close.assertClose(actual[0], actual[1], FLOAT, "convolution " + Arrays.toString(s));
  }
}
