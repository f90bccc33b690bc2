package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a checkpoint contains of a trainer, besides {@link TrainingSettings}, so that {@link
 * Trainer#resume(java.nio.file.Path)} can build it.
 *
 * @param optimizer empty if it was read from a file, and is not one of the library
 * @param schedule empty if it was read from a file, and is not one of the library
 * @param clipNorm the maximum gradient norm; 0 for no clipping
 * @param isMonitored whether {@link Trainer#monitor} was called
 */
record TrainerSettings(
    Optional<Optimizer> optimizer,
    Optional<Schedule> schedule,
    double clipNorm,
    boolean isMonitored,
    List<ParameterGroup> groups) {
  private static final String NAME = "trainer";
  private static final String OPTIMIZER = "optimizer";
  private static final String SCHEDULE = "schedule";

  /**
   * A parameter group.
   *
   * @param rate 0 for that of the optimizer
   * @param weightDecay -1 for that of the optimizer
   */
  private record Group(List<String> parameters, double rate, double weightDecay) {}

  private record Saved(double clipNorm, boolean isMonitored, List<Group> groups) {}

  void save(SavedState state, Model model) {
    List<Group> saved = new ArrayList<>();
    for (ParameterGroup group : groups) {
      saved.add(
          new Group(
              group.parameters().stream().map(parameter -> name(parameter, model)).toList(),
              group.rate().orElse(0),
              group.weightDecay().orElse(-1)));
    }
    state.put(NAME, new Saved(clipNorm, isMonitored, saved));
    state.put(OPTIMIZER, SavedKinds.of(optimizer.orElseThrow()));
    state.put(SCHEDULE, SavedKinds.of(schedule.orElseThrow()));
  }

  private static String name(Parameter parameter, Model model) {
    return model.variables().entrySet().stream()
        .filter(entry -> entry.getValue() == parameter)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /**
   * Reads the settings.
   *
   * @param model the model, whose parameters may be in groups
   * @throws BadFileException if the checkpoint does not contain them, or the model lacks a
   *     parameter of a group
   */
  static TrainerSettings read(SavedState state, Model model) throws BadFileException {
    Saved saved = state.get(NAME, Saved.class);
    try {
      Optional<Optimizer> optimizer = SavedKinds.optimizer(state.json(OPTIMIZER));
      Optional<Schedule> schedule = SavedKinds.schedule(state.json(SCHEDULE));
      List<ParameterGroup> groups = new ArrayList<>();
      for (Group group : saved.groups) {
        List<Parameter> parameters = new ArrayList<>();
        for (String name : group.parameters) {
          parameters.add(parameter(name, model, state));
        }
        groups.add(
            new ParameterGroup(
                parameters,
                group.rate == 0 ? OptionalDouble.empty() : OptionalDouble.of(group.rate),
                group.weightDecay < 0
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(group.weightDecay)));
      }
      return new TrainerSettings(optimizer, schedule, saved.clipNorm, saved.isMonitored, groups);
    } catch (IllegalArgumentException e) {
      throw state.bad("metadata of the trainer", e.getMessage(), e);
    }
  }

  /** Returns whether the run of a checkpoint had a metric of the user. */
  static boolean isMonitored(SavedState state) throws BadFileException {
    return state.get(NAME, Saved.class).isMonitored;
  }

  private static Parameter parameter(String name, Model model, SavedState state)
      throws BadFileException {
    Variable variable = model.variables().get(name);
    if (variable instanceof Parameter parameter) {
      return parameter;
    }
    throw new BadFileException(
        state.file(),
        "metadata of the trainer",
        "expected a model with the parameter "
            + name
            + " of a parameter group, got another; build the model as for the first run");
  }
}
