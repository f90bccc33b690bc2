package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleFunction;

/**
 * Runs a learning rate range test (Smith 2017, section 3.3): trains the model for some steps while
 * the learning rate increases exponentially, stops when the loss diverges, and then restores the
 * model bit for bit.
 *
 * <pre>{@code
 * LearningRateCurve curve = LearningRateFinder.of(model).batch(32).find(digits.train());
 * System.out.println(curve);
 * double learningRate = curve.suggestion().orElse(3e-4);
 * Trainer.of(model).optimizer(Adam.rate(learningRate)).fit(digits.train());
 * }</pre>
 *
 * <p>If the model has several {@linkplain Objective objectives}, all of them are trained with the
 * same learning rate, and the loss is that of one of them, by default the first.
 *
 * @param <B> the type of a batch
 */
public final class LearningRateFinder<B> {
  /**
   * The loss counts as diverged when the smoothed loss exceeds its minimum by this many times the
   * decrease so far, or this many times the absolute value of the minimum, whichever is larger. A
   * loss may be negative, such as that of a VAE with a Gaussian likelihood.
   */
  private static final double DIVERGENCE_FACTOR = 3;

  private final Trainable<B> model;
  private DoubleFunction<Optimizer> optimizer = Adam::rate;
  private double minRate = 1e-6;
  private double maxRate = 1;
  private int steps = 200;
  private int batch = 32;

  /** The number of workers; 0 for the trainer's default. */
  private int workers;

  private String objective = "";
  private long seed = 42;

  private LearningRateFinder(Trainable<B> model) {
    this.model = model;
  }

  /**
   * Creates a finder that uses Adam, learning rates from 1e-6 to 1, 200 steps and batches of 32.
   *
   * @param model the model to be trained, usually untrained
   * @param <B> the type of a batch
   * @return the finder
   */
  public static <B> LearningRateFinder<B> of(Trainable<B> model) {
    return new LearningRateFinder<>(model);
  }

  /**
   * Sets the optimizer. The default is {@code Adam::rate}.
   *
   * @param newOptimizer creates an optimizer with a given learning rate, such as {@code
   *     AdamW::rate}
   * @return this finder
   */
  public LearningRateFinder<B> optimizer(DoubleFunction<Optimizer> newOptimizer) {
    optimizer = newOptimizer;
    return this;
  }

  /**
   * Sets the learning rates of the first and the last step.
   *
   * @param min the learning rate of the first step, above 0
   * @param max the learning rate of the last step, finite and above {@code min}
   * @return this finder
   * @throws IllegalArgumentException if an argument is out of range
   */
  public LearningRateFinder<B> range(double min, double max) {
    if (!(min > 0 && max > min && max <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "LearningRateFinder.range: expected learning rates 0 < min < max, both finite, got min "
              + min
              + " and max "
              + max
              + ".");
    }
    minRate = min;
    maxRate = max;
    return this;
  }

  /**
   * Sets the number of steps.
   *
   * @param count the number of steps, at least 20; more steps give a smoother curve
   * @return this finder
   * @throws IllegalArgumentException if {@code count} is less than 20
   */
  public LearningRateFinder<B> steps(int count) {
    if (count < 20) {
      throw new IllegalArgumentException(
          "LearningRateFinder.steps: expected at least 20 steps, got " + count + ".");
    }
    steps = count;
    return this;
  }

  /**
   * Sets the batch size. Use that of the training run, since a good learning rate depends on it.
   *
   * @param examples the number of examples in a batch, from 1 to the size of the data
   * @return this finder
   */
  public LearningRateFinder<B> batch(int examples) {
    batch = examples;
    return this;
  }

  /**
   * Sets the number of workers, as {@link Trainer#workers} does. The curve differs by rounding only
   * between numbers of workers.
   *
   * @param count the number of workers, from 1 to the batch size
   * @return this finder
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public LearningRateFinder<B> workers(int count) {
    Checks.atLeastOne("LearningRateFinder.workers", count, "worker");
    workers = count;
    return this;
  }

  /**
   * Sets the objective whose loss is recorded. The default is the first.
   *
   * @param name the name of the objective
   * @return this finder
   */
  public LearningRateFinder<B> objective(String name) {
    objective = name;
    return this;
  }

  /**
   * Sets the random seed. The default is 42.
   *
   * @param newSeed the seed
   * @return this finder
   */
  public LearningRateFinder<B> seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Runs the test and restores the model.
   *
   * @param data the training data
   * @return the curve, up to the step in which the loss diverged
   * @throws IllegalArgumentException as for {@link Trainer#fit}
   * @throws IllegalStateException if there are more workers than examples in a batch
   * @throws DivergenceException if the first step diverges
   * @throws CancellationException if the thread is interrupted or the process is shut down
   */
  public LearningRateCurve find(Source<B> data) {
    ModelSnapshot before = new ModelSnapshot(model);
    Trainable<B> tested =
        model.withObjectives(Objective.allOf(model).stream().map(this::tested).toList());
    Recorder recorder = new Recorder(recorded(tested.objectives()));
    try {
      Trainer<B> trainer =
          Trainer.of(tested).batch(batch).steps(steps).seed(seed).listener(recorder).quiet();
      if (workers > 0) {
        trainer.workers(workers);
      }
      TrainingReport report = trainer.fit(data);
      if (report.stopReason() == StopReason.INTERRUPTED) {
        throw new CancellationException(
            "LearningRateFinder.find: interrupted after "
                + report.last().step()
                + " of "
                + steps
                + " steps. The model is restored.");
      }
    } catch (DivergenceException e) {
      if (e.step() == 1) {
        throw e;
      }
      return recorder.curve();
    } finally {
      before.restore();
    }
    return recorder.curve();
  }

  private Objective<B> recorded(List<Objective<B>> objectives) {
    return objectives.stream()
        .filter(o -> objective.isEmpty() || o.name().equals(objective))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "LearningRateFinder.objective: expected one of the objectives "
                        + objectives.stream().map(Objective::name).toList()
                        + ", got \""
                        + objective
                        + "\"."));
  }

  /** Returns an objective with the tested optimizer and learning rates, run in every step. */
  private Objective<B> tested(Objective<B> original) {
    return original
        .withoutGroups()
        .every(1)
        .optimizer(optimizer.apply(minRate))
        .schedule((step, total) -> Math.pow(maxRate / minRate, (step - 1.0) / (total - 1)));
  }

  private static final class Recorder implements TrainingListener {
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();
    private double min = Double.POSITIVE_INFINITY;
    private final Objective<?> objective;

    Recorder(Objective<?> objective) {
      this.objective = objective;
    }

    @Override
    public void onStep(TrainingRun run, StepReport report) {
      ObjectiveReport recorded = report.objective(objective.name());
      rates.add(recorded.learningRate());
      losses.add(recorded.loss().loss());
      List<LearningRateCurve.Point> points = curve().points();
      double smoothed = points.get(points.size() - 1).smoothed();
      min = Math.min(min, smoothed);
      double decrease = points.get(0).smoothed() - min;
      if (smoothed - min > DIVERGENCE_FACTOR * Math.max(decrease, Math.abs(min))) {
        run.stop();
      }
    }

    LearningRateCurve curve() {
      return LearningRateCurve.of(rates, losses);
    }
  }
}
