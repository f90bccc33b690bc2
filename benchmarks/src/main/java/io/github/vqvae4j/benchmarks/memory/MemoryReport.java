package io.github.vqvae4j.benchmarks.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Checks the memory of a long training run: off-heap memory must be constant to the byte from step
 * 200 on, and resident memory must not grow by more than {@link #MAX_SLOPE} after step 1,000.
 */
final class MemoryReport {
  static final long MIN_STEPS = 2_000;
  private static final long CONSTANT_FROM = 200;
  private static final long SLOPE_FROM = 1_000;

  /** The maximum slope in bytes per step; compiled code and JVM tables grow by less. */
  static final double MAX_SLOPE = 256;

  private final List<Sample> samples;

  MemoryReport(List<Sample> samples) {
    this.samples = List.copyOf(samples);
  }

  /** Returns the violated limits; empty if there are none. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    List<Sample> constant = samples.stream().filter(s -> s.step() >= CONSTANT_FROM).toList();
    constant.stream()
        .filter(sample -> !sample.hasSameBytes(constant.get(0)))
        .findFirst()
        .ifPresent(other -> problems.add(difference(constant.get(0), other)));
    if (!(slope() <= MAX_SLOPE)) {
      problems.add(
          String.format(
              Locale.ROOT,
              "Resident memory: expected growth of at most %.0f bytes per step after step %,d,"
                  + " got %.1f.",
              MAX_SLOPE,
              SLOPE_FROM,
              slope()));
    }
    return problems;
  }

  private static String difference(Sample first, Sample other) {
    return String.format(
        Locale.ROOT,
        "Off-heap memory: expected the same at step %,d as at step %,d, %,d bytes by JavaCPP and"
            + " %,d by ND4J, got %,d and %,d.",
        other.step(),
        first.step(),
        first.javacpp(),
        first.nd4j(),
        other.javacpp(),
        other.nd4j());
  }

  /** Returns the least-squares slope of the resident memory in bytes per step. */
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

  /** Returns the samples and the result in Markdown. */
  String table() {
    StringBuilder text =
        new StringBuilder(
            "| step | JavaCPP, bytes | ND4J, bytes | resident, MiB |\n"
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
    return text.append('\n').append(conclusion()).append('\n').toString();
  }

  private String conclusion() {
    if (!problems().isEmpty()) {
      return "**Failed.** " + String.join(" ", problems());
    }
    String offHeap = "Off-heap memory is constant to the byte from step " + CONSTANT_FROM + " on. ";
    if (samples.stream().allMatch(sample -> sample.resident() == 0)) {
      return offHeap + "This system does not report resident memory.";
    }
    return offHeap
        + String.format(
            Locale.ROOT,
            "Resident memory changes by %.1f bytes per step after step %,d (least squares; at most"
                + " %.0f are allowed).",
            slope(),
            SLOPE_FROM,
            MAX_SLOPE);
  }
}
