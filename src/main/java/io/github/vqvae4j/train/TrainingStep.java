package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
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
 * The steps of a training run: one or more batches forward and backward, the checks, the optimizer,
 * and then the changes of buffers.
 */
final class TrainingStep {
  /** What PyTorch's {@code clip_grad_norm_} adds to the norm. */
  private static final double CLIP_EPSILON = 1e-6;

  private final ImageModel model;
  private final Dataset data;
  private final double variance;
  private final long seed;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final TrainingSettings settings;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final List<Parameter> distinct;
  private final FiniteCheck check = new FiniteCheck();
  private final GradientMean mean = new GradientMean();
  private final ModelState state;

  /** How many batches the running step took. */
  private int passes;

  private boolean updated;
  private long clipped;

  /** A batch through the model, and where its random numbers come from. */
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
    distinct = model.parameters();
    state = new ModelState(model.variables());
    model
        .variables()
        .forEach(
            (name, variable) -> {
              if (variable instanceof Parameter parameter && !parameters.containsValue(parameter)) {
                parameters.put(name, parameter);
              }
            });
  }

  /** In how many steps the gradients were clipped. */
  long clipped() {
    return clipped;
  }

  /** Lets the model look at the data before its first step, once its weights were checked. */
  void initialize() {
    state.begin(1);
    try {
      model.initialize(data, settings.batch(), seed, new Rng(seed));
    } catch (NonFiniteException e) {
      DivergenceException refused = DivergenceException.inStep(1, e.what(), e.value());
      if (e.getCause() instanceof NonFiniteException origin) {
        refused.addOrigin(origin);
      }
      throw refused;
    }
  }

  /**
   * Step n, all or nothing: whatever ends it, parameters and buffers are then as before, and an
   * optimizer that has moved them begins anew.
   */
  StepResult take(long n, Batches batches) {
    if (model.isFrozen()) {
      throw new IllegalStateException(
          "Trainer: expected a model with something to train, but all its parameters and buffers are"
              + " frozen. Call unfreeze() on the part that shall learn.");
    }
    state.begin(n);
    passes = 0;
    updated = false;
    boolean good = false;
    try {
      StepResult result = settings.accumulate() == 1 ? single(n, batches) : several(n, batches);
      good = true;
      return result;
    } catch (NonFiniteException e) {
      throw explained(DivergenceException.inStep(n, e.what(), e.value()));
    } catch (DivergenceException e) {
      throw explained(e);
    } finally {
      if (!good) {
        state.restore();
        if (updated) {
          optimizer.reset();
        }
      }
    }
  }

  private StepResult single(long n, Batches batches) {
    Pass pass = nextPass(n, batches);
    try (Step step = Step.training(pass.key())) {
      StepResult result = result(n, step, pass);
      return update(n, result, Gradients.of(step), step.drainCommits());
    }
  }

  private StepResult several(long n, Batches batches) {
    mean.clear();
    List<StepResult> results = new ArrayList<>();
    List<Runnable> changes = new ArrayList<>();
    for (int i = 0; i < settings.accumulate(); i++) {
      Pass pass = nextPass(n, batches);
      try (Step step = Step.training(pass.key())) {
        results.add(result(n, step, pass));
        mean.add(distinct, Gradients.of(step));
        changes.add(step.drainCommits());
      }
    }
    return update(n, StepResult.mean(results), mean, () -> changes.forEach(Runnable::run));
  }

  private Pass nextPass(long n, Batches batches) {
    long first = (long) passes * settings.batch();
    passes++;
    return new Pass(new RngKey(seed, n, first), batches.next());
  }

  private StepResult result(long n, Step step, Pass pass) {
    BatchLoss loss = loss(n, step, pass);
    Tensor total = LossTerm.total(loss.terms());
    StepResult result = StepResult.of(loss.terms(), total, loss.usage());
    result.checkFinite(n);
    backward(model, total);
    return result;
  }

  /**
   * Without trainable parameters there are no gradients: a codebook may learn by averages alone.
   */
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
   * Adds which operation the trouble comes from, as far as it is one of this step's passes: these
   * are read and computed again, with the same numbers, and each operation is checked.
   */
  private DivergenceException explained(DivergenceException e) {
    if (!updated) {
      int taken = passes;
      passes = 0;
      long first = (e.step() - 1) * settings.accumulate();
      try (Batches again = Batches.shuffled(data, settings.batch(), seed, first)) {
        while (passes < taken) {
          check(e.step(), nextPass(e.step(), again));
        }
      } catch (NonFiniteException origin) {
        e.addOrigin(origin);
      } catch (RuntimeException failure) {
        e.addSuppressed(failure);
      }
    }
    return e;
  }

  private void check(long n, Pass pass) {
    try (Step step = Step.training(pass.key())) {
      step.checkEachOperation();
      backward(model, LossTerm.total(loss(n, step, pass).terms()));
    }
  }

  private StepResult update(long n, StepResult result, Gradients gradients, Runnable buffers) {
    double norm = norm(n, gradients);
    double rate = rate(n);
    float factor = clipFactor(norm, settings.clipNorm());
    updated = true;
    optimizer.update(distinct, factor < 1 ? gradients.times(factor) : gradients, rate);
    buffers.run();
    state.end(n, rate);
    if (factor < 1) {
      clipped++;
    }
    return result.with(rate, norm);
  }

  /** What gradients of this norm are multiplied by; a largest norm of 0 is none. */
  static float clipFactor(double norm, double largest) {
    return largest > 0 ? (float) Math.min(1, largest / (norm + CLIP_EPSILON)) : 1;
  }

  private double rate(long n) {
    double factor = schedule.factor(n, settings.steps());
    if (!(factor >= 0 && optimizer.rate() * factor <= Float.MAX_VALUE)) {
      throw new IllegalStateException(
          "Schedule: expected a factor of at least 0, and a rate that a float can hold, for step "
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
    double all = 0;
    for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
      if (gradients.has(entry.getValue())) {
        double sum = check.sumOfSquares(gradients, entry.getValue());
        if (!Double.isFinite(sum)) {
          float worst = check.worst(gradients, entry.getValue());
          throw DivergenceException.ofGradient(n, "the gradient of " + entry.getKey(), worst);
        }
        all += sum;
      }
    }
    return Math.sqrt(all);
  }
}
