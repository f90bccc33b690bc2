package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The loss of rows that are not masked, of which the shares of the workers have different numbers.
 */
class MaskedLossTest {
  private static final int CLASSES = 4;

  /** Classifies the examples 0, 1, 2, .., of which about two thirds are masked. */
  private static final class Classifier extends Block implements Trainable<int[]> {
    private final Linear linear = child("linear", new Linear(3, CLASSES, new Rng(5)));
    private final boolean summed;

    Classifier(boolean summed) {
      this.summed = summed;
    }

    @Override
    public BatchLoss loss(Step step, int[] batch, TrainingProgress progress) {
      float[] inputs = new float[3 * batch.length];
      int[] classes = new int[batch.length];
      for (int i = 0; i < batch.length; i++) {
        Rng rng = new Rng(batch[i]);
        for (int j = 0; j < 3; j++) {
          inputs[3 * i + j] = (float) rng.nextGaussian();
        }
        classes[i] = rng.nextInt(3) == 0 ? rng.nextInt(CLASSES) : -1;
      }
      Tensor logits = linear.forward(step.tensor(inputs, batch.length, 3));
      Tensor targets = step.tensor(classes, batch.length);
      return BatchLoss.of(
          "crossEntropy",
          summed ? mean(logits, targets, classes) : logits.crossEntropy(targets, -1));
    }

    private static Tensor mean(Tensor logits, Tensor targets, int... classes) {
      Step step = logits.step();
      float rows = Arrays.stream(classes).filter(c -> c >= 0).count();
      Tensor sum = step.sumOverWorkers(logits.crossEntropy(targets, -1).mul(rows));
      Tensor count = step.sumOverWorkers(step.tensor(new float[] {rows}, 1));
      return sum.div(count.clamp(1, Double.POSITIVE_INFINITY)); // 0 if all rows are masked
    }
  }

  /** Returns the losses and norms of the gradients of each step. */
  private static List<Double> train(Classifier model, int batch, int workers) {
    List<Double> values = new ArrayList<>();
    Trainer.of(model)
        .optimizer(new Sgd(0.5, 0.9))
        .batch(batch)
        .workers(workers)
        .steps(8)
        .quiet()
        .listener(
            new TrainingListener() {
              @Override
              public void onStep(TrainingRun run, StepReport report) {
                values.add(report.loss());
                values.add(report.gradientNorm());
              }
            })
        .fit(Numbers.source(200));
    return values;
  }

  @ParameterizedTest
  @CsvSource({"8, 2", "13, 2", "9, 3", "7, 7"})
  void aSumOverTheWorkersIsThatOfTheWholeBatch(int batch, int workers) {
    try (Classifier library = new Classifier(false);
        Classifier one = new Classifier(true);
        Classifier several = new Classifier(true);
        Classifier naive = new Classifier(false)) {
      List<Double> expected = train(library, batch, 1);
      assertClose(expected, train(one, batch, 1));
      assertClose(expected, train(several, batch, workers));
      Map<String, float[]> weights = States.of(library);
      States.of(several)
          .forEach((name, values) -> assertArrayEquals(weights.get(name), values, 1e-4f, name));
      List<Double> means = train(naive, batch, workers);
      assertTrue(
          IntStream.range(0, means.size())
              .anyMatch(i -> Math.abs(means.get(i) - expected.get(i)) > 0.01),
          "the means of the shares are another loss");
    }
  }

  private static void assertClose(List<Double> expected, List<Double> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), 1e-4 * Math.abs(expected.get(i)));
    }
  }
}
