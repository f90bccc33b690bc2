package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests concurrent inference with shared weights. */
class ThreadsTest {
  private static final int THREADS = 2;
  private static final int PASSES = 200;
  private static final int BATCHES = 3;

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void concurrentInferenceIsBitwiseEqual(KernelSet kernels) throws Exception {
    Rng rng = new Rng(1);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (SmallNet net = new SmallNet(rng)) {
      List<float[]> images = new ArrayList<>();
      List<float[]> expected = new ArrayList<>();
      for (int batch = 0; batch < BATCHES; batch++) {
        images.add(Tensors.gaussians(rng, (batch + 1) * 96));
        expected.add(reconstruct(kernels, net, images.get(batch)));
      }
      List<Future<?>> results = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread;
        results.add(
            threads.submit(
                () -> {
                  for (int pass = 0; pass < PASSES; pass++) {
                    int batch = (first + pass) % BATCHES;
                    float[] actual = reconstruct(kernels, net, images.get(batch));
                    assertArrayEquals(expected.get(batch), actual, "pass " + pass);
                  }
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static float[] reconstruct(KernelSet kernels, SmallNet net, float[] images) {
    try (Step step = kernels.inference()) {
      Tensor x = step.tensor(images, images.length / 96, 12, 8, 1);
      return net.forward(x).reconstruction().toFloats();
    }
  }
}
