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

  /** The first of these texts that fits, with a bar if there is room for one. */
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
    String text = texts.stream().filter(t -> t.length() <= width).findFirst().orElse("");
    int room = Math.min(LONGEST_BAR, width - text.length() - "[] ".length());
    return room < SHORTEST_BAR ? text : bar(report, room) + " " + text;
  }

  private static String term(TermReport term) {
    return format("%s %.4f", term.name(), term.value());
  }

  private static String join(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(" "));
  }

  private static String bar(StepReport report, int length) {
    int done = (int) (length * report.step() / report.steps());
    return "[" + "=".repeat(done) + " ".repeat(length - done) + "]";
  }

  private static String left(StepReport report, Duration elapsed) {
    long seconds =
        Math.round(
            elapsed.toMillis()
                / 1e3
                * (report.steps() - report.step())
                / Math.max(1, report.step()));
    return format("%d:%02d left", seconds / 60, seconds % 60);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
