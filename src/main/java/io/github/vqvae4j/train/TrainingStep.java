package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Executes the steps of a training run: for each objective, forward and backward passes of one or
 * more batches on all workers, the reduction of gradients and statistics, checks for non-finite
 * values, the optimizer update and the buffer updates.
 */
final class TrainingStep<B> {
  /**
   * The metrics of a step, copied before its memory is released.
   *
   * @param objectives the metrics of the objectives, from the last step in which they ran
   * @param usage the usage of each codebook in this step
   */
  record Result(List<ObjectiveReport> objectives, List<CodebookUsage> usage) {}

  private final TrainingData<B> data;
  private final TrainingSettings settings;
  private final List<ObjectiveState<B>> objectives;
  private final Workers workers;
  private final Ownership ownership;
  private final Set<Variable> trained = identitySet();
  private final List<GradientAccumulator> accumulators;
  private final ModelTransaction transaction;
  private final ParameterCheck parameterCheck;

  /** The shares of the batches that the current step has read. */
  private final List<List<B>> batches = new ArrayList<>();

  /** The current pass; null outside a pass. */
  private WorkerPass<B> pass;

  /** Whether the parameters are those with which the current pass was computed. */
  private volatile boolean repeatable;

  /** The updates of buffers of the current objective, merged by the first worker. */
  private StateUpdates bufferUpdates;

  private long clippedSteps;
  private boolean intact = true;

  TrainingStep(
      Model model,
      TrainingData<B> data,
      List<ObjectiveState<B>> objectives,
      TrainingSettings settings,
      Workers workers) {
    this.data = data;
    this.objectives = objectives;
    objectives.forEach(objective -> trained.addAll(objective.variables()));
    this.settings = settings;
    this.workers = workers;
    ownership = new Ownership(objectives, workers.size());
    accumulators =
        IntStream.range(0, workers.size()).mapToObj(rank -> new GradientAccumulator()).toList();
    transaction = new ModelTransaction(model.variables());
    parameterCheck = new ParameterCheck(model.variables().values(), objectives.size() == 1);
  }

  private static Set<Variable> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Returns the number of steps in which gradients were clipped. */
  long clippedSteps() {
    return clippedSteps;
  }

  /** Continues counting the steps in which gradients were clipped. */
  void clippedSteps(long earlier) {
    clippedSteps = earlier;
  }

  /** Returns whether the optimizers have the state after the last completed step. */
  boolean isIntact() {
    return intact;
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
      bufferUpdates = null;
      try {
        closePass();
      } finally {
        if (!completed) {
          rollBack();
        }
      }
    }
  }

  /** Undoes a step that failed, without allocating memory, which may have run out. */
  private void rollBack() {
    transaction.rollBack();
    for (ObjectiveState<B> objective : objectives) {
      intact &= !objective.rollBack();
    }
  }

  private Result runObjectives(long n) {
    List<ObjectiveState<B>> running =
        objectives.stream().filter(o -> o.objective().runsIn(n)).toList();
    List<CodebookUsage> usage = new ArrayList<>();
    boolean clipped = false;
    for (int i = 0; i < running.size(); i++) {
      ObjectiveState<B> state = running.get(i);
      if (!runObjective(n, state, running.size() > 1)) {
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

  /** Runs the passes and the update of an objective; returns false at the end of the data. */
  private boolean runObjective(long n, ObjectiveState<B> state, boolean keepBatches) {
    accumulators.forEach(GradientAccumulator::clear);
    bufferUpdates = null;
    for (int i = 0; i < settings.accumulate(); i++) {
      List<B> batch = i < batches.size() ? batches.get(i) : data.nextShares();
      if (batch == null) {
        return false;
      }
      if (keepBatches && i == batches.size()) {
        batches.add(batch);
      }
      pass = new WorkerPass<>(state, settings, n, (long) i * settings.batch(), batch);
      repeatable = true;
      if (i < settings.accumulate() - 1) {
        workers.run(worker -> accumulate(n, worker));
      } else {
        double factor = state.factor(n, settings.steps());
        double[] norm = new double[1];
        workers.run(worker -> update(n, worker, factor, norm));
        state.addLoss(pass.losses(), i);
        state.endStep(n, norm[0], factor);
        pass = null;
        return true;
      }
      state.addLoss(pass.losses(), i);
      pass = null;
    }
    return true;
  }

  /** Runs a worker's passes on a batch that is not the last one of the step. */
  private void accumulate(long n, Communicator worker) {
    addGradients(n, worker.rank(), gradients(worker));
    worker.barrier(); // until all workers have summed their gradients
    pass.close(worker.rank());
  }

  /** Runs a worker's passes on the last batch of the step, and its part of the update. */
  private void update(long n, Communicator worker, double factor, double[] norm) {
    int rank = worker.rank();
    Gradients gradients = gradients(worker);
    if (settings.accumulate() > 1) {
      addGradients(n, rank, gradients);
      gradients = accumulators.get(rank);
    }
    double[] squares = {sumOfSquares(n, rank, gradients)};
    worker.sum(squares);
    repeatable = false;
    double globalNorm = Math.sqrt(squares[0]);
    ObjectiveState<B> state = pass.objective();
    if (rank == 0 || state.optimizer().isThreadSafe()) {
      state.update(p -> ownership.ownerOf(p) == rank, gradients, globalNorm, factor);
    }
    pass.close(rank);
    StateUpdates updates = pass.updates(rank);
    if (!updates.isEmpty()) {
      worker.barrier(); // until the optimizer has written all parameters
    }
    if (rank == 0) {
      norm[0] = globalNorm;
      bufferUpdates.run();
    }
    Set<Variable> written = identitySet();
    written.addAll(updates.variables());
    transaction.read(
        variable -> (written.contains(variable) ? 0 : ownership.ownerOf(variable)) == rank);
  }

  /** Runs a worker's passes, and returns the gradients of its parameters over all workers. */
  private Gradients gradients(Communicator worker) {
    int rank = worker.rank();
    pass.run(worker, parameterCheck);
    worker.barrier();
    if (rank == 0) {
      StateUpdates updates = pass.updates();
      bufferUpdates = bufferUpdates == null ? updates : bufferUpdates.merge(updates);
    }
    return pass.sumGradients(rank, owned(rank));
  }

  /** Checks the gradients of a batch while its pass can be repeated, and adds them. */
  private void addGradients(long n, int rank, Gradients gradients) {
    sumOfSquares(n, rank, gradients);
    accumulators.get(rank).add(owned(rank), gradients);
  }

  private List<Parameter> owned(int rank) {
    return pass.objective().parameters().stream()
        .filter(parameter -> ownership.ownerOf(parameter) == rank)
        .toList();
  }

  /** Checks the gradients of a worker's parameters, and returns the sum of their squares. */
  private double sumOfSquares(long n, int rank, Gradients gradients) {
    FiniteCheck finiteCheck = new FiniteCheck();
    double sumOfSquares = 0;
    for (Parameter parameter : owned(rank)) {
      if (gradients.has(parameter)) {
        double sum = finiteCheck.sumOfSquares(gradients, parameter);
        if (!Double.isFinite(sum)) {
          float worst = finiteCheck.worst(gradients, parameter);
          throw DivergenceException.inGradient(
              n, "the gradient of " + pass.objective().nameOf(parameter), worst);
        }
        sumOfSquares += sum;
      }
    }
    return sumOfSquares;
  }

  /** Closes the steps of a pass that has failed, when no worker reads its tensors any more. */
  private void closePass() {
    if (pass != null) {
      WorkerPass<B> failed = pass;
      pass = null;
      workers.run(worker -> failed.close(worker.rank()));
    }
  }

  /**
   * Appends the operation in which a non-finite value originated. Repeats the pass with the same
   * batch and random numbers, and checks the result of each operation.
   */
  private DivergenceException withOrigin(DivergenceException e) {
    if (pass != null && repeatable) {
      WorkerPass<B> failed = pass;
      closePass();
      try {
        workers.run(failed::repeat);
      } catch (NonFiniteException origin) {
        e.appendOrigin(origin);
      } catch (RuntimeException failure) {
        e.addSuppressed(failure);
      }
    }
    return e;
  }
}
