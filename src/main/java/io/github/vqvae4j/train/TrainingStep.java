package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Batch;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.BatchLoss;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.TrainingProgress;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Executes the steps of a training run: forward and backward passes of one or more batches, checks
 * for non-finite values, the optimizer update and the buffer updates.
 */
final class TrainingStep {
  /** The term that PyTorch's {@code clip_grad_norm_} adds to the norm. */
  private static final double CLIP_EPSILON = 1e-6;

  private final ImageModel model;
  private final Dataset data;
  private final double variance;
  private final long seed;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final TrainingSettings settings;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final List<Parameter> distinctParameters;
  private final FiniteCheck finiteCheck = new FiniteCheck();
  private final GradientAccumulator accumulator = new GradientAccumulator();
  private final ModelTransaction transaction;

  /** The number of batches that the current step has read. */
  private int passes;

  private boolean updated;
  private long clippedSteps;

  /** The batch of a forward and backward pass, and the key of its random numbers. */
  private record Pass(RngKey key, Batch batch) {}

  TrainingStep(
      ImageModel model,
      Dataset data,
      double variance,
      Optimizer optimizer,
      Schedule schedule,
      TrainingSettings settings) {
    this.model = model;
    this.data = data;
    this.variance = variance;
    seed = settings.seed();
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.settings = settings;
    distinctParameters = model.parameters();
    transaction = new ModelTransaction(model.variables());
    model
        .variables()
        .forEach(
            (name, variable) -> {
              if (variable instanceof Parameter parameter && !parameters.containsValue(parameter)) {
                parameters.put(name, parameter);
              }
            });
  }

  /** Returns the number of steps in which gradients were clipped. */
  long clippedSteps() {
    return clippedSteps;
  }

  /** Checks the weights, then lets the model initialize itself from the data. */
  void initialize() {
    transaction.begin(1);
    try {
      model.initialize(data, settings.batch(), seed, new Rng(seed));
    } catch (NonFiniteException e) {
      DivergenceException divergence = DivergenceException.inStep(1, e.description(), e.value());
      if (e.getCause() instanceof NonFiniteException origin) {
        divergence.appendOrigin(origin);
      }
      throw divergence;
    }
  }

  /**
   * Runs step n atomically: if it fails, parameters and buffers are restored, and an optimizer that
   * has already updated them is reset.
   */
  StepResult run(long n, Batches batches) {
    if (model.isFrozen()) {
      throw new IllegalStateException(
          "Trainer: expected a model with trainable parameters or buffers, but all are frozen. Call"
              + " unfreeze() on the part to train.");
    }
    transaction.begin(n);
    passes = 0;
    updated = false;
    boolean completed = false;
    try {
      StepResult result =
          settings.accumulate() == 1 ? runBatch(n, batches) : runBatches(n, batches);
      completed = true;
      return result;
    } catch (NonFiniteException e) {
      throw withOrigin(DivergenceException.inStep(n, e.description(), e.value()));
    } catch (DivergenceException e) {
      throw withOrigin(e);
    } finally {
      if (!completed) {
        transaction.rollBack();
        if (updated) {
          optimizer.reset();
        }
      }
    }
  }

  private StepResult runBatch(long n, Batches batches) {
    Pass pass = nextPass(n, batches);
    try (Step step = Step.training(pass.key())) {
      StepResult result = runPass(n, step, pass);
      return update(n, result, Gradients.of(step), step.drainCommits());
    }
  }

  private StepResult runBatches(long n, Batches batches) {
    accumulator.clear();
    List<StepResult> results = new ArrayList<>();
    List<Runnable> bufferUpdates = new ArrayList<>();
    for (int i = 0; i < settings.accumulate(); i++) {
      Pass pass = nextPass(n, batches);
      try (Step step = Step.training(pass.key())) {
        results.add(runPass(n, step, pass));
        accumulator.add(distinctParameters, Gradients.of(step));
        bufferUpdates.add(step.drainCommits());
      }
    }
    return update(
        n, StepResult.mean(results), accumulator, () -> bufferUpdates.forEach(Runnable::run));
  }

  private Pass nextPass(long n, Batches batches) {
    long first = (long) passes * settings.batch();
    passes++;
    return new Pass(new RngKey(seed, n, first), batches.next());
  }

  private StepResult runPass(long n, Step step, Pass pass) {
    BatchLoss loss = loss(n, step, pass);
    Tensor total = LossTerm.total(loss.terms());
    StepResult result = StepResult.of(loss.terms(), total, loss.usage());
    result.checkFinite(n);
    backward(model, total);
    return result;
  }

  /** Runs the backward pass, unless the model has no trainable parameters (only EMA updates). */
  static void backward(ImageModel model, Tensor loss) {
    if (model.parameters().stream().anyMatch(Parameter::isTrainable)) {
      loss.backward();
    }
  }

  private BatchLoss loss(long n, Step step, Pass pass) {
    Tensor images = Trainer.images(step, pass.batch());
    return model.loss(images, new TrainingProgress(n, variance));
  }

  /**
   * Appends the operation in which a non-finite value originated. Repeats the passes of the step
   * with the same batches and random numbers, and checks the result of each operation.
   */
  private DivergenceException withOrigin(DivergenceException e) {
    if (!updated) {
      int passesToRepeat = passes;
      passes = 0;
      long firstBatch = (e.step() - 1) * settings.accumulate();
      try (Batches batches = Batches.shuffled(data, settings.batch(), seed, firstBatch)) {
        while (passes < passesToRepeat) {
          checkOperations(e.step(), nextPass(e.step(), batches));
        }
      } catch (NonFiniteException origin) {
        e.appendOrigin(origin);
      } catch (RuntimeException failure) {
        e.addSuppressed(failure);
      }
    }
    return e;
  }

  private void checkOperations(long n, Pass pass) {
    try (Step step = Step.training(pass.key())) {
      step.checkEachOperation();
      backward(model, LossTerm.total(loss(n, step, pass).terms()));
    }
  }

  private StepResult update(
      long n, StepResult result, Gradients gradients, Runnable bufferUpdates) {
    double norm = norm(n, gradients);
    double learningRate = learningRate(n);
    float factor = clipFactor(norm, settings.clipNorm());
    updated = true;
    optimizer.update(
        distinctParameters, factor < 1 ? gradients.times(factor) : gradients, learningRate);
    bufferUpdates.run();
    transaction.commit(n, learningRate);
    if (factor < 1) {
      clippedSteps++;
    }
    return result.withUpdate(learningRate, norm);
  }

  /** Returns the factor that clips gradients of a norm; a maximum norm of 0 disables clipping. */
  static float clipFactor(double norm, double maxNorm) {
    return maxNorm > 0 ? (float) Math.min(1, maxNorm / (norm + CLIP_EPSILON)) : 1;
  }

  private double learningRate(long n) {
    double factor = schedule.factor(n, settings.steps());
    if (!(factor >= 0 && optimizer.rate() * factor <= Float.MAX_VALUE)) {
      throw new IllegalStateException(
          "Schedule: expected a factor of at least 0 and a learning rate that a float can represent"
              + " for step "
              + n
              + " of "
              + settings.steps()
              + ", got "
              + factor
              + " from "
              + schedule
              + ".");
    }
    return optimizer.rate() * factor;
  }

  private double norm(long n, Gradients gradients) {
    double sumOfSquares = 0;
    for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
      if (gradients.has(entry.getValue())) {
        double sum = finiteCheck.sumOfSquares(gradients, entry.getValue());
        if (!Double.isFinite(sum)) {
          float worst = finiteCheck.worst(gradients, entry.getValue());
          throw DivergenceException.inGradient(n, "the gradient of " + entry.getKey(), worst);
        }
        sumOfSquares += sum;
      }
    }
    return Math.sqrt(sumOfSquares);
  }
}
