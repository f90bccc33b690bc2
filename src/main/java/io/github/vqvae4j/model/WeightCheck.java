package io.github.vqvae4j.model;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Variable;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Checks a model's weights before they are used, once after each change. Each write gives a
 * variable a larger stamp, so the maximum stamp identifies the values of all variables.
 */
final class WeightCheck {
  private static final Logger LOG = Log.of(ImageModel.class);

  private final ImageModel model;
  private Map<String, Variable> variables = Map.of();
  private volatile long initialStamp;
  private volatile long finiteStamp;
  private boolean warned;

  WeightCheck(ImageModel model) {
    this.model = model;
  }

  /** Records the current weights as the initial, untrained ones. */
  void markBuilt() {
    variables = model.variables();
    initialStamp = stamp();
  }

  /**
   * Throws NonFiniteException if a value is not finite, and warns once if the model is not trained
   * or initialized.
   */
  void check() {
    long stamp = stamp();
    if (stamp == finiteStamp) {
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
                    + " checkpoint");
          }
        });
    warnIfUntrained(name, stamp);
    finiteStamp = stamp;
  }

  private synchronized void warnIfUntrained(String name, long stamp) {
    boolean initialized = model.isInitialized();
    if (!warned && (!initialized || stamp == initialStamp)) {
      warned = true;
      LOG.warn(
          "{}: {}. Its outputs are meaningless. Train it first, or load a trained model.",
          name,
          initialized
              ? "the model has its initial weights: it was neither trained nor loaded"
              : "the codebook has not been initialized from data: the model was not trained");
    }
  }

  private long stamp() {
    return variables.values().stream().mapToLong(Variable::version).max().orElse(0);
  }
}
