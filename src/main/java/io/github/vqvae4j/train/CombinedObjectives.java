package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model that consists of the blocks that its objectives train. */
record CombinedObjectives<B>(List<Objective<B>> objectives) implements Trainable<B> {
  @Override
  public Map<String, Variable> variables() {
    return variables(Map.of(), objectives);
  }

  /**
   * Returns the variables of a model, and those that only its objectives have. The names of the
   * latter are prefixed with the first objective that trains them.
   */
  static <B> Map<String, Variable> variables(
      Map<String, Variable> model, List<Objective<B>> objectives) {
    Map<String, Variable> all = new LinkedHashMap<>(model);
    for (Objective<B> objective : objectives) {
      objective
          .variables()
          .forEach(
              (name, variable) -> {
                String full = objective.name() + "." + name;
                if (!all.containsValue(variable) && all.putIfAbsent(full, variable) != null) {
                  throw new IllegalStateException(
                      "Objective: expected a name that is not one of a part of the model, got \""
                          + objective.name()
                          + "\": there are two variables named "
                          + full
                          + ". Rename the objective.");
                }
              });
    }
    return all;
  }

  @Override
  public BatchLoss loss(Step step, B batch, TrainingProgress progress) {
    return objectives.get(0).loss(step, batch, progress);
  }

  @Override
  public String toString() {
    return objectives.stream().map(Objective::name).toList().toString();
  }
}
