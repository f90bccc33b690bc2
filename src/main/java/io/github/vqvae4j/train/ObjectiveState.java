package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * An objective during a training run: its parameters by group, and the results of its last step.
 */
final class ObjectiveState<B> {
  /** The term that PyTorch's {@code clip_grad_norm_} adds to the norm. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Objective<B> objective;
  private final Optimizer optimizer;
  private final Set<Variable> variables = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Parameter, String> names = new IdentityHashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<ParameterGroup> groups = new ArrayList<>();
  private LossReport loss;
  private List<CodebookUsage> usage = List.of();
  private ObjectiveReport report;
  private boolean clipped;

  /** The names of the loss terms before the run was resumed; null after its next step began. */
  private List<String> earlierTerms;

  /** Whether a worker has updated parameters in the current step. */
  private volatile boolean updated;

  /**
   * Creates the state before the first step.
   *
   * @param objective an objective with all settings
   * @param model the model, which names the parameters
   */
  ObjectiveState(Objective<B> objective, Model model) {
    this.objective = objective;
    optimizer = objective.optimizer().orElseThrow();
    variables.addAll(objective.variables().values());
    model
        .variables()
        .forEach(
            (name, variable) -> {
              if (variables.contains(variable)
                  && variable instanceof Parameter parameter
                  && names.putIfAbsent(parameter, name) == null) {
                parameters.add(parameter);
              }
            });
    List<Parameter> ungrouped = new ArrayList<>(parameters);
    objective.groups().forEach(group -> ungrouped.removeAll(group.parameters()));
    if (!ungrouped.isEmpty()) {
      groups.add(ParameterGroup.of(ungrouped));
    }
    groups.addAll(objective.groups());
  }

  Objective<B> objective() {
    return objective;
  }

  Optimizer optimizer() {
    return optimizer;
  }

  /** Returns the parameters and buffers that this objective trains. */
  Set<Variable> variables() {
    return variables;
  }

  /** Returns the parameters that this objective trains, without duplicates. */
  List<Parameter> parameters() {
    return parameters;
  }

  /** Returns whether at least one of the parameters is not frozen. */
  boolean trains() {
    return parameters.stream().anyMatch(Parameter::isTrainable);
  }

  String nameOf(Parameter parameter) {
    return names.get(parameter);
  }

  void beginStep() {
    updated = false;
    clipped = false;
  }

  /**
   * Adds the loss of one of several batches of equal size: the mean of losses, the sum of usage.
   *
   * @param shares the losses of the shares of the batch
   * @param index the index of the batch
   */
  void addLoss(List<ShareLoss> shares, int index) {
    ShareLoss batch = ShareLoss.merge(shares);
    if (index == 0) {
      loss = batch.loss();
      usage = batch.usage();
    } else {
      loss = loss.mean(index / (index + 1.0), batch.loss(), 1 / (index + 1.0));
      usage = CodebookUsage.plus(usage, batch.usage());
    }
  }

  /**
   * Updates some parameters with gradients.
   *
   * @param owned selects the parameters
   * @param norm the norm of all gradients of the objective
   * @param factor the factor of the learning rate in this step
   */
  void update(Predicate<Parameter> owned, Gradients gradients, double norm, double factor) {
    float clip = clipFactor(norm, objective.clipNorm().orElseThrow());
    Gradients scaled = clip < 1 ? gradients.times(clip) : gradients;
    updated = true;
    for (ParameterGroup group : groups) {
      List<Parameter> selected = group.parameters().stream().filter(owned).toList();
      if (!selected.isEmpty()) {
        optimizer.update(
            selected,
            scaled,
            group.rate().orElse(optimizer.rate()) * factor,
            group.weightDecay().orElse(optimizer.weightDecay()));
      }
    }
  }

  /** Reports a step after its update. */
  void endStep(long step, double norm, double factor) {
    clipped = clipFactor(norm, objective.clipNorm().orElseThrow()) < 1;
    report = new ObjectiveReport(step, loss, optimizer.rate() * factor, norm);
  }

  /** Returns the factor that clips gradients of a norm; a maximum norm of 0 disables clipping. */
  static float clipFactor(double norm, double maxNorm) {
    return maxNorm > 0 ? (float) Math.min(1, maxNorm / (norm + CLIP_EPSILON)) : 1;
  }

  /**
   * Returns the factor of the learning rate in a step.
   *
   * @throws IllegalStateException if the schedule returns an invalid factor
   */
  double factor(long step, long steps) {
    Schedule schedule = objective.schedule().orElseThrow();
    double factor = schedule.factor(step, steps);
    double maxRate =
        groups.stream().mapToDouble(g -> g.rate().orElse(optimizer.rate())).max().orElse(0);
    if (!(factor >= 0 && maxRate * factor <= Float.MAX_VALUE)) {
      throw new IllegalStateException(
          "Schedule: expected a factor of at least 0 and a learning rate that a float can represent"
              + " for step "
              + step
              + " of "
              + steps
              + ", got "
              + factor
              + " from "
              + schedule
              + ".");
    }
    return factor;
  }

  /** Resets the optimizer if it was updated in a step that failed; returns whether it was. */
  boolean rollBack() {
    if (updated) {
      optimizer.reset();
    }
    return updated;
  }

  /**
   * Takes the metrics of the last step in which the objective ran, if it did, from a checkpoint.
   */
  void restore(List<ObjectiveReport> reports) {
    reports.stream()
        .filter(r -> r.loss().objective().equals(objective.name()))
        .forEach(
            r -> {
              report = r;
              earlierTerms = r.loss().terms().stream().map(TermReport::name).toList();
            });
  }

  /**
   * Checks the loss terms of the first step after a run was resumed, as {@link ResumeChecks#terms}
   * does. Does nothing in other steps.
   */
  void checkTerms(long step, BatchLoss first) {
    if (earlierTerms != null) {
      List<String> names = first.terms().stream().map(LossTerm::name).toList();
      ResumeChecks.terms(objective, step, earlierTerms, names);
      earlierTerms = null;
    }
  }

  /** Returns the metrics of the last step in which the objective ran; null before the first. */
  ObjectiveReport report() {
    return report;
  }

  List<CodebookUsage> usage() {
    return usage;
  }

  boolean clipped() {
    return clipped;
  }
}
