package io.github.vqvae4j.train;

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

  /** Restores the parameters and buffers, bit for bit. */
  void restore() {
    values.forEach(Variable::set);
  }
}
