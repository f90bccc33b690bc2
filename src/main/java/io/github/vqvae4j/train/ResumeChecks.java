package io.github.vqvae4j.train;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.log.internal.Log;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/** Checks whether a trainer continues the run of a checkpoint, before it does. */
final class ResumeChecks {
  private static final Logger LOG = Log.of(Trainer.class);

  /** Settings that a resumed run may change. */
  private static final Set<String> FREE = Set.of("steps", "maxSeconds", "bestFile");

  /** The part of a description that differs in each process: that of an object or a lambda. */
  private static final Pattern IDENTITY =
      Pattern.compile("(?<=[\\w.$])(\\$\\$Lambda[\\w/$]*)?@[0-9a-f]{1,8}(?![\\w/.@-])");

  private ResumeChecks() {}

  /**
   * Checks that a resumed run has what its checkpoint cannot contain.
   *
   * @param optimizer null if it is missing
   * @param schedule null if it is missing
   * @param metric null if it is missing
   * @param heldOut null if there are no evaluations
   */
  static void complete(
      SavedState checkpoint,
      Optimizer optimizer,
      Schedule schedule,
      ToDoubleFunction<Evaluation> metric,
      Source<?> heldOut) {
    List<String> missing = new ArrayList<>();
    if (optimizer == null) {
      missing.add("optimizer(..)");
    }
    if (schedule == null) {
      missing.add("schedule(..)");
    }
    if (metric == null) {
      missing.add("monitor(..)");
    }
    long every = savedSettings(checkpoint).evaluateEvery();
    if (heldOut == null && every > 0) {
      missing.add("evaluate(heldOut, " + every + ")");
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "Trainer.resume: expected the parts of the run that "
              + FileNames.path(checkpoint.file())
              + " cannot contain, got none. Before fit, call "
              + String.join(" and ", missing)
              + ", with the objects of the first run.");
    }
  }

  /** Checks that a resumed run has a metric of the user only if the first one had one. */
  static void monitored(SavedState checkpoint, boolean isMonitored) {
    try {
      if (isMonitored && !TrainerSettings.isMonitored(checkpoint)) {
        throw new IllegalStateException(
            "Trainer.resume: expected no metric, since the run of "
                + FileNames.path(checkpoint.file())
                + " had none, and its best evaluation was chosen by the score of the model. Remove"
                + " monitor(..), or start a new run.");
      }
    } catch (BadFileException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TrainingSettings savedSettings(SavedState checkpoint) {
    try {
      return Checkpoint.settings(checkpoint);
    } catch (BadFileException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks that a run has the settings of the checkpoint with which it starts. Warns if an
   * optimizer has others, or the best model is no longer saved.
   */
  static void settings(SavedState checkpoint, TrainingSettings settings, Model model) {
    try {
      List<String> changes = requireSame(checkpoint, settings, model);
      String best = Checkpoint.settings(checkpoint).bestFile();
      if (!best.isEmpty() && settings.bestFile().isEmpty()) {
        LOG.warn(
            "The run saved its best model in {}, which is not written any more. To go on, call"
                + " saveBest(..) before fit.",
            MessageText.escaped(best));
      }
      if (!changes.isEmpty()) {
        LOG.warn(
            "{}. From here on, the run differs from one with the first settings.",
            MessageText.escaped(String.join("; ", changes)));
      }
    } catch (BadFileException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks that a run has the settings of a checkpoint; the number of steps, the time limit, the
   * file of the best model, the patience of early stopping and the settings of an optimizer of the
   * same kind may differ.
   *
   * @return the differences of optimizers
   * @throws IllegalStateException if another setting differs, or the checkpoint has more steps
   * @throws BadFileException if the checkpoint has no settings
   */
  private static List<String> requireSame(SavedState state, TrainingSettings settings, Model model)
      throws BadFileException {
    TrainingSettings saved = Checkpoint.settings(state);
    List<String> differences = new ArrayList<>();
    JsonObject expected = RecordJson.toJson(saved);
    JsonObject actual = RecordJson.toJson(settings);
    FREE.forEach(
        name -> {
          expected.remove(name);
          actual.remove(name);
        });
    if (saved.patience() > 0 && settings.patience() > 0) {
      expected.remove("patience");
      actual.remove("patience");
    }
    expected.remove("trainingData");
    expected.remove("heldOutData");
    actual.remove("trainingData");
    actual.remove("heldOutData");
    compareData(saved, settings, differences);
    compare("", expected, actual, differences);
    List<String> ofOptimizers = optimizers(saved, settings);
    differences.removeAll(ofOptimizers);
    compare("model", Checkpoint.modelSettings(state), RunJson.model(model), differences);
    if (!differences.isEmpty()) {
      throw new IllegalStateException(
          "Trainer.resume: expected the settings of "
              + FileNames.path(state.file())
              + ", got others: "
              + String.join("; ", differences)
              + ". Set the values of the checkpoint and pass the same data, or start a new run.");
    }
    long step = RunHistory.step(state);
    if (settings.steps() < step) {
      throw new IllegalStateException(
          "Trainer.resume: expected at least "
              + step
              + " steps, those of "
              + FileNames.path(state.file())
              + ", got "
              + settings.steps()
              + ". Call steps(..) with the number of all steps.");
    }
    return ofOptimizers;
  }

  /**
   * Checks that a resumed run has the loss terms that it had before, since a checkpoint does not
   * contain a custom loss. Warns of new ones, which may begin in this step.
   *
   * @param step the first step of the objective after the run was resumed
   * @param earlier the names of the terms in the objective's step before
   * @param names the names of the terms in this step
   * @throws IllegalStateException if a term is missing
   */
  static void terms(Objective<?> objective, long step, List<String> earlier, List<String> names) {
    if (!names.containsAll(earlier)) {
      throw new IllegalStateException(
          "Trainer.resume: expected "
              + objective.qualified("the loss")
              + " with the terms of the run, "
              + MessageText.escaped(earlier.toString())
              + ", got "
              + MessageText.escaped(names.toString())
              + " in step "
              + step
              + ". Pass the model with its custom loss, as reconstructionLoss(..), or without one, as"
              + " in the first run. In steps in which a term is not needed, give it the value and the"
              + " weight 0 instead of leaving it out.");
    }
    if (!earlier.containsAll(names)) {
      LOG.warn(
          "In step {}, the first after the run was resumed, {} has the terms {}; before, it had {}."
              + " If none of them begins in this step, pass the model with the loss of the first"
              + " run.",
          step,
          objective.qualified("the loss"),
          MessageText.escaped(names.toString()),
          MessageText.escaped(earlier.toString()));
    }
  }

  private static void compareData(
      TrainingSettings saved, TrainingSettings settings, List<String> differences) {
    compareData(
        "the run was trained on %s, this dataset has %s",
        "no fixed number of examples", saved.trainingData(), settings.trainingData(), differences);
    compareData(
        "the run was evaluated on %s, the held-out dataset has %s",
        "no examples", saved.heldOutData(), settings.heldOutData(), differences);
  }

  /** Names the numbers of examples, and their shapes if these differ. */
  private static void compareData(
      String message,
      String none,
      List<Integer> expected,
      List<Integer> actual,
      List<String> differences) {
    if (!expected.equals(actual)) {
      boolean sameShape =
          !expected.isEmpty()
              && !actual.isEmpty()
              && expected.subList(1, expected.size()).equals(actual.subList(1, actual.size()));
      differences.add(
          String.format(
              message, examples(expected, none, sameShape), examples(actual, none, sameShape)));
    }
  }

  private static String examples(List<Integer> data, String none, boolean onlyCount) {
    if (data.isEmpty()) {
      return none;
    }
    String count = Counts.of(data.get(0), "example");
    return onlyCount ? count : count + " " + data.subList(1, data.size());
  }

  /** Returns the differences between optimizers of the same kind, as {@link #compare} does. */
  private static List<String> optimizers(TrainingSettings saved, TrainingSettings settings) {
    List<String> differences = new ArrayList<>();
    int count = Math.min(saved.objectives().size(), settings.objectives().size());
    for (int i = 0; i < count; i++) {
      String expected = saved.objectives().get(i).optimizer();
      String actual = settings.objectives().get(i).optimizer();
      if (kind(expected).equals(kind(actual))) {
        compare(
            "objectives[" + i + "].optimizer",
            new JsonPrimitive(expected),
            new JsonPrimitive(actual),
            differences);
      }
    }
    return differences;
  }

  /** Returns the name at the start of a description. */
  private static String kind(String optimizer) {
    return optimizer.split("[^\\w.$]", 2)[0];
  }

  private static void compare(
      String path, JsonElement expected, JsonElement actual, List<String> differences) {
    if (expected instanceof JsonObject one && actual instanceof JsonObject two) {
      Set<String> names = new TreeSet<>(one.keySet());
      names.addAll(two.keySet());
      for (String name : names) {
        compare(
            path.isEmpty() ? name : path + "." + name, one.get(name), two.get(name), differences);
      }
    } else if (expected instanceof JsonArray one
        && actual instanceof JsonArray two
        && one.size() == two.size()) {
      for (int i = 0; i < one.size(); i++) {
        compare(path + "[" + i + "]", one.get(i), two.get(i), differences);
      }
    } else if (!text(expected).equals(text(actual))) {
      differences.add(path + " is " + text(actual) + " instead of " + text(expected));
    }
  }

  private static String text(JsonElement value) {
    return value == null ? "missing" : IDENTITY.matcher(value.toString()).replaceAll("");
  }
}
