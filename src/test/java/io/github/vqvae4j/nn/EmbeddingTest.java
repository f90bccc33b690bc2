package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class EmbeddingTest {
  @Test
  void codesAreMappedToVectorsAndGradientsAreAccumulated() {
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
  void vectorsAreInitializedFromTheStandardNormal() {
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
  void invalidArgumentsAreRejected() {
    assertRejected(
        () -> new Embedding(0, 3, new Rng(1)), "Embedding", "got count 0", "dimension 3");
    assertRejected(() -> new Embedding(3, 0, new Rng(1)), "at least 1", "dimension 0");
    try (Embedding embedding = new Embedding(4, 2, new Rng(1));
        Step step = Step.inference()) {
      Tensor halves = step.tensor(new float[] {1, 0.5f}, 2);
      assertRejected(
          () -> embedding.forward(halves), "Embedding", "codes of type INT", "got FLOAT");
      Tensor beyond = step.tensor(new int[] {0, 4}, 2);
      assertRejected(() -> embedding.forward(beyond), "from 0 to 3", "got 4 at position 1");
    }
  }

  private static void assertRejected(Runnable mistake, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, mistake::run), parts);
  }
}
