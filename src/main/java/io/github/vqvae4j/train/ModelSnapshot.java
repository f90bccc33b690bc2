package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.tensor.Variable;
import java.util.IdentityHashMap;
import java.util.Map;

/** A copy of a model's parameters and buffers on the heap. */
final class ModelSnapshot {
  private final Map<Variable, float[]> values = new IdentityHashMap<>();

  ModelSnapshot(Model model) {
    for (Variable variable : model.variables().values()) {
      values.put(variable, variable.toFloats());
    }
  }

  /** Takes a copy from a checkpoint. */
  ModelSnapshot(Model model, String prefix, SavedState state) throws BadFileException {
    for (Map.Entry<String, Variable> entry : model.variables().entrySet()) {
      values.put(entry.getValue(), state.floats(prefix + entry.getKey(), entry.getValue()));
    }
  }

  /** Adds the copy to a checkpoint. */
  void save(Model model, String prefix, SavedState state) {
    model
        .variables()
        .forEach(
            (name, variable) ->
                state.put(prefix + name, NamedArray.of(values.get(variable), variable.shape())));
  }

  /** Restores the parameters and buffers, bit for bit. */
  void restore() {
    values.forEach(Variable::set);
  }
}
