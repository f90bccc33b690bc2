package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.metrics.CodeUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Formats the progress of a training run as one line. */
final class ProgressLine {
  private static final String GAP = "  ";
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** What is left out of a short line: parts of the last kind first. */
  private enum Priority {
    STEP,
    RATE,
    TIME_LEFT,
    /** The first term of each objective, and the number of codes in use. */
    MAIN,
    HELD_OUT,
    PERPLEXITY,
    /** Commitment and other terms after the first, and metrics. */
    OTHER
  }

  /** A part of the line; names in its text may contain control characters, which are escaped. */
  private record Part(Priority priority, String text) {
    Part {
      text = MessageText.escaped(text);
    }
  }

  private ProgressLine() {}

  /**
   * Returns as many as fit of the step, the throughput, the remaining time, the first loss terms
   * and the codes in use, the evaluation, the perplexity, and the other loss terms and metrics.
   *
   * @param secondsLeft an estimate of the remaining time; not finite if it is unknown
   * @param evaluation the last evaluation; null for none
   * @param width the maximum number of characters
   */
  static String of(StepReport report, double secondsLeft, Evaluation evaluation, int width) {
    List<Part> parts = parts(report, secondsLeft, evaluation);
    while (text(parts).length() > width) {
      parts.remove(leastImportant(parts));
    }
    return text(parts);
  }

  private static String text(List<Part> parts) {
    return parts.stream().map(Part::text).collect(Collectors.joining(GAP));
  }

  /** Returns the index of the part to leave out next: of the same kind, the last one. */
  private static int leastImportant(List<Part> parts) {
    int least = 0;
    for (int i = 1; i < parts.size(); i++) {
      if (parts.get(i).priority().compareTo(parts.get(least).priority()) >= 0) {
        least = i;
      }
    }
    return least;
  }

  /** Returns the parts in the order in which they are shown. */
  private static List<Part> parts(StepReport report, double secondsLeft, Evaluation evaluation) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(Priority.STEP, report.position()));
    parts.add(new Part(Priority.RATE, rate(report.examplesPerSecond())));
    if (Double.isFinite(secondsLeft)) {
      parts.add(new Part(Priority.TIME_LEFT, timeLeft(secondsLeft)));
    }
    for (ObjectiveReport objective : report.objectives()) {
      LossReport loss = objective.loss();
      String prefix = loss.objective().isEmpty() ? "" : loss.objective() + "/";
      Priority priority = Priority.MAIN;
      for (TermReport term : loss.terms()) {
        parts.add(new Part(priority, value(prefix + term.name(), term.value())));
        priority = Priority.OTHER;
      }
      for (Metric metric : loss.metrics()) {
        parts.add(new Part(Priority.OTHER, value(prefix + metric.name(), metric.value())));
      }
    }
    for (CodebookUsage codebook : report.windowUsage()) {
      String prefix = codebook.name().equals(CodebookUsage.CODEBOOK) ? "" : codebook.name() + " ";
      CodeUsage usage = codebook.usage();
      String codes = "codes " + usage.codesInUse() + "/" + usage.codebookSize();
      parts.add(new Part(Priority.MAIN, prefix + codes));
      parts.add(
          new Part(Priority.PERPLEXITY, prefix + format("perplexity %.1f", usage.perplexity())));
    }
    if (evaluation != null) {
      parts.add(new Part(Priority.HELD_OUT, "held-out " + heldOut(evaluation)));
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

  /** Formats a remaining time. */
  static String timeLeft(double seconds) {
    return duration(seconds) + " left";
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
