package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A loss, the parameters that minimize it, and how they are optimized. Most models have a single
 * objective, created by the trainer. A GAN has two:
 *
 * <pre>{@code
 * Objective<ImageBatch> discriminator =
 *     Objective.of("discriminator", gan::discriminatorLoss, gan.discriminator())
 *         .optimizer(Adam.rate(1e-4));
 * Objective<ImageBatch> generator =
 *     Objective.of("generator", gan::generatorLoss, gan.generator()).optimizer(Adam.rate(2e-4));
 * Trainer.of(discriminator, generator).batch(32).fit(images);
 * }</pre>
 *
 * <p>In each step, every objective runs its own forward and backward pass on the same batch, in
 * order, so that later objectives see the updates of earlier ones, as in taming-transformers. The
 * passes draw the same random numbers: draw k of a step has the same values in every objective. A
 * pass changes nothing but the trained blocks: all other parameters are treated as frozen, and
 * updates of other buffers, such as batch statistics or EMA codebooks, are skipped.
 *
 * <p>Settings that an objective leaves open are those of the {@link Trainer}. Reports, monitors and
 * early stopping use the loss of the first objective unless they are told otherwise.
 *
 * @param <B> the type of a batch
 */
public final class Objective<B> {
  /**
   * Computes a loss.
   *
   * @param <B> the type of a batch
   */
  @FunctionalInterface
  public interface Loss<B> {
    /**
     * Computes the loss of a batch. As for {@link Trainable#loss}, it is a mean over the examples,
     * and is computed by several threads at once, each with its share of the batch.
     *
     * @param step the step of the computation, in training or inference mode
     * @param batch the batch, or a worker's share of it
     * @param progress the position of the training run or evaluation
     * @return the loss terms, and optionally metrics and the usage of codebooks
     */
    BatchLoss compute(Step step, B batch, TrainingProgress progress);
  }

  private final String name;
  private final Loss<B> loss;
  private final Map<String, Variable> variables;
  private final List<Block> blocks;
  private Optional<Optimizer> optimizer = Optional.empty();
  private Optional<Schedule> schedule = Optional.empty();
  private Optional<Double> clipNorm = Optional.empty();
  private List<ParameterGroup> groups = List.of();
  private int every = 1;

  private Objective(
      String name, Loss<B> loss, Map<String, Variable> variables, List<Block> blocks) {
    this.name = name;
    this.loss = loss;
    this.variables = variables;
    this.blocks = blocks;
  }

  /**
   * Creates an objective.
   *
   * @param name the name in reports and files
   * @param loss computes the loss
   * @param trained the block whose parameters minimize the loss, and whose buffers the pass may
   *     update
   * @param more further such blocks. In files of {@link Trainable#of}, the name of the objective is
   *     then followed by the index of the block, from 0.
   * @param <B> the type of a batch
   * @return the objective, with the trainer's optimizer, schedule and clipping
   * @throws IllegalArgumentException if the name is empty or contains a slash or a dot, or no block
   *     has variables
   */
  public static <B> Objective<B> of(String name, Loss<B> loss, Block trained, Block... more) {
    if (name.isEmpty() || name.matches(".*[/.].*")) {
      throw new IllegalArgumentException(
          "Objective.of: expected a name without slashes and dots, got \"" + name + "\".");
    }
    Map<String, Variable> variables = new LinkedHashMap<>();
    trained.variables().forEach((n, v) -> variables.put(more.length == 0 ? n : "0." + n, v));
    for (int i = 0; i < more.length; i++) {
      String prefix = i + 1 + ".";
      more[i].variables().forEach((n, v) -> variables.put(prefix + n, v));
    }
    List<Block> blocks = new ArrayList<>(List.of(more));
    blocks.add(0, trained);
    return create(name, loss, variables, List.copyOf(blocks));
  }

  /** Returns the objectives of a model; throws IllegalStateException if they are null. */
  static <B> List<Objective<B>> allOf(Trainable<B> model) {
    List<Objective<B>> all = model.objectives();
    if (all == null) {
      throw new IllegalStateException(
          "Trainable.objectives: expected a list of one or more objectives, got null from "
              + model.getClass().getSimpleName()
              + ".");
    }
    return all;
  }

  /** Creates an objective that trains the given variables. */
  static <B> Objective<B> all(String name, Loss<B> loss, Map<String, Variable> variables) {
    return create(name, loss, variables, List.of());
  }

  private static <B> Objective<B> create(
      String name, Loss<B> loss, Map<String, Variable> variables, List<Block> blocks) {
    if (variables.isEmpty()) {
      throw new IllegalArgumentException(
          "Objective: expected parameters or buffers to train, got none. Register layers with"
              + " child(name, layer).");
    }
    return new Objective<>(name, loss, variables, blocks);
  }

  private Objective<B> copy() {
    Objective<B> copy = new Objective<>(name, loss, variables, blocks);
    copy.optimizer = optimizer;
    copy.schedule = schedule;
    copy.clipNorm = clipNorm;
    copy.groups = groups;
    copy.every = every;
    return copy;
  }

  /**
   * Sets the optimizer.
   *
   * @param newOptimizer a new optimizer, or one that has already been used for these parameters,
   *     which continues with its state
   * @return a changed copy
   */
  public Objective<B> optimizer(Optimizer newOptimizer) {
    Objective<B> copy = copy();
    copy.optimizer = Optional.of(newOptimizer);
    return copy;
  }

  /**
   * Sets the learning rate schedule.
   *
   * @param newSchedule the schedule, whose factors multiply the learning rates
   * @return a changed copy
   */
  public Objective<B> schedule(Schedule newSchedule) {
    Objective<B> copy = copy();
    copy.schedule = Optional.of(newSchedule);
    return copy;
  }

  /**
   * Enables gradient clipping by the global norm of this objective's gradients; see {@link
   * Trainer#clipNorm}.
   *
   * @param maxNorm the maximum norm, above 0
   * @return a changed copy
   */
  public Objective<B> clipNorm(double maxNorm) {
    Checks.maxNorm("Objective.clipNorm", maxNorm);
    Objective<B> copy = copy();
    copy.clipNorm = Optional.of(maxNorm);
    return copy;
  }

  /**
   * Adds parameters with their own learning rate or weight decay.
   *
   * @param group the group; its parameters are among those that the objective trains
   * @return a changed copy
   * @throws IllegalArgumentException if a parameter is not trained by this objective, or is already
   *     in another group
   */
  public Objective<B> group(ParameterGroup group) {
    for (Parameter parameter : group.parameters()) {
      if (!variables.containsValue(parameter)) {
        throw new IllegalArgumentException(
            "Objective.group: expected parameters that the objective trains, got "
                + parameter.name()
                + ".");
      }
      if (groups.stream().anyMatch(other -> other.parameters().contains(parameter))) {
        throw new IllegalArgumentException(
            "Objective.group: expected parameters that are in no other group, got "
                + parameter.name()
                + ".");
      }
    }
    List<ParameterGroup> all = new ArrayList<>(groups);
    all.add(group);
    Objective<B> copy = copy();
    copy.groups = List.copyOf(all);
    return copy;
  }

  /**
   * Sets how often the objective runs. The default is in every step. With n critic steps for each
   * generator step (Arjovsky et al. 2017), the generator's objective runs every n steps. The first
   * objective of a model runs in every step.
   *
   * @param steps the interval: the objective runs in steps n, 2n, ..
   * @return a changed copy
   * @throws IllegalArgumentException if the interval is below 1
   */
  public Objective<B> every(int steps) {
    Checks.atLeastOne("Objective.every", steps, "step");
    Objective<B> copy = copy();
    copy.every = steps;
    return copy;
  }

  /** Returns a copy whose parameters all have the optimizer's learning rate and weight decay. */
  Objective<B> withoutGroups() {
    Objective<B> copy = copy();
    copy.groups = List.of();
    return copy;
  }

  /** Returns a copy whose open settings are the given ones. */
  Objective<B> withDefaults(Optimizer newOptimizer, Schedule newSchedule, double maxNorm) {
    Objective<B> copy = copy();
    copy.optimizer = Optional.of(optimizer.orElse(newOptimizer));
    copy.schedule = Optional.of(schedule.orElse(newSchedule));
    copy.clipNorm = Optional.of(clipNorm.orElse(maxNorm));
    return copy;
  }

  /**
   * Returns the name.
   *
   * @return the name; empty for the only objective of a model
   */
  public String name() {
    return name;
  }

  /** Returns the prefix of the first block's variables in files of {@link Trainable#of}. */
  String firstBlock() {
    return blocks.size() > 1 ? name + ".0" : name;
  }

  /** Returns the blocks that are trained; none if they are those of the model. */
  List<Block> blocks() {
    return blocks;
  }

  /** Returns the name of a loss term for messages. */
  String termName(String term) {
    return qualified("the " + term + " term");
  }

  /** Returns what a message is about, with the objective if it has a name. */
  String qualified(String subject) {
    return name.isEmpty() ? subject : subject + " of objective " + name;
  }

  /** Computes the loss of a batch; it is not null. */
  BatchLoss loss(Step step, B batch, TrainingProgress progress) {
    BatchLoss result = loss.compute(step, batch, progress);
    if (result == null) {
      throw new IllegalStateException(
          (name.isEmpty() ? "Trainable.loss" : "The loss of objective " + name)
              + ": expected a BatchLoss, got null. Return BatchLoss.of(name, value).");
    }
    return result;
  }

  /** Returns the variables that this objective trains. */
  Map<String, Variable> variables() {
    return variables;
  }

  Optional<Optimizer> optimizer() {
    return optimizer;
  }

  Optional<Schedule> schedule() {
    return schedule;
  }

  /** Returns the maximum gradient norm; 0 disables clipping. */
  Optional<Double> clipNorm() {
    return clipNorm;
  }

  List<ParameterGroup> groups() {
    return groups;
  }

  /** Returns whether the objective runs in a step. */
  boolean runsIn(long step) {
    return step % every == 0;
  }

  int every() {
    return every;
  }
}
