package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Variable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A quantizer's formulas, written down in plain Java without regard for speed. */
interface QuantizerOracle {
  /**
   * A training step of a whole batch.
   *
   * @param latents [n, places, D], the latents of all examples
   * @param places the number of latents of an example
   * @param upstream the gradient of the quantized latents
   * @param draw the index of the quantizer's first random operation
   */
  record Batch(RngKey key, double[] latents, int places, double[] upstream, int draw) {}

  /**
   * The results of a training step.
   *
   * @param terms the values of the loss terms
   * @param toLatents the gradient of sum(upstream * values) + the weighted terms
   * @param toParameters the same by name of the parameter
   * @param state the variables after the step has been committed
   */
  record Expected(
      int[] codes,
      double[] values,
      List<Double> terms,
      double[] toLatents,
      Map<String, double[]> toParameters,
      Map<String, double[]> state) {}

  Expected train(Quantizer quantizer, Batch batch);

  /** Returns the number of random operations of a training step. */
  default int draws() {
    return 0;
  }

  /**
   * Returns latents of a code, which is that of each codebook if there are several; null if latents
   * and values are not in the same space.
   */
  double[] latentsOf(Quantizer quantizer, int code);

  /** Returns latents as close to one code as to another. */
  double[] tie(Quantizer quantizer, int code);

  /** Returns whether the code is that of the nearest vector. */
  boolean byDistance();

  /**
   * Returns whether the loss terms are means over the examples. Otherwise, passes on the parts of a
   * batch have the mean of the terms of the parts.
   */
  default boolean isMeanOverExamples() {
    return true;
  }

  static Map<String, double[]> state(Quantizer quantizer) {
    Map<String, double[]> state = new TreeMap<>();
    for (Map.Entry<String, Variable> variable : quantizer.variables().entrySet()) {
      state.put(variable.getKey(), variable.getValue().toDoubles());
    }
    return state;
  }
}
