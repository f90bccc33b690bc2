package io.github.vqvae4j.prior;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final float[] SPECIAL = {
    0,
    -0f,
    Float.MIN_VALUE,
    1e-20f,
    7.9f,
    -7.91f,
    88,
    -89,
    1e30f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  @Test
  void equalsTheProductOfTanhAndSigmoid() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int positions = 7;
    int channels = 24;
    Gate gate = new Gate(positions, channels);
    float[] results = new float[positions * channels];
    for (int round = 0; round < 500; round++) {
      float[] sums = new float[2 * results.length];
      for (int i = 0; i < sums.length; i++) {
        sums[i] =
            random.nextInt(20) == 0
                ? SPECIAL[random.nextInt(SPECIAL.length)]
                : (float) (4 * random.nextGaussian());
      }
      gate.apply(sums.clone(), results);
      for (int i = 0; i < results.length; i++) {
        int from = i / channels * 2 * channels + i % channels;
        double a = sums[from];
        double b = sums[from + channels];
        double expected = Math.tanh(a) / (1 + Math.exp(-b));
        assertEquals(expected, results[i], 6e-7, "a " + a + ", b " + b + ", seed " + seed);
      }
    }
  }
}
