package io.github.vqvae4j.train;

import java.util.List;

/**
 * The settings of an objective in a training run.
 *
 * @param name the name; empty for the only objective of a model
 * @param optimizer a description of the optimizer and its settings
 * @param schedule a description of the learning rate schedule
 * @param clipNorm the maximum gradient norm; 0 for no clipping
 * @param every the number of steps between two updates
 * @param groups a description of each parameter group
 */
public record ObjectiveSettings(
    String name,
    String optimizer,
    String schedule,
    double clipNorm,
    int every,
    List<String> groups) {
  static ObjectiveSettings of(Objective<?> objective) {
    return new ObjectiveSettings(
        objective.name(),
        objective.optimizer().orElseThrow().toString(),
        objective.schedule().orElseThrow().toString(),
        objective.clipNorm().orElseThrow(),
        objective.every(),
        objective.groups().stream().map(ParameterGroup::toString).toList());
  }
}
