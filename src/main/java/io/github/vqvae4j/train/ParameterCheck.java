package io.github.vqvae4j.train;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;

/** Checks that a loss depends on the parameters to train, and on none that were forgotten. */
final class ParameterCheck {
  private static final Logger LOG = Log.of(ParameterCheck.class);

  /** The variables of the model, and others of which the log has warned. */
  private final Set<Variable> known;

  private final boolean only;
  private final Set<ObjectiveState<?>> checked = new HashSet<>();

  /**
   * Creates a check.
   *
   * @param model the parameters and buffers of the model
   * @param only whether the model has a single objective
   */
  ParameterCheck(Collection<Variable> model, boolean only) {
    this.only = only;
    known = new HashSet<>(model);
  }

  /**
   * Checks a pass of the first worker. In the first one of an objective, warns of trainable
   * parameters that are not part of the model, and if the loss of one of several objectives is
   * constant, since it may also begin later.
   */
  void warn(ObjectiveState<?> state, long number, Step step, Tensor loss) {
    if (checked.add(state)) {
      warnOfUnknown(step);
      if (!only && isConstant(state, loss)) {
        LOG.warn("{} Ignore this if it begins later.", message(state, number));
      }
    }
  }

  /**
   * Checks a pass of any worker. The loss of an objective may be constant in some steps, but not
   * that of the only one.
   *
   * @throws IllegalStateException if the loss of the only objective depends on no parameter that it
   *     trains, and not all of these are frozen
   */
  void check(ObjectiveState<?> state, long number, Tensor loss) {
    if (only && isConstant(state, loss)) {
      throw new IllegalStateException(message(state, number));
    }
  }

  private static boolean isConstant(ObjectiveState<?> state, Tensor loss) {
    return state.trains() && !loss.requiresGradient();
  }

  private static String message(ObjectiveState<?> state, long number) {
    String name = state.objective().name();
    return (name.isEmpty() ? "Trainer: the" : "Objective " + name + ": its")
        + " loss depends on none of the parameters that it trains in step "
        + number
        + ". Check for stopGradient, frozen parts, layers that are not registered with child(name,"
        + " layer), or blocks that are not passed to Objective.of.";
  }

  private void warnOfUnknown(Step step) {
    List<Variable> unknown =
        step.variables().stream().filter(v -> v.isTrainable() && !known.contains(v)).toList();
    if (!unknown.isEmpty()) {
      LOG.warn(
          "The loss uses {} that no block of the model contains ({}): {} neither trained nor"
              + " saved. Register {} with child(name, layer), or freeze what is not to be trained.",
          Counts.of(unknown.size(), "parameter"),
          MessageText.firstFew(unknown.stream().map(Variable::toString).toList()),
          unknown.size() == 1 ? "it is" : "they are",
          unknown.size() == 1 ? "its layer" : "their layers");
      known.addAll(unknown);
    }
  }
}
