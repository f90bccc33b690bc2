package io.github.vqvae4j.examples;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The figures of a step in one line, as many as there is room for. */
final class ProgressLine {
  private static final int LONGEST_BAR = 20;
  private static final int SHORTEST_BAR = 6;

  private ProgressLine() {}

  /** As many figures as fit, with a bar if there is room for one. */
  static String of(StepReport report, Duration elapsed, int width) {
    CodeUsage usage = report.windowUsage();
    String steps = report.step() + "/" + report.steps();
    String terms = report.terms().stream().map(ProgressLine::term).collect(Collectors.joining(" "));
    boolean book = usage.codebookSize() > 0;
    String perplexity = book ? format("perplexity %.0f", usage.perplexity()) : "";
    String codes = book ? "codes " + usage.codesInUse() : "";
    String ofCodes = book ? codes + "/" + usage.codebookSize() : "";
    String rate = format("%.0f", report.imagesPerSecond());
    List<String> texts =
        List.of(
            join(steps, left(report, elapsed), terms, perplexity, ofCodes, rate + " images/s"),
            join(steps, terms, perplexity, ofCodes, rate + " images/s"),
            join(steps, terms, perplexity, codes, rate + "/s"),
            join(steps, terms, codes, rate + "/s"),
            join(steps, terms),
            join(steps, rate + "/s"),
            steps);
    return fit(texts, report.step(), report.steps(), width);
  }

  /** The first of these texts that fits, with a bar if there is room for one. */
  static String fit(List<String> texts, long done, long all, int width) {
    String text = texts.stream().filter(t -> t.length() <= width).findFirst().orElse("");
    int room = Math.min(LONGEST_BAR, width - text.length() - "[] ".length());
    return room < SHORTEST_BAR ? text : bar(done, all, room) + " " + text;
  }

  private static String term(TermReport term) {
    return format("%s %.4f", term.name(), term.value());
  }

  private static String join(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(" "));
  }

  private static String bar(long done, long all, int length) {
    int full = (int) (length * done / all);
    return "[" + "=".repeat(full) + " ".repeat(length - full) + "]";
  }

  private static String left(StepReport report, Duration elapsed) {
    long left = report.steps() - report.step();
    return minutes(elapsed.toMillis() / 1e3 * left / Math.max(1, report.step())) + " left";
  }

  /** Minutes and seconds. */
  static String minutes(double seconds) {
    long whole = Math.round(seconds);
    return format("%d:%02d", whole / 60, whole % 60);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
