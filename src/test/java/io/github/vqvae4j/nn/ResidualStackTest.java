package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResidualStackTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void rectifiedSkipMatchesAnInPlaceReluInPyTorch(DType dtype) throws IOException {
    ResidualConfig config = ResidualConfig.of(2, 3).bias(false).skip(Skip.RECTIFIED);
    try (Layer stack = new ResidualStack(Conv2d::new, 4, config, Initializer.TORCH, new Rng(1))) {
      LayerGolden.compare("residual_rectified", stack, dtype);
    }
  }

  /**
   * The receptive field of two blocks with a growth of 3 is 1 + 3 pixels on each side of each axis.
   */
  @Test
  void growthIncreasesTheReceptiveField() {
    assertReceptiveField(4, 3, Conv1d::new, 1, 13, 1);
    assertReceptiveField(4, 3, Conv2d::new, 1, 13, 13, 1);
    assertReceptiveField(2, 1, Conv2d::new, 1, 13, 13, 1);
  }

  private static void assertReceptiveField(
      int radius, int growth, Convolution.Factory factory, long... shape) {
    ResidualConfig config = ResidualConfig.of(2, 2).dilationGrowth(growth);
    try (Layer stack = new ResidualStack(factory, 1, config, Initializer.TORCH, new Rng(1));
        Step step = Step.training(new Rng(1))) {
      stack.variables().values().forEach(variable -> variable.set(ones(variable.size())));
      int size = shape.length == 3 ? 13 : 13 * 13;
      float[] center = new float[size];
      center[size / 2] = 1;
      Tensor x = step.tensor(ones(size), shape).requireGradient();
      stack.forward(x).mul(step.tensor(center, shape)).sum().backward();
      double[] gradient = x.gradient().toDoubles();
      for (int i = 0; i < size; i++) {
        int rows = Math.abs(i / 13 - size / 2 / 13);
        int columns = Math.abs(i % 13 - size / 2 % 13);
        assertEquals(Math.max(rows, columns) <= radius, gradient[i] > 0, "at " + i);
      }
    }
  }

  private static float[] ones(int size) {
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertRejected(
        () -> ResidualConfig.of(-1, 32), "ResidualConfig.blocks: expected at least 0, got -1.");
    assertRejected(
        () -> ResidualConfig.of(2, 0), "ResidualConfig.hidden: expected at least 1, got 0.");
    ResidualConfig one = ResidualConfig.of(1, 8);
    assertRejected(
        () -> one.dilationGrowth(0), "ResidualConfig.dilationGrowth: expected 1 to 65536, got 0.");
    assertRejected(
        () -> one.dilationGrowth(65_537),
        "ResidualConfig.dilationGrowth: expected 1 to 65536, got 65537.");
    assertEquals(65_536, one.dilationGrowth(65_536).dilationGrowth());
    assertEquals(65_536, ResidualConfig.of(2, 8).dilationGrowth(65_536).dilationGrowth());
    assertRejected(
        () -> ResidualConfig.of(6, 8).dilationGrowth(10), "at most 65536", "got 10 with 6 blocks");
  }

  private static void assertRejected(Executable mistake, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, mistake), parts);
  }
}
