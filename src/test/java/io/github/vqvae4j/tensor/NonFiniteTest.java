package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NonFiniteTest {
  private static final class Weights extends Variable {
    Weights(float[] values) {
      super(true, values, values.length);
    }
  }

  /** At the ends and around the borders of the slices that are looked at one after another. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2047, 2048, 2049, 5000})
  void theFirstIsFoundWhereverItIs(int size) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int at : new int[] {0, 2046, 2047, 2048, 4095, 4096, size - 1}) {
        if (at < size) {
          float[] values = new float[size];
          Arrays.fill(values, -Float.MAX_VALUE);
          try (Weights weights = new Weights(values);
              Step step = Step.inference()) {
            assertEquals(-1, NonFinite.index(weights));
            assertEquals(-1, NonFinite.index(step.tensor(values, size)));
            assertEquals(-1, NonFinite.index(values, size));
            values[at] = bad;
            weights.set(values);
            assertEquals(at, NonFinite.index(weights));
            assertEquals(at, NonFinite.index(step.tensor(values, size)));
            assertEquals(at, NonFinite.index(values, size));
            assertEquals(-1, NonFinite.index(values, at));
            weights.convert(Precision.DOUBLE);
            assertEquals(at, NonFinite.index(weights));
            assertEquals(at, NonFinite.index(step.tensor(weights.toDoubles(), size)));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aCheckedStepComputesTheSame(Precision precision) {
    double[][] results = new double[4][];
    for (int i = 0; i < results.length; i++) {
      try (Step step = i < 2 ? Step.checked() : Step.inference()) {
        Tensor x = tensor(step, precision, 2, 5, 5, 3);
        Tensor w = tensor(step, precision, 3, 3, 3, 3);
        Tensor bias = tensor(step, precision, 3);
        Window window = Window.of(1, 1);
        Tensor y =
            i % 2 == 0
                ? x.convTranspose2d(w, bias, null, true, window)
                : x.conv2d(w, bias, x, true, window);
        results[i] = y.toDoubles();
        assertFalse(step.hasNaN());
      }
    }
    assertArrayEquals(results[2], results[0], 1e-4);
    assertArrayEquals(results[3], results[1], 1e-4);
  }

  /** The bias makes every output NaN, which is seen before ReLU. */
  @Test
  void aFusedReluIsComputedApart() {
    for (boolean transposed : new boolean[] {false, true}) {
      try (Weights bias = new Weights(new float[] {Float.NaN, Float.NaN});
          Step step = Step.checked()) {
        Tensor x = tensor(step, Precision.FLOAT, 1, 4, 4, 2);
        Tensor w = tensor(step, Precision.FLOAT, 3, 3, 2, 2);
        Window window = Window.of(1, 1);
        assertFalse(step.hasNaN());
        if (transposed) {
          x.convTranspose2d(w, bias.in(step), null, true, window);
        } else {
          x.conv2d(w, bias.in(step), null, true, window);
        }
        assertTrue(step.hasNaN());
      }
      try (Step step = Step.inference()) {
        step.tensor(new float[] {-1}, 1).log();
        assertFalse(step.hasNaN(), "only a checked step looks");
      }
    }
  }

  /** Its mask is minus infinity where it masks. */
  @Test
  void causalAttentionIsSound() {
    try (Step step = Step.checked()) {
      Tensor x = tensor(step, Precision.FLOAT, 2, 5, 4);
      Tensor.scaledDotProductAttention(x, x, x, true);
      assertFalse(step.hasNaN());
    }
  }

  /** In the last place of a slice, and after the first slice. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2047, 2048, 4999})
  void oneNaNIsSeen(int at) {
    float[] values = new float[5000];
    values[at] = -1;
    try (Step step = Step.checked()) {
      step.tensor(values, 5000).add(2);
      assertFalse(step.hasNaN());
      step.tensor(values, 5000).add(0.5).log();
      assertTrue(step.hasNaN());
    }
  }

  private static Tensor tensor(Step step, Precision precision, long... shape) {
    double[] values = new double[(int) Shape.size(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.sin(i + 1);
    }
    Tensor doubles = step.tensor(values, shape);
    return precision == Precision.DOUBLE ? doubles : step.tensor(doubles.toFloats(), shape);
  }
}
