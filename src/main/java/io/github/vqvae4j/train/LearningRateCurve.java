package io.github.vqvae4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How the loss went while the learning rate grew.
 *
 * @param points in the order of the rates
 */
public record LearningRateCurve(List<Point> points) {
  /** How much of the smoothed loss stays from one step to the next. */
  private static final double MEMORY = 0.9;

  /** Steps at the beginning in which the smoothed loss is that of too few batches. */
  private static final int UNSTEADY = 10;

  /** The slope at a point is that between the points so many before and after it. */
  private static final int REACH = 3;

  /**
   * One step.
   *
   * @param rate its learning rate
   * @param loss of its batch
   * @param smoothed the moving average of the losses up to here, without the bias of a start at 0
   */
  public record Point(double rate, double loss, double smoothed) {}

  /** Smooths: s &lt;- 0.9 s + 0.1 loss, divided by 1 - 0.9^n. */
  static LearningRateCurve of(List<Double> rates, List<Double> losses) {
    List<Point> points = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i < losses.size(); i++) {
      sum = MEMORY * sum + (1 - MEMORY) * losses.get(i);
      double smoothed = sum / (1 - Math.pow(MEMORY, i + 1));
      points.add(new Point(rates.get(i), losses.get(i), smoothed));
    }
    return new LearningRateCurve(List.copyOf(points));
  }

  /**
   * The rate at which the smoothed loss fell fastest, over the logarithm of the rate and before its
   * least value (Smith 2017, section 3.3, as it is commonly read): a rate to start from.
   *
   * @return empty if the loss did not fall
   */
  public OptionalDouble suggestion() {
    int least = UNSTEADY;
    for (int i = UNSTEADY; i < points.size(); i++) {
      least = points.get(i).smoothed() < points.get(least).smoothed() ? i : least;
    }
    OptionalDouble best = OptionalDouble.empty();
    double steepest = 0;
    for (int i = UNSTEADY + REACH; i + REACH <= least; i++) {
      Point before = points.get(i - REACH);
      Point after = points.get(i + REACH);
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
    table.append(String.format(Locale.ROOT, "%12s %12s %12s%n", "rate", "loss", "smoothed"));
    int stride = Math.max(1, points.size() / 20);
    for (int i = 0; i < points.size(); i += stride) {
      Point point = points.get(i);
      table.append(
          String.format(
              Locale.ROOT, "%12.3e %12.5f %12.5f%n", point.rate(), point.loss(), point.smoothed()));
    }
    OptionalDouble suggestion = suggestion();
    table.append(
        suggestion.isPresent()
            ? String.format(Locale.ROOT, "suggestion: %.1e", suggestion.getAsDouble())
            : "no suggestion: the loss did not fall");
    return table.toString();
  }
}
