package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Shares;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * A forward and backward pass of an objective on a batch, of which each worker computes a share.
 * Holds the results of all workers.
 */
final class WorkerPass<B> {
  private final ObjectiveState<B> objective;
  private final TrainingSettings settings;
  private final long number;
  private final long first;
  private final List<B> shares;
  private final Step[] steps;
  private final ShareLoss[] losses;
  private final StateUpdates[] updates;

  /**
   * Creates a pass.
   *
   * @param number the training step, counted from 1
   * @param first the position of the batch in the examples of the step
   * @param shares the shares of the batch
   */
  WorkerPass(
      ObjectiveState<B> objective,
      TrainingSettings settings,
      long number,
      long first,
      List<B> shares) {
    this.objective = objective;
    this.settings = settings;
    this.number = number;
    this.first = first;
    this.shares = shares;
    steps = new Step[shares.size()];
    losses = new ShareLoss[shares.size()];
    updates = new StateUpdates[shares.size()];
  }

  ObjectiveState<B> objective() {
    return objective;
  }

  /** Runs the passes of a worker, whose step stays open. */
  void run(Communicator worker, ParameterCheck parameterCheck) {
    int rank = worker.rank();
    Step step = openStep(worker);
    steps[rank] = step;
    BatchLoss loss = loss(step, rank);
    if (rank == 0) {
      objective.checkTerms(number, loss);
    }
    Tensor total = loss.total();
    checkFinite(loss, total);
    if (rank == 0) {
      parameterCheck.warn(objective, number, step, total);
    }
    parameterCheck.check(objective, number, total);
    backward(total, rank);
    losses[rank] = new ShareLoss(examples(rank), report(loss), loss.usage());
    updates[rank] = step.drainCommits();
  }

  /** Repeats the passes of a worker, and checks the result of each operation. */
  void repeat(Communicator worker) {
    try (Step step = openStep(worker)) {
      step.checkEachOperation();
      backward(loss(step, worker.rank()).total(), worker.rank());
    }
  }

  private Step openStep(Communicator worker) {
    RngKey key = new RngKey(settings.seed(), number, firstExample(worker.rank()));
    Step step = Step.training(key, worker);
    step.updateOnly(objective.variables());
    return step;
  }

  private long firstExample(int rank) {
    return first + Shares.first(settings.batch(), shares.size(), rank);
  }

  private int examples(int rank) {
    return (int) (firstExample(rank + 1) - firstExample(rank));
  }

  private BatchLoss loss(Step step, int rank) {
    TrainingProgress progress = new TrainingProgress(number, firstExample(rank));
    return objective.objective().loss(step, shares.get(rank), progress);
  }

  private LossReport report(BatchLoss loss) {
    return LossReport.of(objective.objective().name(), loss);
  }

  /** Returns the part of the batch's loss that is the share's. */
  private Tensor weighted(Tensor total, int rank) {
    return shares.size() == 1 ? total : total.mul((double) examples(rank) / settings.batch());
  }

  private void checkFinite(BatchLoss loss, Tensor total) {
    Objective<B> named = objective.objective();
    for (LossTerm term : loss.terms()) {
      double value = term.value().item();
      if (!Double.isFinite(value)) {
        throw DivergenceException.inStep(number, named.termName(term.name()), value);
      }
    }
    if (!Double.isFinite(total.item())) {
      throw DivergenceException.inStep(number, named.qualified("the loss"), total.item());
    }
  }

  /**
   * Runs the backward pass, unless no parameter is trainable (only EMA updates) or the loss of one
   * of several objectives is constant in this step.
   */
  private void backward(Tensor total, int rank) {
    if (objective.trains() && total.requiresGradient()) {
      weighted(total, rank).backward();
    }
  }

  /**
   * Returns the gradients of the parameters of a worker, summed over all workers. Called after all
   * have run their passes, and before one of them closes its step.
   */
  Gradients sumGradients(int rank, List<Parameter> owned) {
    if (steps.length > 1) {
      steps[rank].sumGradients(List.of(steps), owned);
    }
    return Gradients.of(steps[rank]);
  }

  /** Returns the losses of all shares. */
  List<ShareLoss> losses() {
    return List.of(losses);
  }

  /** Returns the updates of buffers with the statistics of all shares. */
  StateUpdates updates() {
    StateUpdates merged = updates[0];
    for (int rank = 1; rank < updates.length; rank++) {
      merged = merged.merge(updates[rank]);
    }
    return merged;
  }

  /** Returns the updates of buffers with the statistics of a worker. */
  StateUpdates updates(int rank) {
    return updates[rank];
  }

  /** Closes the step of a worker, if it is open. */
  void close(int rank) {
    if (steps[rank] != null) {
      steps[rank].close();
    }
  }
}
