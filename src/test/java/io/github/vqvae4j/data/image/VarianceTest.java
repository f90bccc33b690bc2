package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.ForwardingDataset;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The variance of batches, and interrupts. */
class VarianceTest {
  /** Images of 1 to 7 pixels around 1e4, and the variance of the values. */
  @Test
  void batchesOfDifferentSizes() {
    Rng rng = new Rng(3);
    float[] values = new float[60 * 7];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (1e4 + rng.nextGaussian());
    }
    Images images = Images.of(values, 60, 7, 1, 1);
    Variance variance = new Variance();
    for (int start = 0, n = 1; start < 60; start += n, n = Math.min(n + 2, 60 - start)) {
      variance.add(images.batch(IntStream.range(start, start + n).toArray()));
    }
    double mean = IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElse(0);
    double expected =
        IntStream.range(0, values.length)
            .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
            .average()
            .orElse(0);
    assertEquals(60 * 7, variance.count());
    assertEquals(expected, variance.value(), 1e-9);
    assertEquals(images.variance(), variance.value(), 1e-12);
  }

  @Test
  void noImages() {
    Variance variance = new Variance();
    assertEquals(0, variance.count());
    assertMessageContains(
        assertThrows(IllegalStateException.class, variance::value), "at least 1 image", "got none");
  }

  @Test
  void anInterruptEndsTheComputation() {
    int[] read = new int[1];
    Dataset data =
        new ForwardingDataset(new FloatDataset(new float[100 * 2], 100, 1, 2, 1)) {
          @Override
          public void image(int index, float[] target, int offset) {
            super.image(index, target, offset);
            read[0]++;
            if (index == 5) {
              Thread.currentThread().interrupt();
            }
          }
        };
    assertMessageContains(
        assertThrows(CancellationException.class, data::variance),
        "interrupted while computing the variance of the images");
    assertTrue(Thread.interrupted(), "the status is kept");
    assertEquals(6, read[0]);
    assertFalse(Thread.interrupted());
  }
}
