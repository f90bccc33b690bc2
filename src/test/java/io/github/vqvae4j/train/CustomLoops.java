package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import java.util.List;
import java.util.function.BiFunction;

/** Custom training loops that train nothing and report losses 1, 2, 3, .. */
final class CustomLoops {
  private CustomLoops() {}

  /** Executes a loop; the function returns the loss to report for a step. */
  static TrainingReport execute(
      Block block,
      long steps,
      List<TrainingListener> listeners,
      BiFunction<Long, BatchLoss, BatchLoss> loss) {
    return TrainingRun.execute(
        block,
        steps,
        listeners,
        run -> {
          for (long n = 1; n <= steps; n++) {
            report(run, n, loss);
          }
        });
  }

  /** Reports a step with a term {@code error} of value n. */
  static void report(TrainingRun run, long n, BiFunction<Long, BatchLoss, BatchLoss> loss) {
    try (Step step = Step.training(new RngKey(1, n, 0))) {
      BatchLoss error = BatchLoss.of("error", step.tensor(new float[] {n}, 1).mean());
      run.reportStep(1, loss.apply(n, error), 0.1);
    }
  }
}
