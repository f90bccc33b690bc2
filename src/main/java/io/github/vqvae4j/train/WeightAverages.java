package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.tensor.Variable;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Exponential moving averages of a model's parameters and buffers over the steps of a run, which
 * often perform better than the weights of any single step (Polyak and Juditsky 1992). After step t
 * with weights w:
 *
 * <pre>
 * d &lt;- min(decay, (t - 1) / t)
 * a &lt;- a + (1 - d) (w - a)
 * </pre>
 *
 * <p>The average a is the arithmetic mean of all weights in the first 1 / (1 - decay) steps and an
 * exponential moving average afterwards.
 *
 * <p>Buffers are averaged too: an EMA codebook is a buffer, and averaged layers would not match the
 * codebook of the last step. When a row is replaced, such as a restarted code, its average restarts
 * at the new value, since a mean of the old and new values would represent neither. Values that do
 * not change are preserved bit for bit.
 *
 * <p>Averages are created by {@link Trainer#averageWeights}, or by {@link #of} for a custom
 * training loop:
 *
 * <pre>{@code
 * Trainer<ImageBatch> trainer = Trainer.of(model).averageWeights(0.99);
 * trainer.fit(images);
 * trainer.averages().swap();
 * model.save(file);
 * }</pre>
 */
public final class WeightAverages {
  private static final String PREFIX = "averages/";

  /** The scalars of saved averages. */
  private record Saved(long steps) {}

  private final double decay;
  private final Set<Variable> variables;
  private final float[][][] averages;
  private final ReplacedRows[] replaced;
  private final float[] values = new float[ParameterChunks.LENGTH];
  private long steps;

  /**
   * Creates averages for a custom training loop, which calls {@link #update} after each step.
   *
   * @param block the block whose parameters and buffers are averaged
   * @param decay the decay of the moving average, above 0 and below 1
   * @return the averages
   * @throws IllegalArgumentException if the decay is out of range
   */
  public static WeightAverages of(Block block, double decay) {
    return new WeightAverages(block.variables().values(), decay);
  }

  WeightAverages(Collection<Variable> variables, double decay) {
    Checks.averageDecay("WeightAverages", decay);
    this.variables = new LinkedHashSet<>(variables);
    this.decay = decay;
    replaced = this.variables.stream().map(ReplacedRows::new).toArray(ReplacedRows[]::new);
    averages =
        this.variables.stream().map(v -> ParameterChunks.zeros(v.size())).toArray(float[][][]::new);
  }

  /** Updates the averages with the weights after a step. The {@link Trainer} calls it. */
  public void update() {
    steps++;
    double weight = 1 - Math.min(decay, (steps - 1.0) / steps);
    forEachChunk(
        (variable, offset, chunk) -> {
          for (int i = 0; i < chunk.length; i++) {
            double average = chunk[i]; // as a float, the difference could overflow
            chunk[i] = (float) (average + weight * (values[i] - average));
          }
        });
    int index = 0;
    for (Variable variable : variables) {
      float[][] chunks = averages[index];
      replaced[index++].forEach(variable, row -> copy(variable, row, chunks));
    }
  }

  private static void copy(Variable variable, int row, float[][] chunks) {
    int length = ReplacedRows.length(variable);
    float[] values = new float[length];
    variable.read((long) row * length, values, 0, length);
    for (int i = 0; i < length; i++) {
      long element = (long) row * length + i;
      chunks[(int) (element / ParameterChunks.LENGTH)][(int) (element % ParameterChunks.LENGTH)] =
          values[i];
    }
  }

  /**
   * Swaps the averages with the model's weights. A second call swaps them back, bit for bit, which
   * is required before training continues.
   *
   * <pre>{@code
   * averages.swap();
   * model.save(file);
   * averages.swap();
   * }</pre>
   *
   * @throws IllegalStateException before the first {@link #update}
   */
  public void swap() {
    if (steps == 0) {
      throw new IllegalStateException(
          "WeightAverages.swap: expected averages of at least one step, got none. Call update()"
              + " after each step.");
    }
    forEachChunk(
        (variable, offset, chunk) -> {
          variable.write(offset, chunk, 0, chunk.length);
          System.arraycopy(values, 0, chunk, 0, chunk.length);
        });
  }

  /** Adds the averages to a checkpoint, which has one of each variable. */
  void save(Map<String, Variable> names, SavedState state) {
    List<Variable> order = List.copyOf(variables);
    names.forEach(
        (name, variable) -> {
          float[] average = ParameterChunks.concatenated(averages[order.indexOf(variable)]);
          state.put(PREFIX + name, NamedArray.of(average, variable.shape()));
        });
    state.put("averages", new Saved(steps));
  }

  /** Takes the averages of a checkpoint. */
  void restore(Map<String, Variable> names, SavedState state) throws BadFileException {
    List<Variable> order = List.copyOf(variables);
    for (Map.Entry<String, Variable> entry : names.entrySet()) {
      float[] average = state.floats(PREFIX + entry.getKey(), entry.getValue());
      ParameterChunks.copy(average, averages[order.indexOf(entry.getValue())]);
    }
    steps = state.get("averages", Saved.class).steps;
  }

  private interface ChunkAction {
    void apply(Variable variable, int offset, float[] chunk);
  }

  /** Calls the action for each chunk of averages, with {@link #values} set to the weights. */
  private void forEachChunk(ChunkAction action) {
    int index = 0;
    for (Variable variable : variables) {
      float[][] chunks = averages[index++];
      for (int i = 0; i < chunks.length; i++) {
        int offset = i * ParameterChunks.LENGTH;
        variable.read(offset, values, 0, chunks[i].length);
        action.apply(variable, offset, chunks[i]);
      }
    }
  }
}
