package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that equal seeds yield bitwise equal results. */
class DeterminismTest {
  private static final int STEPS = 20;
  private static final long[] SHAPE = {4, 12, 8, 1};

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void equalSeedsGiveBitwiseEqualResults(KernelSet kernels) {
    double[] first = lossesAndWeights(kernels, 1);
    assertArrayEquals(first, lossesAndWeights(kernels, 1));
    assertTrue(java.util.Arrays.mismatch(first, lossesAndWeights(kernels, 2)) >= 0, "another seed");
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void trainingReducesTheLoss(KernelSet kernels) {
    double[] losses = lossesAndWeights(kernels, 1);
    assertTrue(losses[STEPS - 1] < 0.9 * losses[0], () -> losses[0] + " to " + losses[STEPS - 1]);
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void kernelSetsTrainEqually(KernelSet kernels) {
    assertEquals(
        lossesAndWeights(KernelSet.ND4J, 1)[2],
        lossesAndWeights(kernels, 1)[2],
        Tolerances.FLOAT_CHAIN);
  }

  /** Returns the losses of all steps, followed by all weights. */
  private static double[] lossesAndWeights(KernelSet kernels, long seed) {
    Rng rng = new Rng(seed);
    try (SmallNet net = new SmallNet(rng)) {
      java.util.stream.DoubleStream.Builder values = java.util.stream.DoubleStream.builder();
      for (int i = 0; i < STEPS; i++) {
        float[] images = Tensors.gaussians(rng, (int) NdArray.size(SHAPE));
        values.add(net.train(kernels, rng, images, SHAPE));
      }
      for (Variable variable : net.variables()) {
        for (double value : variable.toDoubles()) {
          values.add(value);
        }
      }
      return values.build().toArray();
    }
  }
}
