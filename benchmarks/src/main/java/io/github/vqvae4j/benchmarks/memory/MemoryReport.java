package io.github.vqvae4j.benchmarks.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a long training's memory must be: outside the heap exactly the same bytes from step 200 on,
 * and of the process no slope after step 1,000.
 */
final class MemoryReport {
  static final long FEWEST_STEPS = 2_000;
  private static final long EXACT_FROM = 200;
  private static final long SLOPE_FROM = 1_000;

  /** Bytes a step; what the JVM itself takes for compiled code and its own tables lies below. */
  static final double MOST_SLOPE = 256;

  private final List<Sample> samples;

  MemoryReport(List<Sample> samples) {
    this.samples = List.copyOf(samples);
  }

  /** What is not as it must be; empty if all is. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    List<Sample> exact = samples.stream().filter(s -> s.step() >= EXACT_FROM).toList();
    exact.stream()
        .filter(sample -> !sample.hasBytesOf(exact.get(0)))
        .findFirst()
        .ifPresent(other -> problems.add(difference(exact.get(0), other)));
    if (!(slope() <= MOST_SLOPE)) {
      problems.add(
          String.format(
              Locale.ROOT,
              "Resident memory: expected at most %.0f bytes more a step from step %,d on, got"
                  + " %.1f.",
              MOST_SLOPE,
              SLOPE_FROM,
              slope()));
    }
    return problems;
  }

  private static String difference(Sample first, Sample other) {
    return String.format(
        Locale.ROOT,
        "Bytes outside the heap: expected as many at step %,d as at step %,d, %,d by JavaCPP and"
            + " %,d by ND4J, got %,d and %,d.",
        other.step(),
        first.step(),
        first.javacpp(),
        first.nd4j(),
        other.javacpp(),
        other.nd4j());
  }

  /** Of the line through the resident memory by least squares, in bytes a step. */
  private double slope() {
    List<Sample> late = samples.stream().filter(s -> s.step() >= SLOPE_FROM).toList();
    double meanStep = late.stream().mapToLong(Sample::step).average().orElseThrow();
    double meanBytes = late.stream().mapToLong(Sample::resident).average().orElseThrow();
    double product = 0;
    double square = 0;
    for (Sample sample : late) {
      product += (sample.step() - meanStep) * (sample.resident() - meanBytes);
      square += (sample.step() - meanStep) * (sample.step() - meanStep);
    }
    return product / square;
  }

  /** In Markdown, with the verdict. */
  String table() {
    StringBuilder text =
        new StringBuilder(
            "| step | bytes by JavaCPP | bytes by ND4J | resident, MiB |\n"
                + "| ---: | ---: | ---: | ---: |\n");
    for (Sample sample : samples) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %,d | %,d | %,d | %.2f |\n",
              sample.step(),
              sample.javacpp(),
              sample.nd4j(),
              sample.resident() / (double) (1 << 20)));
    }
    return text.append('\n').append(verdict()).append('\n').toString();
  }

  private String verdict() {
    if (!problems().isEmpty()) {
      return "**Failed.** " + String.join(" ", problems());
    }
    String bytes = "Bytes outside the heap: the same from step " + EXACT_FROM + " on. ";
    if (samples.stream().allMatch(sample -> sample.resident() == 0)) {
      return bytes + "This system does not tell the resident memory.";
    }
    return bytes
        + String.format(
            Locale.ROOT,
            "Resident memory, from step %,d on by least squares: %.1f bytes a step, of %.0f"
                + " allowed.",
            SLOPE_FROM,
            slope(),
            MOST_SLOPE);
  }
}
