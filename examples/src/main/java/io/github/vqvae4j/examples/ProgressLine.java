package io.github.vqvae4j.examples;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats the metrics of a step as one line, with as many metrics as fit. */
final class ProgressLine {
  private static final int MAX_BAR = 20;
  private static final int MIN_BAR = 6;

  private ProgressLine() {}

  /** Returns as many metrics as fit, with a bar if there is enough space. */
  static String of(StepReport report, Duration elapsed, int width) {
    CodeUsage usage = report.windowUsage();
    String steps = report.step() + "/" + report.steps();
    String terms = report.terms().stream().map(ProgressLine::term).collect(Collectors.joining(" "));
    boolean hasCodebook = usage.codebookSize() > 0;
    String perplexity = hasCodebook ? format("perplexity %.0f", usage.perplexity()) : "";
    String codes = hasCodebook ? "codes " + usage.codesInUse() : "";
    String codesOfK = hasCodebook ? codes + "/" + usage.codebookSize() : "";
    String rate = format("%.0f", report.imagesPerSecond());
    List<String> texts =
        List.of(
            join(steps, left(report, elapsed), terms, perplexity, codesOfK, rate + " images/s"),
            join(steps, terms, perplexity, codesOfK, rate + " images/s"),
            join(steps, terms, perplexity, codes, rate + "/s"),
            join(steps, terms, codes, rate + "/s"),
            join(steps, terms),
            join(steps, rate + "/s"),
            steps);
    return fit(texts, report.step(), report.steps(), width);
  }

  /** Returns the first of the texts that fits, with a bar if there is enough space. */
  static String fit(List<String> texts, long done, long total, int width) {
    String text = texts.stream().filter(t -> t.length() <= width).findFirst().orElse("");
    int space = Math.min(MAX_BAR, width - text.length() - "[] ".length());
    return space < MIN_BAR ? text : bar(done, total, space) + " " + text;
  }

  private static String term(TermReport term) {
    return format("%s %.4f", term.name(), term.value());
  }

  private static String join(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(" "));
  }

  private static String bar(long done, long total, int length) {
    int full = (int) (length * done / total);
    return "[" + "=".repeat(full) + " ".repeat(length - full) + "]";
  }

  private static String left(StepReport report, Duration elapsed) {
    long left = report.steps() - report.step();
    return minutes(elapsed.toMillis() / 1e3 * left / Math.max(1, report.step())) + " left";
  }

  /** Formats seconds as minutes and seconds. */
  static String minutes(double seconds) {
    long rounded = Math.round(seconds);
    return format("%d:%02d", rounded / 60, rounded % 60);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
