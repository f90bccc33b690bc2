package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests causal masking, overflow and shape checks of attention. */
class AttentionTest {
  private static final int WIDTH = 3;

  @ParameterizedTest
  @EnumSource
  void causalAttentionOfTheFirstPositionReturnsItsValue(KernelSet kernels) {
    for (int length : new int[] {1, 2, 3, 7, 16, 65}) {
      try (Step step = kernels.inference()) {
        Tensor value = gaussians(step, 3, length);
        Tensor y = causal(gaussians(step, 1, length), gaussians(step, 2, length), value);
        float[] actual = y.toFloats();
        for (float scalar : actual) {
          assertFalse(Float.isNaN(scalar), "length " + length);
        }
        float[] first = Arrays.copyOf(value.toFloats(), WIDTH);
        assertArrayEquals(first, Arrays.copyOf(actual, WIDTH), 1e-6f);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void causalAttentionIgnoresLaterPositions(KernelSet kernels) {
    int length = 9;
    for (int changed = 1; changed < length; changed++) {
      try (Step step = kernels.inference()) {
        Tensor query = gaussians(step, 1, length);
        float[] before =
            causal(query, gaussians(step, 2, length), gaussians(step, 3, length)).toFloats();
        float[] after =
            causal(query, otherFrom(step, 2, changed, length), otherFrom(step, 3, changed, length))
                .toFloats();
        int same = changed * WIDTH;
        assertArrayEquals(Arrays.copyOf(before, same), Arrays.copyOf(after, same));
        assertFalse(
            Arrays.equals(before, same, same + WIDTH, after, same, same + WIDTH),
            "the changed one itself");
      }
    }
  }

  @Test
  void largeScoresDoNotOverflow() {
    try (Step step = KernelSet.ONEDNN.training(new Rng(1))) {
      Tensor x = gaussians(step, 1, 5).mul(1e6).requireGradient();
      causal(x, x, x).sum().backward();
      for (float scalar : x.gradient().toFloats()) {
        assertFalse(Float.isNaN(scalar));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> mismatchedShapesAreRejected() {
    return Stream.of(
        assertRejected(false, new long[] {2, 5, 4}, new long[] {2, 5, 3}, new long[] {2, 5, 4}),
        assertRejected(false, new long[] {2, 5, 4}, new long[] {2, 6, 4}, new long[] {2, 5, 4}),
        assertRejected(false, new long[] {2, 5, 4}, new long[] {3, 5, 4}, new long[] {3, 5, 4}),
        assertRejected(false, new long[] {5, 4}, new long[] {1, 5, 4}, new long[] {1, 5, 4}),
        assertRejected(true, new long[] {2, 5, 4}, new long[] {2, 6, 4}, new long[] {2, 6, 4}));
  }

  private static DynamicTest assertRejected(
      boolean causal, long[] query, long[] key, long[] value) {
    return dynamicTest(
        Arrays.toString(query) + Arrays.toString(key) + Arrays.toString(value),
        () -> {
          try (Step step = Step.inference()) {
            assertMessageContains(
                assertThrows(
                    IllegalArgumentException.class,
                    () ->
                        Tensor.scaledDotProductAttention(
                            zeros(step, query), zeros(step, key), zeros(step, value), causal)),
                "scaledDotProductAttention",
                causal ? "queries [.., length, d]" : "queries [.., queries, d]",
                Arrays.toString(query),
                Arrays.toString(key),
                Arrays.toString(value));
          }
        });
  }

  private static Tensor causal(Tensor query, Tensor key, Tensor value) {
    return Tensor.scaledDotProductAttention(query, key, value, true);
  }

  private static Tensor gaussians(Step step, long seed, int length) {
    return step.tensor(Tensors.gaussians(new Rng(seed), length * WIDTH), 1, 1, length, WIDTH);
  }

  /** Returns values that depend on the seed up to a position, and differ from there on. */
  private static Tensor otherFrom(Step step, long seed, int position, int length) {
    float[] values = Tensors.gaussians(new Rng(seed), length * WIDTH);
    for (int i = position * WIDTH; i < values.length; i++) {
      values[i] += 1 + i;
    }
    return step.tensor(values, 1, 1, length, WIDTH);
  }

  private static Tensor zeros(Step step, long... shape) {
    return step.tensor(new float[(int) NdArray.size(shape)], shape);
  }
}
