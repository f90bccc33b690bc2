package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Executes the steps of a training run: for each objective, forward and backward passes of one or
 * more batches, checks for non-finite values, the optimizer update and the buffer updates.
 */
final class TrainingStep<B> {
  /**
   * The metrics of a step, copied before its memory is released.
   *
   * @param objectives the metrics of the objectives, from the last step in which they ran
   * @param usage the usage of each codebook in this step
   */
  record Result(List<ObjectiveReport> objectives, List<CodebookUsage> usage) {}

  /** The batch of a forward and backward pass, and the key of its random numbers. */
  private record Pass<B>(ObjectiveState<B> objective, RngKey key, B batch) {}

  private final TrainingData<B> data;
  private final TrainingSettings settings;
  private final List<ObjectiveState<B>> objectives;
  private final Set<Variable> trained = Collections.newSetFromMap(new IdentityHashMap<>());
  private final FiniteCheck finiteCheck = new FiniteCheck();
  private final GradientAccumulator accumulator = new GradientAccumulator();
  private final ModelTransaction transaction;
  private final ParameterCheck parameterCheck;

  /** The batches that the current step has read. */
  private final List<B> batches = new ArrayList<>();

  /** The current pass, until its results are used; null outside a pass. */
  private Pass<B> pass;

  private long clippedSteps;

  TrainingStep(
      Model model,
      TrainingData<B> data,
      List<ObjectiveState<B>> objectives,
      TrainingSettings settings) {
    this.data = data;
    this.objectives = objectives;
    objectives.forEach(objective -> trained.addAll(objective.variables()));
    this.settings = settings;
    transaction = new ModelTransaction(model.variables());
    parameterCheck = new ParameterCheck(model.variables().values(), objectives.size() == 1);
  }

  /** Returns the number of steps in which gradients were clipped. */
  long clippedSteps() {
    return clippedSteps;
  }

  /**
   * Checks the weights, then runs the initialization of the model from the data. If it fails,
   * parameters and buffers are restored.
   */
  void initialize(Runnable initialization) {
    transaction.begin(1);
    boolean completed = false;
    try {
      initialization.run();
      transaction.commitInitialization();
      completed = true;
    } catch (NonFiniteException e) {
      DivergenceException divergence = DivergenceException.inStep(1, e.description(), e.value());
      if (e.getCause() instanceof NonFiniteException origin) {
        divergence.appendOrigin(origin);
      }
      throw divergence;
    } finally {
      if (!completed) {
        transaction.rollBack();
      }
    }
  }

  /**
   * Runs step n atomically: if it fails, parameters and buffers are restored, and optimizers that
   * have already updated them are reset.
   *
   * @return the result; null if the data has ended
   */
  Result run(long n) {
    if (trained.stream().allMatch(Variable::isFrozen)) {
      throw new IllegalStateException(
          "Trainer: expected trainable parameters or buffers, but all are frozen. Call unfreeze() on"
              + " the part to train.");
    }
    transaction.begin(n);
    batches.clear();
    objectives.forEach(ObjectiveState::beginStep);
    boolean completed = false;
    try {
      Result result = runObjectives(n);
      completed = true;
      return result;
    } catch (NonFiniteException e) {
      throw withOrigin(DivergenceException.inStep(n, e.description(), e.value()));
    } catch (DivergenceException e) {
      throw withOrigin(e);
    } finally {
      pass = null;
      if (!completed) {
        transaction.rollBack();
        objectives.forEach(ObjectiveState::rollBack);
      }
    }
  }

  private Result runObjectives(long n) {
    List<ObjectiveState<B>> running =
        objectives.stream().filter(o -> o.objective().runsIn(n)).toList();
    boolean keepBatches = running.size() > 1;
    List<CodebookUsage> usage = new ArrayList<>();
    boolean clipped = false;
    for (int i = 0; i < running.size(); i++) {
      ObjectiveState<B> state = running.get(i);
      boolean complete =
          settings.accumulate() == 1 ? runBatch(n, state) : runBatches(n, state, keepBatches);
      if (!complete) {
        return null;
      }
      CodebookUsage.addMissing(usage, state.usage());
      clipped |= state.clipped();
      if (i < running.size() - 1) {
        transaction.check(n, state.report().learningRate());
      }
    }
    double learningRate = running.get(running.size() - 1).report().learningRate();
    transaction.commit(n, learningRate);
    clippedSteps += clipped ? 1 : 0;
    return new Result(
        objectives.stream().filter(o -> o.report() != null).map(ObjectiveState::report).toList(),
        List.copyOf(usage));
  }

  private boolean runBatch(long n, ObjectiveState<B> state) {
    if (!startPass(n, state, 0, true)) {
      return false;
    }
    try (Step step = openStep()) {
      state.setLoss(runPass(n, step));
      update(n, state, Gradients.of(step), step.drainCommits());
    }
    return true;
  }

  private boolean runBatches(long n, ObjectiveState<B> state, boolean keepBatches) {
    accumulator.clear();
    List<Runnable> bufferUpdates = new ArrayList<>();
    for (int i = 0; i < settings.accumulate(); i++) {
      if (!startPass(n, state, i, keepBatches)) {
        return false;
      }
      try (Step step = openStep()) {
        state.addLoss(runPass(n, step), i);
        Gradients gradients = Gradients.of(step);
        norm(n, state, gradients); // while the pass can be repeated
        accumulator.add(state.parameters(), gradients);
        bufferUpdates.add(step.drainCommits());
      }
    }
    update(n, state, accumulator, () -> bufferUpdates.forEach(Runnable::run));
    return true;
  }

  /**
   * Sets the pass of an objective on a batch of the step, which is read if necessary; returns false
   * at the end of the data.
   */
  private boolean startPass(long n, ObjectiveState<B> state, int index, boolean keepBatch) {
    B batch = index < batches.size() ? batches.get(index) : data.next();
    if (batch == null) {
      return false;
    }
    if (keepBatch && index == batches.size()) {
      batches.add(batch);
    }
    long first = (long) index * settings.batch();
    pass = new Pass<>(state, new RngKey(settings.seed(), n, first), batch);
    return true;
  }

  /** Opens the step of the current pass. */
  private Step openStep() {
    Step step = Step.training(pass.key());
    step.updateOnly(pass.objective().variables());
    return step;
  }

  private BatchLoss runPass(long n, Step step) {
    BatchLoss loss = loss(n, step);
    Tensor total = loss.total();
    checkFinite(n, loss, total);
    parameterCheck.check(pass.objective(), step, total);
    if (objectives.size() == 1 || total.requiresGradient()) {
      backward(pass.objective().parameters(), total);
    }
    return loss;
  }

  private BatchLoss loss(long n, Step step) {
    TrainingProgress progress = new TrainingProgress(n, pass.key().firstExample());
    return pass.objective().objective().loss(step, pass.batch(), progress);
  }

  private void checkFinite(long n, BatchLoss loss, Tensor total) {
    Objective<B> objective = pass.objective().objective();
    for (LossTerm term : loss.terms()) {
      double value = term.value().item();
      if (!Double.isFinite(value)) {
        throw DivergenceException.inStep(n, objective.termName(term.name()), value);
      }
    }
    if (!Double.isFinite(total.item())) {
      throw DivergenceException.inStep(n, objective.qualified("the loss"), total.item());
    }
  }

  /**
   * Runs the backward pass, unless no parameter is trainable (only EMA updates) or the loss of one
   * of several objectives is constant in this step.
   */
  static void backward(Collection<Parameter> parameters, Tensor loss) {
    if (parameters.stream().anyMatch(Parameter::isTrainable)) {
      loss.backward();
    }
  }

  /**
   * Appends the operation in which a non-finite value originated. Repeats the pass with the same
   * batch and random numbers, and checks the result of each operation.
   */
  private DivergenceException withOrigin(DivergenceException e) {
    if (pass != null) {
      try (Step step = openStep()) {
        step.checkEachOperation();
        backward(pass.objective().parameters(), loss(e.step(), step).total());
      } catch (NonFiniteException origin) {
        e.appendOrigin(origin);
      } catch (RuntimeException failure) {
        e.addSuppressed(failure);
      }
    }
    return e;
  }

  private void update(
      long n, ObjectiveState<B> state, Gradients gradients, Runnable bufferUpdates) {
    double norm = norm(n, state, gradients);
    pass = null;
    state.update(n, settings.steps(), gradients, norm);
    bufferUpdates.run();
  }

  private double norm(long n, ObjectiveState<B> state, Gradients gradients) {
    double sumOfSquares = 0;
    for (Parameter parameter : state.parameters()) {
      if (gradients.has(parameter)) {
        double sum = finiteCheck.sumOfSquares(gradients, parameter);
        if (!Double.isFinite(sum)) {
          float worst = finiteCheck.worst(gradients, parameter);
          throw DivergenceException.inGradient(
              n, "the gradient of " + state.nameOf(parameter), worst);
        }
        sumOfSquares += sum;
      }
    }
    return Math.sqrt(sumOfSquares);
  }
}
