package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NonFiniteTest {
  private static final class Weights extends Variable {
    Weights(float[] values) {
      super(true, values, values.length);
    }
  }

  /** Tests indices at both ends and around chunk boundaries. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2047, 2048, 2049, 5000})
  void firstNonFiniteValueIsFoundAtAnyIndex(int size) {
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
            weights.convert(DType.DOUBLE);
            assertEquals(at, NonFinite.index(weights));
            assertEquals(at, NonFinite.index(step.tensor(weights.toDoubles(), size)));
          }
        }
      }
    }
  }
}
