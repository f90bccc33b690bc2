package io.github.vqvae4j.train;

import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.Variable;
import java.util.IdentityHashMap;
import java.util.Map;

/** A model's parameters and buffers, copied to the heap. */
final class Snapshot {
  private final Map<Variable, float[]> values = new IdentityHashMap<>();

  Snapshot(ImageModel model) {
    for (Variable variable : model.variables().values()) {
      values.put(variable, variable.toFloats());
    }
  }

  /** Puts them back, bit for bit. */
  void restore() {
    values.forEach(Variable::set);
  }
}
