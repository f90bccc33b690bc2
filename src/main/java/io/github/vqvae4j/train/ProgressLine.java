package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats the progress of a training run as one line. */
final class ProgressLine {
  private static final String GAP = "  ";
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private final StringBuilder line = new StringBuilder();
  private final int width;

  private ProgressLine(int width) {
    this.width = width;
  }

  /**
   * Returns the step, the throughput and the remaining time, and as many as fit of the loss terms,
   * the usage of codebooks and the evaluation.
   *
   * @param secondsLeft an estimate of the remaining time; not finite if it is unknown
   * @param evaluation the last evaluation; null for none
   * @param width the maximum number of characters
   */
  static String of(StepReport report, double secondsLeft, Evaluation evaluation, int width) {
    ProgressLine line = new ProgressLine(width);
    boolean complete =
        line.add(report.position())
            && line.add(rate(report.examplesPerSecond()))
            && (!Double.isFinite(secondsLeft) || line.add(duration(secondsLeft) + " left"));
    if (complete) {
      details(report, evaluation).forEach(line::add);
    }
    return line.line.toString();
  }

  /**
   * Appends a part, whose names may contain control characters, if it fits; returns whether it did.
   */
  private boolean add(String part) {
    String gap = line.isEmpty() ? "" : GAP;
    String visible = MessageText.escaped(part);
    boolean fits = line.length() + gap.length() + visible.length() <= width;
    if (fits) {
      line.append(gap).append(visible);
    }
    return fits;
  }

  private static List<String> details(StepReport report, Evaluation evaluation) {
    List<String> parts = new ArrayList<>();
    for (ObjectiveReport objective : report.objectives()) {
      LossReport loss = objective.loss();
      String prefix = loss.objective().isEmpty() ? "" : loss.objective() + "/";
      loss.terms().forEach(term -> parts.add(value(prefix + term.name(), term.value())));
      loss.metrics().forEach(metric -> parts.add(value(prefix + metric.name(), metric.value())));
    }
    for (CodebookUsage codebook : report.windowUsage()) {
      String prefix = codebook.name().equals(CodebookUsage.CODEBOOK) ? "" : codebook.name() + " ";
      parts.add(
          prefix
              + "codes "
              + codebook.usage().codesInUse()
              + "/"
              + codebook.usage().codebookSize());
      parts.add(prefix + format("perplexity %.1f", codebook.usage().perplexity()));
    }
    if (evaluation != null) {
      parts.add("held-out " + heldOut(evaluation));
    }
    return parts;
  }

  private static String heldOut(Evaluation evaluation) {
    if (evaluation.metrics().isEmpty()) {
      return value("loss", evaluation.loss());
    }
    Metric first = evaluation.metrics().get(0);
    return value(first.name(), first.value());
  }

  private static String value(String name, double value) {
    return format("%s %.4g", name, value);
  }

  private static String rate(double examplesPerSecond) {
    return format(
        examplesPerSecond < 10 ? "%.2f examples/s" : "%.0f examples/s", examplesPerSecond);
  }

  private static String duration(double seconds) {
    long rounded = Math.round(seconds);
    long minutes = rounded % HOUR / MINUTE;
    if (rounded < HOUR) {
      return format("%d:%02d", minutes, rounded % MINUTE);
    }
    return rounded < DAY
        ? format("%d:%02d:%02d", rounded / HOUR, minutes, rounded % MINUTE)
        : format("%d d %d h", rounded / DAY, rounded % DAY / HOUR);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
