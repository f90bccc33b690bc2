package io.github.vqvae4j.tensor.internal;

import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Random masks for dropout. */
public final class DropoutMask {
  private static final int SLICE = 2048;

  private DropoutMask() {}

  /** Fills a mask with 0 with probability {@code rate}, otherwise with 1 / (1 - rate). */
  public static void draw(RandomGenerator rng, double rate, INDArray mask) {
    double scale = 1 / (1 - rate);
    int length = Math.toIntExact(mask.length());
    if (mask.dataType() == DataType.DOUBLE) {
      double[] values = new double[length];
      for (int i = 0; i < length; i++) {
        values[i] = rng.nextDouble() < rate ? 0 : scale;
      }
      HeapCopy.write(values, mask);
    } else {
      float[] values = new float[Math.min(SLICE, length)];
      for (int from = 0; from < length; from += SLICE) {
        int n = Math.min(SLICE, length - from);
        for (int i = 0; i < n; i++) {
          values[i] = (float) (rng.nextDouble() < rate ? 0 : scale);
        }
        HeapCopy.write(values, 0, n, mask, from);
      }
    }
  }
}
