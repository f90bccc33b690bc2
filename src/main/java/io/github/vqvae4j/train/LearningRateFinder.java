package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.ImageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleFunction;

/**
 * Looks for a learning rate (Smith 2017, section 3.3): trains some steps in which the rate grows
 * exponentially until the loss explodes, and then puts the model back as it was, bit for bit.
 *
 * <pre>{@code
 * LearningRateCurve curve = LearningRateFinder.of(model).batch(32).find(digits.train());
 * System.out.println(curve);
 * Trainer.of(model).optimizer(Adam.rate(curve.suggestion().orElse(3e-4)))...
 * }</pre>
 */
public final class LearningRateFinder {
  /**
   * A smoothed loss has exploded that lies above its least by so many times what it had fallen by
   * until then, or so many times that least: a loss may be negative, as that of a VAE with a
   * Gaussian likelihood.
   */
  private static final double EXPLODED = 3;

  private final ImageModel model;
  private DoubleFunction<Optimizer> optimizer = Adam::rate;
  private double from = 1e-6;
  private double to = 1;
  private int steps = 200;
  private int batch = 32;
  private long seed = 42;

  private LearningRateFinder(ImageModel model) {
    this.model = model;
  }

  /**
   * A finder with Adam, rates from 1e-6 to 1, 200 steps and batches of 32.
   *
   * @param model as it will be trained, usually untrained
   * @return the finder
   */
  public static LearningRateFinder of(ImageModel model) {
    return new LearningRateFinder(model);
  }

  /**
   * Sets the kind of optimizer.
   *
   * @param newOptimizer makes a new one of a rate, as {@code AdamW::rate}
   * @return this finder
   */
  public LearningRateFinder optimizer(DoubleFunction<Optimizer> newOptimizer) {
    optimizer = newOptimizer;
    return this;
  }

  /**
   * Sets the rates of the first and the last step.
   *
   * @param lowest above 0
   * @param highest finite and above the lowest
   * @return this finder
   * @throws IllegalArgumentException if they are not in this order
   */
  public LearningRateFinder rates(double lowest, double highest) {
    if (!(lowest > 0 && highest > lowest && highest <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "LearningRateFinder.rates: expected a lowest rate above 0 and a finite highest above it, got "
              + lowest
              + " and "
              + highest
              + ".");
    }
    from = lowest;
    to = highest;
    return this;
  }

  /**
   * Sets the number of steps.
   *
   * @param count at least 20; the more, the smoother the curve
   * @return this finder
   * @throws IllegalArgumentException if there are fewer
   */
  public LearningRateFinder steps(int count) {
    if (count < 20) {
      throw new IllegalArgumentException(
          "LearningRateFinder.steps: expected at least 20 steps, got " + count + ".");
    }
    steps = count;
    return this;
  }

  /**
   * Sets the images in a batch: rates go with it.
   *
   * @param images at least 1, and not more than there are
   * @return this finder
   */
  public LearningRateFinder batch(int images) {
    batch = images;
    return this;
  }

  /**
   * Sets the seed; by default 42.
   *
   * @param newSeed any number
   * @return this finder
   */
  public LearningRateFinder seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Trains, and puts the model back.
   *
   * @param data the training images
   * @return the curve, up to where the loss exploded
   * @throws IllegalArgumentException as {@link Trainer#fit}
   * @throws CancellationException if the thread is interrupted, or the process asked to end
   */
  public LearningRateCurve find(Dataset data) {
    Snapshot before = new Snapshot(model);
    Watch watch = new Watch();
    try {
      TrainingReport report =
          Trainer.of(model)
              .optimizer(optimizer.apply(from))
              .schedule((step, of) -> Math.pow(to / from, (step - 1.0) / (of - 1)))
              .batch(batch)
              .steps(steps)
              .seed(seed)
              .listener(watch)
              .fit(data);
      if (report.stopReason() == StopReason.INTERRUPTED) {
        throw new CancellationException(
            "LearningRateFinder.find: interrupted after "
                + report.last().step()
                + " of "
                + steps
                + " steps, too early for a rate. The model is as it was before.");
      }
    } catch (DivergenceException e) {
      if (e.step() == 1) {
        throw e;
      }
      return watch.curve();
    } catch (Exploded e) {
      return watch.curve();
    } finally {
      before.restore();
    }
    return watch.curve();
  }

  /** Ends the run. */
  private static final class Exploded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exploded() {
      super("the loss exploded", null, false, false);
    }
  }

  private static final class Watch implements TrainingListener {
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();
    private double least = Double.POSITIVE_INFINITY;

    @Override
    public void onStep(StepReport report) {
      rates.add(report.rate());
      losses.add(report.loss());
      List<LearningRateCurve.Point> points = curve().points();
      double smoothed = points.get(points.size() - 1).smoothed();
      least = Math.min(least, smoothed);
      double fallen = points.get(0).smoothed() - least;
      if (smoothed - least > EXPLODED * Math.max(fallen, Math.abs(least))) {
        throw new Exploded();
      }
    }

    LearningRateCurve curve() {
      return LearningRateCurve.of(rates, losses);
    }
  }
}
