package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that values of equal indices are summed in double precision and rounded once. */
class IndexSumPrecisionTest {
  private static final int MANY = 1 << 22;

  private static Tensor tenths(Step step, long... shape) {
    return step.tensor(new float[] {0.1f}, 1, 1).expand(shape);
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void scatterAddSumsInDouble(KernelSet kernels) {
    try (Step step = kernels.inference()) {
      for (int axis = 0; axis < 2; axis++) {
        long[] testCase = axis == 0 ? new long[] {3, 1} : new long[] {1, 3};
        long[] many = axis == 0 ? new long[] {MANY, 1} : new long[] {1, MANY};
        int[] indices = new int[MANY];
        Arrays.fill(indices, 1);
        indices[5] = 2;
        Tensor sums =
            step.tensor(new float[3], testCase)
                .scatterAdd(axis, step.tensor(indices, many), tenths(step, many));
        float allButOne = (float) ((MANY - 1) * (double) 0.1f);
        assertArrayEquals(new float[] {0, allButOne, 0.1f}, sums.toFloats());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void gradientOfGatherSumsInDouble(KernelSet kernels) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = step.tensor(new float[6], 2, 3).requireGradient();
      int[] indices = new int[MANY];
      Arrays.fill(indices, MANY / 2, MANY, 2);
      Tensor picked = x.gather(1, step.tensor(indices, 2, MANY / 2));
      picked.mul(0.1).sum().backward();
      float half = 0.1f * (MANY / 2); // exact, since it is a power of two
      assertArrayEquals(new float[] {half, 0, 0, 0, 0, half}, x.gradient().toFloats());
    }
  }

  /** The sums of different rows are independent. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void rowsAreSummedSeparately(KernelSet kernels) {
    try (Step step = kernels.inference()) {
      Tensor indices = step.tensor(new int[] {1, 1, 0, 1, 2, 2}, 2, 3);
      Tensor source = step.tensor(new double[] {2, 1, 3, 5, 7, 8}, 2, 3);
      Tensor sums = step.tensor(new double[8], 2, 4).scatterAdd(1, indices, source);
      assertArrayEquals(new double[] {3, 3, 0, 0, 0, 5, 15, 0}, sums.toDoubles());
    }
  }
}
