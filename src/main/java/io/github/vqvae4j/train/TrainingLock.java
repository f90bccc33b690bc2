package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Marks variables as being trained, so that two runs do not write the same ones at the same time. A
 * run may train a model that the run of the same thread trains, as a listener can do between steps.
 */
final class TrainingLock {
  private static final Map<Variable, Thread> OWNERS = new IdentityHashMap<>();

  private TrainingLock() {}

  /**
   * Runs the training of variables.
   *
   * @throws IllegalStateException if another thread trains one of them
   */
  static <T> T hold(Collection<Variable> variables, Supplier<T> training) {
    List<Variable> locked = lock(variables);
    try {
      return training.get();
    } finally {
      synchronized (OWNERS) {
        locked.forEach(OWNERS::remove);
      }
    }
  }

  private static List<Variable> lock(Collection<Variable> variables) {
    Thread current = Thread.currentThread();
    List<Variable> locked = new ArrayList<>();
    synchronized (OWNERS) {
      for (Variable variable : variables) {
        Thread owner = OWNERS.get(variable);
        if (owner != null && owner != current) {
          throw new IllegalStateException(
              "Trainer.fit: "
                  + variable.name()
                  + " is being trained by thread "
                  + owner.getName()
                  + ". Wait for that run, or train another instance of the model.");
        }
      }
      for (Variable variable : variables) {
        if (OWNERS.putIfAbsent(variable, current) == null) {
          locked.add(variable);
        }
      }
    }
    return locked;
  }
}
