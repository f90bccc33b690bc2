package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import java.util.concurrent.FutureTask;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that the memory of a gradient is reused as soon as it has been propagated. */
class GradientMemoryTest {
  private static final int DEPTH = 64;
  private static final int NUMBERS = 1 << 18;
  private static final long TENSOR = 4L * NUMBERS;

  /** Memory for a few gradients, the rest of the last block, and oneDNN's buffers. */
  private static final long SLACK = 24 * TENSOR;

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void backwardNeedsLittleMoreMemoryThanForward(KernelSet kernels) throws Exception {
    FutureTask<Long> task = new FutureTask<>(() -> bytesOfOneStep(kernels));
    new Thread(task, "new, so that its arena is").start();
    long bytes = task.get();
    assertTrue(bytes >= DEPTH * TENSOR, () -> "values alone take more than " + bytes);
    assertTrue(bytes <= DEPTH * TENSOR + SLACK, () -> bytes + " bytes");
  }

  private static long bytesOfOneStep(KernelSet kernels) {
    long before = Pointer.totalBytes();
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = step.tensor(new float[NUMBERS], NUMBERS).requireGradient();
      Tensor y = x;
      for (int i = 0; i < DEPTH; i += 4) {
        y = y.mul(0.5).reshape(2, -1).tanh().add(1).reshape(NUMBERS).mul(y);
      }
      y.sum().backward();
      return Pointer.totalBytes() - before;
    }
  }
}
