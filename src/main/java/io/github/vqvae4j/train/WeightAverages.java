package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.Variable;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Moving averages of a model's parameters and buffers over the steps of a run, often better than
 * any step's own (Polyak and Juditsky 1992). After step t, with weights w:
 *
 * <pre>
 * d &lt;- min(decay, (t - 1) / t)
 * a &lt;- a + (1 - d) (w - a)
 * </pre>
 *
 * <p>So a is the plain mean of all weights for the first 1 / (1 - decay) steps and a moving average
 * from then on. Buffers are averaged like weights, since a codebook that learns by moving averages
 * is one: averaged layers around the codebook of the last step would not fit together. A row that
 * was replaced, as a code that restarted, is its own average from then on: between its old and its
 * new place it would be near no vector. What does not change keeps its bits.
 */
public final class WeightAverages {
  private final double decay;
  private final Set<Variable> variables;
  private final float[][][] averages;
  private final ReplacedRows[] replaced;
  private final float[] values = new float[ParameterSlices.LENGTH];
  private long steps;

  WeightAverages(Collection<Variable> variables, double decay) {
    this.variables = new LinkedHashSet<>(variables);
    this.decay = decay;
    replaced = this.variables.stream().map(ReplacedRows::new).toArray(ReplacedRows[]::new);
    averages =
        this.variables.stream().map(v -> ParameterSlices.zeros(v.size())).toArray(float[][][]::new);
  }

  /** Takes in the weights after one more step. */
  void update() {
    steps++;
    double share = 1 - Math.min(decay, (steps - 1.0) / steps);
    forEachSlice(
        (variable, offset, slice) -> {
          for (int i = 0; i < slice.length; i++) {
            double average = slice[i]; // as a float, the difference may be infinite
            slice[i] = (float) (average + share * (values[i] - average));
          }
        });
    int number = 0;
    for (Variable variable : variables) {
      float[][] slices = averages[number];
      replaced[number++].forEach(variable, row -> copy(variable, row, slices));
    }
  }

  private static void copy(Variable variable, int row, float[][] slices) {
    int length = ReplacedRows.length(variable);
    float[] values = new float[length];
    variable.read((long) row * length, values, 0, length);
    for (int i = 0; i < length; i++) {
      long place = (long) row * length + i;
      slices[(int) (place / ParameterSlices.LENGTH)][(int) (place % ParameterSlices.LENGTH)] =
          values[i];
    }
  }

  /**
   * Puts the averages into the model and keeps what was there; a second call puts that back, bit
   * for bit. Train on only after it was put back.
   *
   * <pre>{@code
   * averages.swap();
   * model.save(file);
   * averages.swap();
   * }</pre>
   */
  public void swap() {
    forEachSlice(
        (variable, offset, slice) -> {
          variable.write(offset, slice, 0, slice.length);
          System.arraycopy(values, 0, slice, 0, slice.length);
        });
  }

  private interface Change {
    void apply(Variable variable, int offset, float[] slice);
  }

  /** With {@link #values} filled with the variable's own numbers. */
  private void forEachSlice(Change change) {
    int number = 0;
    for (Variable variable : variables) {
      float[][] slices = averages[number++];
      for (int i = 0; i < slices.length; i++) {
        int offset = i * ParameterSlices.LENGTH;
        variable.read(offset, values, 0, slices[i].length);
        change.apply(variable, offset, slices[i]);
      }
    }
  }
}
