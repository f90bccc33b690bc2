package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model's parameters and buffers as they were after its last good step: checked to be finite, and
 * kept on the heap, to be put back if the next step is refused. A variable is copied again only if
 * it was written to, so that a step costs one copy of what it changed.
 */
final class ModelState {
  /** One variable, in slices; {@code kept} are the numbers of the stamp. */
  private static final class Entry {
    final String name;
    final Variable variable;
    float[][] kept;
    float[][] newer;
    Runnable replacements = () -> {};
    long stamp;
    long newerStamp;

    Entry(String name, Variable variable) {
      this.name = name;
      this.variable = variable;
      kept = ParameterSlices.zeros(variable.size());
      newer = ParameterSlices.zeros(variable.size());
    }

    /** Copies the numbers as they are now, adding 0 times each to the sums of its place. */
    void read(float[] sums) {
      for (int i = 0; i < newer.length; i++) {
        float[] slice = newer[i];
        variable.read((long) i * ParameterSlices.LENGTH, slice, 0, slice.length);
        addZeros(slice, sums);
      }
      newerStamp = variable.stamp();
    }

    void keep() {
      float[][] older = kept;
      kept = newer;
      newer = older;
      replacements = variable.keepReplacements();
      stamp = newerStamp;
    }

    void restore() {
      for (int i = 0; i < kept.length; i++) {
        variable.write((long) i * ParameterSlices.LENGTH, kept[i], 0, kept[i].length);
      }
      replacements.run();
      stamp = variable.stamp();
    }

    Bad firstNotFinite() {
      for (int i = 0; i < newer.length; i++) {
        int index = NonFinite.index(newer[i], newer[i].length);
        if (index >= 0) {
          return new Bad(this, (long) i * ParameterSlices.LENGTH + index, newer[i][index]);
        }
      }
      return null;
    }
  }

  /** A number that is not finite. */
  private record Bad(Entry entry, long index, float value) {
    String name() {
      return entry.name + "[" + index + "]";
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final List<Entry> changed = new ArrayList<>();

  /** Zeros, but NaN where a number was not finite: independent sums, which go side by side. */
  private final float[] sums = new float[ParameterSlices.LENGTH];

  ModelState(Map<String, Variable> variables) {
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
   * Before a step: takes in what was written since the last one, at first everything.
   *
   * @throws DivergenceException if a number is not finite
   */
  void begin(long step) {
    Bad bad = readChanged();
    if (bad != null) {
      throw DivergenceException.beforeStep(step, bad.name(), bad.value);
    }
    changed.forEach(Entry::keep);
  }

  /**
   * After a step: takes in what it changed.
   *
   * @throws DivergenceException if a number is not finite; {@link #restore} is then due
   */
  void end(long step, double rate) {
    Bad bad = readChanged();
    if (bad != null) {
      boolean parameter = bad.entry.variable instanceof Parameter;
      throw DivergenceException.afterUpdate(step, bad.name(), bad.value, parameter, rate);
    }
    changed.forEach(Entry::keep);
  }

  /** Puts everything back as it was at the last {@link #begin} or {@link #end} that was good. */
  void restore() {
    for (Entry entry : entries) {
      if (entry.variable.stamp() != entry.stamp) {
        entry.restore();
      }
    }
  }

  private Bad readChanged() {
    changed.clear();
    Arrays.fill(sums, 0);
    for (Entry entry : entries) {
      if (entry.variable.stamp() != entry.stamp) {
        entry.read(sums);
        changed.add(entry);
      }
    }
    float sum = 0;
    for (float each : sums) {
      sum += each;
    }
    return sum == 0
        ? null
        : changed.stream()
            .map(Entry::firstNotFinite)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow();
  }

  private static void addZeros(float[] slice, float[] sums) {
    for (int i = 0; i < slice.length; i++) {
      sums[i] += slice[i] * 0;
    }
  }
}
