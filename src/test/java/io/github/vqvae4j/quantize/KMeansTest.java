package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KMeansTest {
  private static final long SEED = 3;

  @Test
  void anEmptyClustersCodeOutlivesTheFirstUpdate() {
    // Three different vectors for eight codes: five clusters must stay empty.
    float[] vectors = new float[60];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = 5 + i / 2 % 3;
    }
    try (VectorQuantizer quantizer =
        VectorQuantizer.ema(8, 2).restartBelow(0).build(new Rng(SEED))) {
      quantizer.start(vectors, 30, new Rng(SEED));
      float[] started = quantizer.codebook();
      try (Step step = Step.training(new Rng(SEED))) {
        quantizer.quantize(step.tensor(vectors, 30, 2));
        step.commit();
      }
      float[] after = quantizer.codebook();
      for (int i = 0; i < started.length; i++) {
        assertTrue(started[i] >= 5, "a code started outside the vectors: " + started[i]);
        assertEquals(started[i], after[i], 0.01);
      }
    }
  }

  @Test
  void aCodebookTooLargeForSeedingByDistanceStartsAtVectors() {
    int n = 16_384;
    int k = 4_096;
    int d = 64;
    float[] vectors = new float[n * d];
    Rng rng = new Rng(SEED);
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = rng.nextFloat() + 1;
    }
    KMeans clusters = KMeans.fit(vectors, d, k, new Rng(SEED));
    assertEquals(n, Arrays.stream(clusters.sizes()).sum());
    for (float center : clusters.centers()) {
      assertTrue(center >= 1 && center <= 2, "a center lies outside the vectors: " + center);
    }
  }
}
