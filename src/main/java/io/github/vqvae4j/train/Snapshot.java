package io.github.vqvae4j.train;

import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.Precision;
import io.github.vqvae4j.tensor.Variable;
import java.util.IdentityHashMap;
import java.util.Map;

/** A model's parameters and buffers, copied to the heap. */
final class Snapshot {
  private final Map<Variable, float[]> floats = new IdentityHashMap<>();
  private final Map<Variable, double[]> doubles = new IdentityHashMap<>();

  Snapshot(ImageModel model) {
    for (Variable variable : model.variables().values()) {
      if (variable.precision() == Precision.FLOAT) {
        floats.put(variable, variable.toFloats());
      } else {
        doubles.put(variable, variable.toDoubles());
      }
    }
  }

  /** Puts them back, bit for bit. */
  void restore() {
    floats.forEach(Variable::set);
    doubles.forEach(Variable::set);
  }
}
