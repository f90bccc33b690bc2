package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchLossTest {
  private static List<String> names(BatchLoss loss) {
    return loss.terms().stream().map(LossTerm::name).toList();
  }

  @Test
  void termsAreAppended() {
    try (Step step = Step.inference()) {
      Tensor two = step.tensor(new float[] {2}, 1);
      Tensor three = step.tensor(new float[] {3}, 1);
      List<LossTerm> part = List.of(new LossTerm("a", two, 0.5), new LossTerm("b", three, 10));
      BatchLoss loss =
          BatchLoss.of("mse", three)
              .withMetric("accuracy", 0.7)
              .withUsage("top", CodeUsage.of(new int[] {1}, 2))
              .with("penalty", two, 0.25)
              .withTerms("top", part)
              .withTerms("", part);
      assertEquals(List.of("mse", "penalty", "top/a", "top/b", "a", "b"), names(loss));
      assertEquals(3 + 0.5 + 2 * (1 + 30), loss.total().item(), 1e-6);
      assertEquals(0.7, loss.metrics().get(0).value());
      assertEquals(1, loss.usage().size());
      assertEquals(List.of("mse"), names(BatchLoss.of("mse", three).withTerms("top", List.of())));
      for (String taken : List.of("mse", "accuracy", "top/a")) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> loss.with(taken, two, 1)),
            "different names");
      }
    }
  }

  @Test
  void termsThatAreNotScalarsAreRefused() {
    try (Step step = Step.inference()) {
      Tensor losses = step.tensor(new float[32], 32, 1);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> BatchLoss.of("mse", losses)),
          "Loss term mse: expected a scalar, got [32, 1]. Reduce it with mean().");
      BatchLoss loss = BatchLoss.of("mse", losses.mean());
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> loss.with("kl", losses.reshape(2, 4, 4), 0.125)),
          "Loss term kl: expected a scalar, got [2, 4, 4].");
      for (double weight : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
        assertMessageContains(
            assertThrows(
                IllegalArgumentException.class, () -> loss.with("kl", losses.sum(), weight)),
            "Loss term kl: expected a finite weight, got " + weight + ".");
      }
      assertEquals(0, loss.with("one", step.tensor(new float[1], 1, 1), -1).total().item());
    }
  }
}
