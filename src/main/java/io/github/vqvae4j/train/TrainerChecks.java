package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Variable;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.slf4j.Logger;

/** Checks whether the settings of a trainer fit its model and data, before a run. */
final class TrainerChecks {
  private static final Logger LOG = Log.of(Trainer.class);

  private TrainerChecks() {}

  /** Checks the objectives of a model, and the groups of the trainer. */
  static <B> void objectives(Model model, List<Objective<B>> all, List<ParameterGroup> groups) {
    if (all.stream().map(Objective::name).distinct().count() < all.size() || all.isEmpty()) {
      throw new IllegalStateException(
          "Trainer: expected one or more objectives with different names, got "
              + all.stream().map(Objective::name).toList()
              + ".");
    }
    Objective<B> first = all.get(0);
    if (!first.runsIn(1)) {
      throw new IllegalStateException(
          "Trainer: expected a first objective that runs in every step, got \""
              + first.name()
              + "\", which runs every "
              + first.every()
              + " steps. List an objective without every(..) first; reports show its loss.");
    }
    if (all.size() > 1 && !groups.isEmpty()) {
      throw new IllegalStateException(
          "Trainer.group: expected a model with a single objective, got "
              + all.stream().map(Objective::name).toList()
              + ". Call group(..) on the objective instead.");
    }
    Set<Variable> known = new HashSet<>(model.variables().values());
    for (Objective<B> objective : all) {
      if (!known.containsAll(objective.variables().values())) {
        throw new IllegalStateException(
            "Trainer: expected objectives that train parts of the model, got \""
                + objective.name()
                + "\", which trains other parameters or buffers. Register its blocks as children of"
                + " the model.");
      }
    }
  }

  /**
   * Checks that optimizers have no state of other models.
   *
   * @param optimizer the optimizer that the user set; null for none
   */
  static <B> void optimizers(Model model, List<Objective<B>> objectives, Optimizer optimizer) {
    Set<Variable> trained = new HashSet<>(model.variables().values());
    Set<Optimizer> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Objective<B> objective : objectives) {
      Optimizer current = objective.optimizer().orElseThrow();
      Set<Parameter> known = current.parameters();
      if (!trained.containsAll(known)) {
        throw new IllegalStateException(
            "Trainer.optimizer: expected a new optimizer or one used for this model only, got one"
                + " with state of another model's parameters. Create an optimizer for each model:"
                + " optimizer(Adam.rate(..)).");
      }
      distinct.add(current);
    }
    if (optimizer != null && !distinct.contains(optimizer)) {
      throw new IllegalStateException(
          "Trainer.optimizer: every objective has its own optimizer, so this one is never used."
              + " Remove the call.");
    }
  }

  /** Logs which optimizers continue with their state from an earlier run. */
  static <B> void logContinued(List<Objective<B>> objectives) {
    Set<Optimizer> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Objective<B> objective : objectives) {
      Optimizer current = objective.optimizer().orElseThrow();
      if (distinct.add(current) && !current.parameters().isEmpty()) {
        LOG.info(
            "{} continues with its state from an earlier run; step count, schedule and shuffling"
                + " restart. To start from scratch, set a new optimizer.",
            current);
      }
    }
  }

  /**
   * Fails before training instead of at the first evaluation.
   *
   * @param heldOut the held-out data; null for none
   * @param shape the shape of the training examples
   */
  static void heldOut(Source<?> heldOut, List<Integer> shape) {
    if (heldOut != null && (heldOut.size() == 0 || !heldOut.exampleShape().equals(shape))) {
      throw new IllegalArgumentException(
          "Trainer.evaluate: expected one or more "
              + Examples.describe(shape)
              + " like the training data, got "
              + heldOut.size()
              + " "
              + Examples.describe(heldOut.exampleShape())
              + ". Hold out some of the data, prepared like the training data.");
    }
  }

  /**
   * Checks the schedules of a run whose time alone is limited: those that depend on the number of
   * steps, such as cosine annealing, would not change, or a warm-up would never end.
   */
  static <B> void schedules(List<Objective<B>> objectives, long steps) {
    for (Objective<B> objective : objectives) {
      Schedule schedule = objective.schedule().orElseThrow();
      if (steps == StepReport.NO_LIMIT
          && LongStream.of(1, 10, 100, 1_000, 10_000, 100_000)
              .anyMatch(step -> schedule.factor(step, 2 * step) != schedule.factor(step, steps))) {
        throw new IllegalStateException(
            "Trainer.maxTime: expected a number of steps, too, since the schedule "
                + schedule
                + " depends on it. Call steps(..) or epochs(..), or use a constant schedule.");
      }
    }
  }

  /** Warns of objectives that do not run in any of the steps. */
  static <B> void warnOfUntrained(List<Objective<B>> objectives, long steps) {
    for (Objective<B> objective : objectives) {
      if (objective.every() > steps) {
        LOG.warn(
            "Objective {} runs every {} steps, but the run has {}: it is never trained.",
            MessageText.escaped(objective.name()),
            objective.every(),
            steps);
      }
    }
  }
}
