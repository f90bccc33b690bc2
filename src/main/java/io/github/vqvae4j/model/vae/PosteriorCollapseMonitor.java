package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.StrictJson;
import io.github.vqvae4j.log.internal.Log;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;

/** Warns once if most latent dimensions of a {@link Vae} remain unused during training. */
final class PosteriorCollapseMonitor {
  private static final Logger LOG = Log.of(Vae.class);

  /** A dimension whose KL divergence is below this value, in nats, is considered unused. */
  static final double UNUSED = 0.01;

  /** The number of steps that are averaged. */
  private static final int WINDOW = 100;

  /**
   * The number of initial windows without a warning, since all KL divergences are small at first.
   */
  private static final int PATIENCE = 2;

  /** The state in a checkpoint. */
  private record Saved(long steps, boolean warned, List<Double> sums) {}

  private double[] sums = {};
  private long steps;
  private boolean warned;

  /** Returns the state as text. */
  String state() {
    List<Double> saved = Arrays.stream(sums).boxed().toList();
    return RecordJson.toJson(new Saved(steps, warned, saved)).toString();
  }

  /**
   * Returns a monitor with a state.
   *
   * @throws IllegalArgumentException if the text is not one
   */
  static PosteriorCollapseMonitor of(String state) {
    Saved saved = RecordJson.fromJson(StrictJson.parse(state), Saved.class);
    PosteriorCollapseMonitor monitor = new PosteriorCollapseMonitor();
    monitor.steps = saved.steps;
    monitor.warned = saved.warned;
    monitor.sums = saved.sums.stream().mapToDouble(Double::doubleValue).toArray();
    return monitor;
  }

  /**
   * Adds a training step.
   *
   * @param statistics the sum over all examples of the step of the KL divergence of each dimension,
   *     followed by the number of examples
   */
  void add(double... statistics) {
    if (warned) {
      return;
    }
    if (steps++ % WINDOW == 0) {
      sums = new double[statistics.length - 1];
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += statistics[i] / statistics[sums.length];
    }
    if (steps % WINDOW == 0 && steps > PATIENCE * WINDOW) {
      long unused = Arrays.stream(sums).filter(sum -> sum / WINDOW < UNUSED).count();
      if (2 * unused > sums.length) {
        warned = true;
        LOG.warn(
            "After {} steps, {} of {} latent dimensions have a KL divergence below {} nats: the"
                + " decoder ignores them (posterior collapse). Increase the weight of the KL"
                + " divergence gradually with klWarmUp(..), set a smaller beta(..) or likelihood"
                + " variance, or build the model with fewer latent dimensions.",
            steps,
            unused,
            sums.length,
            UNUSED);
      }
    }
  }
}
