package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.vqvae4j.random.Rng;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests operations whose gradient is not the derivative of their value. */
class StraightThroughTest {
  private static final float[] X = {1, 2, -3};
  private static final float[] Z = {0.1f, Float.MIN_VALUE, -0f};

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void straightThroughCombinesValueAndGradient(KernelSet kernels) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = step.tensor(X, 3).requireGradient();
      Tensor z = step.tensor(Z, 3).requireGradient();
      Tensor y = x.straightThrough(z);
      y.mul(step.tensor(new float[] {5, 6, 7}, 3)).sum().backward();
      assertArrayEquals(bits(Z), bits(y.toFloats()), "equal bit for bit");
      assertArrayEquals(new float[] {5, 6, 7}, x.gradient().toFloats());
      assertNull(z.gradient());
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void stopGradientIsAConstant(KernelSet kernels) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = step.tensor(X, 3).requireGradient();
      x.mul(x.stopGradient()).sum().backward();
      assertArrayEquals(X, x.gradient().toFloats());
    }
  }

  /** Subtracting and adding a value would round; a single operation does not. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void quantizerLossesUpdateTheIntendedOperands(KernelSet kernels) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor z = step.tensor(X, 1, 3).requireGradient();
      Tensor codebook = step.tensor(new float[] {9, 9, 9, 1, 1, -1}, 2, 3).requireGradient();
      Tensor code = codebook.embedding(z.nearestRows(codebook));
      Tensor codebookTerm = code.meanSquaredError(z.stopGradient());
      Tensor commitment = z.meanSquaredError(code.stopGradient());
      Tensor decoded = z.straightThrough(code).sum();
      decoded.add(codebookTerm.mul(30)).add(commitment.mul(3)).backward();
      // z - e = (0, 1, -2); the straight-through gradient is 1, the commitment gradient 3 * 2 / 3
      // * (z - e).
      assertArrayEquals(new float[] {1, 3, -3}, z.gradient().toFloats(), 1e-6f);
      // The gradient of the codebook term is 30 * 2 / 3 * (e - z).
      assertArrayEquals(new float[] {0, 0, 0, 0, -20, 40}, codebook.gradient().toFloats(), 1e-5f);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
