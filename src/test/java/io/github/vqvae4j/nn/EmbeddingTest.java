package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class EmbeddingTest {
  @Test
  void codesBecomeTheirVectorsAndCollectTheirGradients() {
    try (Embedding embedding = new Embedding(4, 2, new Rng(1));
        Step step = Step.training(new Rng(1))) {
      embedding.parameters().get(0).set(new float[] {0, 1, 10, 11, 20, 21, 30, 31});
      Tensor vectors = embedding.forward(step.tensor(new int[] {3, 1, 3}, 1, 3));
      assertArrayEquals(new long[] {1, 3, 2}, vectors.shape());
      assertArrayEquals(new float[] {30, 31, 10, 11, 30, 31}, vectors.toFloats());
      vectors.sum().backward();
      assertArrayEquals(
          new float[] {0, 0, 1, 1, 0, 0, 2, 2},
          step.gradient(embedding.parameters().get(0)).toFloats());
    }
  }

  @Test
  void vectorsStartStandardNormal() {
    try (Embedding embedding = new Embedding(500, 40, new Rng(2))) {
      double mean = 0;
      double square = 0;
      for (float value : embedding.parameters().get(0).toFloats()) {
        mean += value / 20_000;
        square += value * value / 20_000;
      }
      assertEquals(0, mean, 0.02);
      assertEquals(1, square, 0.03);
    }
  }

  @Test
  void mistakesAreExplained() {
    refused(() -> new Embedding(0, 3, new Rng(1)), "Embedding", "got 0 codes", "3 numbers");
    refused(() -> new Embedding(3, 0, new Rng(1)), "at least 1 number", "0 numbers");
    try (Embedding embedding = new Embedding(4, 2, new Rng(1));
        Step step = Step.inference()) {
      Tensor halves = step.tensor(new float[] {1, 0.5f}, 2);
      refused(() -> embedding.forward(halves), "Embedding", "codes in INT", "got FLOAT");
      Tensor beyond = step.tensor(new int[] {0, 4}, 2);
      refused(() -> embedding.forward(beyond), "from 0 to 3", "got 4 at position 1");
    }
  }

  private static void refused(Runnable mistake, String... parts) {
    assertSays(assertThrows(IllegalArgumentException.class, mistake::run), parts);
  }
}
