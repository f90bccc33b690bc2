package io.github.vqvae4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The training loss as a function of an increasing learning rate; the result of a {@link
 * LearningRateFinder}. {@link #toString} prints it as a table.
 *
 * @param points one point per step, in order of increasing learning rate
 */
public record LearningRateCurve(List<Point> points) {
  /** The decay of the exponential moving average of the loss. */
  private static final double DECAY = 0.9;

  /** The number of initial steps whose smoothed loss is too noisy to be used. */
  private static final int NOISY_STEPS = 10;

  /** The slope at point i is measured between points i - SLOPE_REACH and i + SLOPE_REACH. */
  private static final int SLOPE_REACH = 3;

  /**
   * A training step.
   *
   * @param rate the learning rate
   * @param loss the loss of the batch
   * @param smoothed the bias-corrected exponential moving average of the losses up to this step
   */
  public record Point(double rate, double loss, double smoothed) {}

  /** Creates a curve. Losses are smoothed by s &lt;- 0.9 s + 0.1 loss, divided by 1 - 0.9^n. */
  static LearningRateCurve of(List<Double> rates, List<Double> losses) {
    List<Point> points = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i < losses.size(); i++) {
      sum = DECAY * sum + (1 - DECAY) * losses.get(i);
      double smoothed = sum / (1 - Math.pow(DECAY, i + 1));
      points.add(new Point(rates.get(i), losses.get(i), smoothed));
    }
    return new LearningRateCurve(List.copyOf(points));
  }

  /**
   * Returns a suggested learning rate: the point of steepest descent of the smoothed loss over the
   * logarithm of the learning rate, before the minimum of the loss. This is a common interpretation
   * of Smith 2017, section 3.3.
   *
   * @return the learning rate; empty if the loss did not decrease or the run diverged within the
   *     first 16 steps
   */
  public OptionalDouble suggestion() {
    int min = NOISY_STEPS;
    for (int i = NOISY_STEPS; i < points.size(); i++) {
      min = points.get(i).smoothed() < points.get(min).smoothed() ? i : min;
    }
    OptionalDouble best = OptionalDouble.empty();
    double steepest = 0;
    for (int i = NOISY_STEPS + SLOPE_REACH; i + SLOPE_REACH <= min; i++) {
      Point before = points.get(i - SLOPE_REACH);
      Point after = points.get(i + SLOPE_REACH);
      double slope =
          (after.smoothed() - before.smoothed()) / Math.log(after.rate() / before.rate());
      if (slope < steepest) {
        steepest = slope;
        best = OptionalDouble.of(points.get(i).rate());
      }
    }
    return best;
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(Locale.ROOT, "%13s %12s %12s%n", "learning rate", "loss", "smoothed"));
    int stride = Math.max(1, points.size() / 20);
    for (int i = 0; i < points.size(); i += stride) {
      Point point = points.get(i);
      table.append(
          String.format(
              Locale.ROOT, "%13.3e %12.5f %12.5f%n", point.rate(), point.loss(), point.smoothed()));
    }
    OptionalDouble suggestion = suggestion();
    table.append(
        suggestion.isPresent()
            ? String.format(Locale.ROOT, "suggested learning rate: %.1e", suggestion.getAsDouble())
            : "no suggested learning rate: the loss did not decrease, or the run diverged too"
                + " early");
    return table.toString();
  }
}
