package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Makes training steps atomic: keeps a copy of a model's parameters and buffers after the last
 * successful step, checks that new values are finite, and restores the copy if a step fails. Only
 * variables that were written since the last copy are copied again.
 */
final class ModelTransaction {
  /** A variable and its copy in chunks; {@code saved} holds the values as of {@code version}. */
  private static final class Entry {
    final String name;
    final Variable variable;
    float[][] saved;
    float[][] candidate;
    Runnable restoreReplacements = () -> {};
    long version;
    long candidateVersion;

    /** Whether all values of the candidate are finite. */
    boolean finite;

    Entry(String name, Variable variable) {
      this.name = name;
      this.variable = variable;
      saved = ParameterChunks.zeros(variable.size());
      candidate = ParameterChunks.zeros(variable.size());
    }

    /** Returns whether the candidate has the current values. */
    boolean isRead() {
      return candidateVersion == variable.version();
    }

    /** Returns whether the variable was written since its values were saved. */
    boolean isChanged() {
      return version != variable.version();
    }

    /**
     * Copies the current values to the candidate, and checks that they are finite.
     *
     * @param sums a scratch array: sums of 0 times each value, which are NaN if a value is not
     *     finite. One per position, to vectorize
     */
    void read(float[] sums) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < candidate.length; i++) {
        float[] chunk = candidate[i];
        variable.read((long) i * ParameterChunks.LENGTH, chunk, 0, chunk.length);
        addZeros(chunk, sums);
      }
      float sum = 0;
      for (float value : sums) {
        sum += value;
      }
      finite = sum == 0;
      candidateVersion = variable.version();
    }

    void acceptCandidate() {
      float[][] previous = saved;
      saved = candidate;
      candidate = previous;
      restoreReplacements = variable.saveReplacements();
      version = candidateVersion;
    }

    void restore() {
      for (int i = 0; i < saved.length; i++) {
        variable.write((long) i * ParameterChunks.LENGTH, saved[i], 0, saved[i].length);
      }
      restoreReplacements.run();
      version = variable.version();
    }

    NonFiniteElement firstNonFinite() {
      for (int i = 0; i < candidate.length; i++) {
        float[] chunk = candidate[i];
        int index = NonFinite.index(chunk, chunk.length);
        if (index >= 0) {
          return new NonFiniteElement(
              this, (long) i * ParameterChunks.LENGTH + index, chunk[index]);
        }
      }
      return null;
    }
  }

  private record NonFiniteElement(Entry entry, long index, float value) {
    String name() {
      return entry.name + "[" + index + "]";
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  ModelTransaction(Map<String, Variable> variables) {
    List<Variable> distinct = new ArrayList<>();
    variables.forEach(
        (name, variable) -> {
          if (!distinct.contains(variable)) {
            distinct.add(variable);
            entries.add(new Entry(name, variable));
          }
        });
  }

  /**
   * Starts a step: saves the values that were written since the last one, or all values the first
   * time.
   *
   * @throws DivergenceException if a value is not finite
   */
  void begin(long step) {
    NonFiniteElement found = firstNonFinite();
    if (found != null) {
      throw DivergenceException.beforeStep(step, found.name(), found.value);
    }
    accept();
  }

  /**
   * Completes the initialization of a model from data: saves the values that it changed.
   *
   * @throws DivergenceException if a value is not finite; the caller must {@link #rollBack}
   */
  void commitInitialization() {
    NonFiniteElement found = firstNonFinite();
    if (found != null) {
      throw DivergenceException.afterInitialization(found.name(), found.value);
    }
    accept();
  }

  /**
   * Completes a step: saves the values that it changed.
   *
   * @throws DivergenceException if a value is not finite; the caller must {@link #rollBack}
   */
  void commit(long step, double learningRate) {
    check(step, learningRate);
    accept();
  }

  /**
   * Checks the values that the step has changed so far.
   *
   * @throws DivergenceException if a value is not finite; the caller must {@link #rollBack}
   */
  void check(long step, double learningRate) {
    NonFiniteElement found = firstNonFinite();
    if (found != null) {
      boolean parameter = found.entry.variable instanceof Parameter;
      throw DivergenceException.afterUpdate(
          step, found.name(), found.value, parameter, learningRate);
    }
  }

  /** Restores all variables to the last successful {@link #begin} or {@link #commit}. */
  void rollBack() {
    for (Entry entry : entries) {
      if (entry.isChanged()) {
        entry.restore();
      }
    }
  }

  /**
   * Reads the changed values of some variables ahead of the next check or commit. Several threads
   * may read different variables at the same time, while others write theirs.
   */
  void read(Predicate<Variable> variables) {
    float[] sums = new float[ParameterChunks.LENGTH];
    for (Entry entry : entries) {
      // first the predicate: other threads may write the other variables
      if (variables.test(entry.variable) && entry.isChanged() && !entry.isRead()) {
        entry.read(sums);
      }
    }
  }

  /** Reads all changed variables and returns the first non-finite element, or null. */
  private NonFiniteElement firstNonFinite() {
    read(variable -> true);
    return entries.stream()
        .filter(entry -> entry.isChanged() && !entry.finite)
        .map(Entry::firstNonFinite)
        .findFirst()
        .orElse(null);
  }

  private void accept() {
    entries.stream().filter(Entry::isChanged).forEach(Entry::acceptCandidate);
  }

  private static void addZeros(float[] chunk, float[] sums) {
    for (int i = 0; i < chunk.length; i++) {
      sums[i] += chunk[i] * 0;
    }
  }
}
