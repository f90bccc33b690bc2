package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.Close.assertClose;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests gradients of random graphs, which would be wrong if gradient memory were shared,
 * transferred or released too early.
 */
class RandomGraphTest {
  private static final int GRAPHS = 60;

  static IntStream seeds() {
    return IntStream.rangeClosed(1, GRAPHS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void gradientsMatchCentralDifferences(int seed) {
    Rng rng = new Rng(seed);
    NdArray[] leaves =
        RandomGraph.LEAVES.stream()
            .map(shape -> NdArray.filled(shape, i -> (float) (0.5 * rng.nextGaussian())))
            .toArray(NdArray[]::new);

    double[][] exact = gradients(seed, KernelSet.ND4J, DType.DOUBLE, leaves);

    for (int i = 0; i < leaves.length; i++) {
      double[] direction = rng.doubles(leaves[i].values().length, -1, 1).toArray();
      double actual = 0;
      for (int j = 0; j < direction.length; j++) {
        actual += exact[i][j] * direction[j];
      }
      assertClose(
          new double[] {centralDifference(seed, leaves, i, direction)},
          new double[] {actual},
          Tolerances.CENTRAL_DIFFERENCE_CHAIN,
          "seed " + seed + ": leaf " + i);
    }
    for (KernelSet kernels : KernelSet.values()) {
      double[][] inFloat = gradients(seed, kernels, DType.FLOAT, leaves);
      for (int i = 0; i < leaves.length; i++) {
        String what = "seed " + seed + ", " + kernels + ": leaf " + i;
        assertClose(exact[i], inFloat[i], Tolerances.FLOAT_CHAIN, what);
      }
    }
  }

  private static double[][] gradients(
      long seed, KernelSet kernels, DType dtype, NdArray... leaves) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor[] tensors =
          Arrays.stream(leaves)
              .map(leaf -> Tensors.of(step, dtype, leaf).requireGradient())
              .toArray(Tensor[]::new);
      RandomGraph.loss(seed, tensors).backward();
      return Arrays.stream(tensors)
          .map(t -> t.gradient() == null ? new double[(int) t.length()] : t.gradient().toDoubles())
          .toArray(double[][]::new);
    }
  }

  private static double centralDifference(
      long seed, NdArray[] leaves, int leaf, double... direction) {
    double above = loss(seed, shifted(leaves, leaf, Tolerances.DIFFERENCE_STEP, direction));
    double below = loss(seed, shifted(leaves, leaf, -Tolerances.DIFFERENCE_STEP, direction));
    return (above - below) / (2 * Tolerances.DIFFERENCE_STEP);
  }

  private static NdArray[] shifted(NdArray[] leaves, int leaf, double by, double... direction) {
    double[] values = leaves[leaf].values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += by * direction[i];
    }
    NdArray[] result = leaves.clone();
    result[leaf] = new NdArray(values, leaves[leaf].shape());
    return result;
  }

  private static double loss(long seed, NdArray... leaves) {
    try (Step step = KernelSet.ND4J.inference()) {
      Tensor[] tensors =
          Arrays.stream(leaves)
              .map(leaf -> Tensors.of(step, DType.DOUBLE, leaf))
              .toArray(Tensor[]::new);
      return RandomGraph.loss(seed, tensors).item();
    }
  }
}
