package io.github.vqvae4j.tensor.internal;

import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Factors that drop elements at random. */
public final class DropoutMask {
  private static final int SLICE = 2048;

  private DropoutMask() {}

  /** Fills a mask with 0, with the probability of the rate, or else with 1 / (1 - rate). */
  public static void draw(RandomGenerator rng, double rate, INDArray mask) {
    double kept = 1 / (1 - rate);
    int length = Math.toIntExact(mask.length());
    if (mask.dataType() == DataType.DOUBLE) {
      double[] numbers = new double[length];
      for (int i = 0; i < length; i++) {
        numbers[i] = rng.nextDouble() < rate ? 0 : kept;
      }
      HeapCopy.write(numbers, mask);
    } else {
      float[] numbers = new float[Math.min(SLICE, length)];
      for (int from = 0; from < length; from += SLICE) {
        int some = Math.min(SLICE, length - from);
        for (int i = 0; i < some; i++) {
          numbers[i] = (float) (rng.nextDouble() < rate ? 0 : kept);
        }
        HeapCopy.write(numbers, 0, some, mask, from);
      }
    }
  }
}
