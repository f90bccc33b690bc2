package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.TrainingProgress;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Looks for numbers that overflow within a model and then cannot be seen from outside: finite
 * weights and pixels may give infinity less infinity, which is NaN, and ReLU may make 0 of that.
 * The layer is then cut off, its gradients are exactly 0, and the loss is finite.
 *
 * <p>It takes a further forward pass, in which every operation is looked at. So it is done in the
 * first step, in every thousandth, and whenever all of a parameter's gradient becomes 0; what
 * overflows in a few channels only is found a little later then.
 */
final class HiddenOverflow {
  private static final long EVERY = 1_000;

  private final ImageModel model;
  private final Map<Object, String> names;
  private final Set<Parameter> zero = new HashSet<>();
  private boolean due;

  HiddenOverflow(ImageModel model) {
    this.model = model;
    names = ModelStatistics.names(model);
  }

  /** Takes note of a parameter's gradient. */
  void gradient(Parameter parameter, double sumOfSquares) {
    if (sumOfSquares > 0) {
      zero.remove(parameter);
    } else {
      due |= zero.add(parameter);
    }
  }

  /**
   * Before the parameters move, looks whether one of the layers overflows, if it is time.
   *
   * @throws DivergenceException if one does; it names the layer
   */
  void check(long n, Batch batch, TrainingProgress progress) {
    if (due || n % EVERY == 1) {
      due = false;
      try (Step step = Step.checked()) {
        step.observe(
            (layer, output) -> {
              if (step.hasNaN()) {
                String name = names.getOrDefault(layer, layer.getClass().getSimpleName());
                throw DivergenceException.inLayer(n, name);
              }
            });
        model.loss(Trainer.images(step, batch), progress);
      }
    }
  }
}
