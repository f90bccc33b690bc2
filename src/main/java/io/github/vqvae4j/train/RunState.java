package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.nn.WeightsFile;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.Variable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state of a training run between two steps: everything that the rest of the run depends on. No
 * random number generator is part of it, since all random values are functions of seed, step and
 * example.
 */
final class RunState<B> implements CheckpointWriter {
  private static final String NAME = "run";

  /**
   * The scalars of a checkpoint.
   *
   * @param position the position in the data, in examples
   * @param optimizers their number: objectives may share one
   * @param evaluating the names of the blocks in evaluation mode
   * @param modelNames the names of {@link Trainable#trainingState}
   */
  private record Saved(
      long position,
      long clippedSteps,
      int optimizers,
      List<String> frozen,
      List<String> evaluating,
      List<String> modelNames,
      List<String> modelValues) {}

  private final Trainable<B> model;
  private final TrainingSettings settings;
  private final TrainerSettings trainer;
  private final List<ObjectiveState<B>> objectives;
  private final WeightAverages averages;
  private final Evaluations<B> evaluations;
  private final TrainingStep<B> training;
  private final RunHistory history;
  private final BlockModes modes;

  /** The parameters and buffers, each with one name. */
  private final Map<String, Variable> variables = new LinkedHashMap<>();

  private List<TrainingListener> listeners = List.of();
  private long position;

  /**
   * Creates the state before the first step.
   *
   * @param averages the weight averages; null for none
   */
  RunState(
      Trainable<B> model,
      TrainingSettings settings,
      TrainerSettings trainer,
      List<ObjectiveState<B>> objectives,
      WeightAverages averages,
      Evaluations<B> evaluations,
      TrainingStep<B> training,
      RunHistory history) {
    this.model = model;
    this.settings = settings;
    this.trainer = trainer;
    this.objectives = objectives;
    this.averages = averages;
    this.evaluations = evaluations;
    this.training = training;
    this.history = history;
    modes = new BlockModes(model, objectives.stream().map(ObjectiveState::objective).toList());
    model
        .variables()
        .forEach(
            (name, variable) -> {
              if (!variables.containsValue(variable)) {
                variables.put(name, variable);
              }
            });
  }

  /** Returns the position in the data of a checkpoint. */
  static long position(SavedState state) throws BadFileException {
    return state.get(NAME, Saved.class).position;
  }

  /** Sets the listeners, whose states are part of that of the run. */
  void listeners(List<TrainingListener> newListeners) {
    listeners = List.copyOf(newListeners);
  }

  /** Restores the listeners, which have been notified of the start of the run. */
  void restoreListeners(SavedState state) throws BadFileException {
    ListenerStates.restore(listeners, state);
  }

  /** Sets the position in the data after a step. */
  void position(long newPosition) {
    position = newPosition;
  }

  @Override
  public boolean isIntact() {
    return training.isIntact()
        && variables.values().stream().allMatch(variable -> NonFinite.index(variable) < 0);
  }

  @Override
  public long bestStep() {
    return evaluations.best().map(Evaluation::step).orElse(0L);
  }

  @Override
  public Snapshot snapshot(Path file) {
    SavedState state = SavedState.empty(file);
    Checkpoint.putSettings(state, settings, model);
    trainer.save(state, model);
    evaluations.lastWeights().save(model, Checkpoint.MODEL, state);
    List<Optimizer> optimizers = optimizers();
    Map<Parameter, String> names = new LinkedHashMap<>();
    parameters().forEach((name, parameter) -> names.put(parameter, name));
    for (int i = 0; i < optimizers.size(); i++) {
      state.putAll(optimizerPrefix(i), optimizers.get(i).state(names));
    }
    if (averages != null) {
      averages.save(variables, state);
    }
    evaluations.save(state);
    history.save(state);
    Map<String, String> own = new TreeMap<>(model.trainingState());
    state.put(
        NAME,
        new Saved(
            position,
            training.clippedSteps(),
            optimizers.size(),
            variables.keySet().stream().filter(name -> variables.get(name).isFrozen()).toList(),
            modes.evaluating(),
            List.copyOf(own.keySet()),
            List.copyOf(own.values())));
    ListenerStates.save(listeners, state);
    return () -> Checkpoint.write(state);
  }

  private Map<String, Parameter> parameters() {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    variables.forEach(
        (name, variable) -> {
          if (variable instanceof Parameter parameter) {
            parameters.put(name, parameter);
          }
        });
    return parameters;
  }

  /** Returns the optimizers, each once, in the order of the objectives. */
  private List<Optimizer> optimizers() {
    List<Optimizer> optimizers = new ArrayList<>();
    for (ObjectiveState<B> objective : objectives) {
      Optimizer optimizer = objective.optimizer();
      if (optimizers.stream().noneMatch(other -> other == optimizer)) {
        optimizers.add(optimizer);
      }
    }
    return optimizers;
  }

  private static String optimizerPrefix(int index) {
    return "optimizer/" + index + "/";
  }

  /**
   * Restores the state of a checkpoint with the same settings.
   *
   * @throws UnsupportedOperationException if an optimizer does not save its state; the model is
   *     unchanged then
   * @throws IllegalStateException if objectives shared optimizers and do not any more, or the other
   *     way around; the model is unchanged then
   * @throws BadFileException if the checkpoint is not that of such a run
   */
  void restore(SavedState state) throws BadFileException {
    List<Optimizer> optimizers = optimizers();
    optimizers.forEach(optimizer -> optimizer.state(Map.of()));
    try {
      Saved saved = state.get(NAME, Saved.class);
      if (saved.optimizers != optimizers.size()) {
        throw new IllegalStateException(
            "Trainer.resume: expected objectives with "
                + Counts.of(saved.optimizers, "optimizer")
                + " between them, as in the checkpoint, got "
                + optimizers.size()
                + ". Share optimizers as in the first run.");
      }
      restoreModel(state);
      variables.forEach(
          (name, variable) -> {
            if (saved.frozen.contains(name)) {
              variable.freeze();
            } else {
              variable.unfreeze();
            }
          });
      modes.restore(saved.evaluating);
      for (int i = 0; i < optimizers.size(); i++) {
        optimizers.get(i).restore(parameters(), state.under(optimizerPrefix(i)));
      }
      if (averages != null) {
        averages.restore(variables, state);
      }
      history.restore(state, settings.steps());
      evaluations.restore(state, history.evaluations());
      objectives.forEach(objective -> objective.restore(history.last().objectives()));
      training.clippedSteps(saved.clippedSteps);
      position = saved.position;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw state.bad("content", e.getMessage(), e);
    }
  }

  /** Restores what the model knows; also after its initialization, which may have changed it. */
  void restoreModel(SavedState state) throws BadFileException {
    WeightsFile.fill(state.file(), model.variables(), state.under(Checkpoint.MODEL));
    Saved saved = state.get(NAME, Saved.class);
    Map<String, String> own = new LinkedHashMap<>();
    for (int i = 0; i < saved.modelNames.size(); i++) {
      own.put(saved.modelNames.get(i), saved.modelValues.get(i));
    }
    model.restoreTrainingState(own);
  }
}
