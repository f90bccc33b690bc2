package io.github.vqvae4j.model;

import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Variable;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks a model's weights before they are used, once after each change: every write gives a
 * variable a larger stamp, so that the largest stamp identifies the content of all of them.
 */
final class WeightCheck {
  private static final Logger LOG = LoggerFactory.getLogger(ImageModel.class);

  private final ImageModel model;
  private Map<String, Variable> variables = Map.of();
  private volatile long built;
  private volatile long finite;
  private boolean warned;

  WeightCheck(ImageModel model) {
    this.model = model;
  }

  /** Takes the weights of now for those that the model was built with, not trained yet. */
  void built() {
    variables = model.variables();
    built = stamp();
  }

  /** Throws if a number is not finite; warns once if the model was not trained or started. */
  void check() {
    long stamp = stamp();
    if (stamp == finite) {
      return;
    }
    String name = model.getClass().getSimpleName();
    variables.forEach(
        (variable, values) -> {
          long index = NonFinite.index(values);
          if (index >= 0) {
            throw new NonFiniteException(
                name,
                variable + "[" + index + "]",
                values.toDoubles()[(int) index],
                "the model has diverged. Retrain it with a smaller learning rate, or load an earlier"
                    + " file of it");
          }
        });
    warnOfUntrained(name, stamp);
    finite = stamp;
  }

  private synchronized void warnOfUntrained(String name, long stamp) {
    boolean started = model.isStarted();
    if (!warned && (!started || stamp == built)) {
      warned = true;
      LOG.warn(
          "{}: {}. What it makes of images means nothing yet: train it first, or load a trained"
              + " model.",
          name,
          started
              ? "its weights are those that it was built with, neither trained nor loaded"
              : "its codebook is to start from data and was not started, nor was it trained");
    }
  }

  private long stamp() {
    return variables.values().stream().mapToLong(Variable::stamp).max().orElse(0);
  }
}
