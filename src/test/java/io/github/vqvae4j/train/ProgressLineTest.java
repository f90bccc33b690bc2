package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.metrics.CodeUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {
  private static final CodebookUsage CODEBOOK = codebook("codebook", 0, 0, 1, 2);
  private static final ObjectiveReport VQ_VAE =
      objective("", term("reconstruction", 0.0079526), term("commitment", 0.048718));
  private static final ObjectiveReport GENERATOR =
      objective("generator", term("adversarial", 0.69315), term("feature", 12.3456));
  private static final ObjectiveReport DISCRIMINATOR =
      new ObjectiveReport(
          120,
          new LossReport(
              "discriminator", List.of(term("hinge", 1234567)), List.of(new Metric("acc", 0.5))),
          1e-4,
          1);

  private static TermReport term(String name, double value) {
    return new TermReport(name, value, 1);
  }

  private static ObjectiveReport objective(String name, TermReport... terms) {
    return new ObjectiveReport(120, new LossReport(name, List.of(terms), List.of()), 1e-3, 1);
  }

  private static CodebookUsage codebook(String name, int... codes) {
    return new CodebookUsage(name, CodeUsage.of(codes, 5));
  }

  private static StepReport report(
      long step,
      long steps,
      double rate,
      List<ObjectiveReport> objectives,
      List<CodebookUsage> usage) {
    return new StepReport(step, steps, objectives, List.of(), usage, rate);
  }

  private static Evaluation evaluation(Metric... metrics) {
    return new Evaluation(
        500,
        List.of(new LossReport("", List.of(term("reconstruction", 0.5)), List.of())),
        List.of(metrics),
        List.of());
  }

  @Test
  void namesDoNotControlTheTerminal() {
    String evil = "a\u001b[2J\rb\nc";
    String visible = "a\\u001B[2J\\rb\\nc";
    ObjectiveReport objective = objective(evil, term(evil, 1));
    CodebookUsage usage = codebook(evil, 0, 1);
    Evaluation held = evaluation(new Metric(evil, 2));
    StepReport report = report(1, 2, 3, List.of(objective), List.of(usage));
    for (String text :
        List.of(
            ProgressLine.of(report, 1, held, 400),
            objective.loss().toString(),
            report.toString(),
            held.toString(),
            usage.toString())) {
      assertTrue(text.contains(visible), text);
      assertTrue(text.chars().noneMatch(Character::isISOControl), text);
    }
    String line = ProgressLine.of(report, 1, held, 400);
    assertEquals(line, ProgressLine.of(report, 1, held, line.length()), "the width is that shown");
    assertTrue(ProgressLine.of(report, 1, held, line.length() - 1).length() < line.length());
  }

  @Test
  void showsEverythingIfThereIsSpace() {
    assertEquals(
        "600/1200  1568 examples/s  0:24 left  reconstruction 0.007953  commitment 0.04872"
            + "  codes 3/5  perplexity 2.8  held-out mse 0.005710",
        ProgressLine.of(
            report(600, 1200, 1567.6, List.of(VQ_VAE), List.of(CODEBOOK)),
            24.4,
            evaluation(new Metric("mse", 0.00571), new Metric("psnr", 22.4)),
            200));
  }

  @Test
  void namesObjectivesAndCodebooksIfThereAreSeveral() {
    assertEquals(
        "1/9  7.25 examples/s  generator/adversarial 0.6932  generator/feature 12.35"
            + "  discriminator/hinge 1.235e+06  discriminator/acc 0.5000"
            + "  top codes 1/5  top perplexity 1.0  bottom codes 2/5  bottom perplexity 2.0"
            + "  held-out loss 0.5000",
        ProgressLine.of(
            report(
                1,
                9,
                7.25,
                List.of(GENERATOR, DISCRIMINATOR),
                List.of(codebook("top", 3, 3), codebook("bottom", 0, 4))),
            Double.POSITIVE_INFINITY,
            evaluation(),
            300));
  }

  @Test
  void keepsStepRateAndTimeLeftBeforeEverythingElse() {
    StepReport report = report(600, 1200, 1568, List.of(VQ_VAE), List.of(CODEBOOK));
    List<String> expected =
        List.of(
            "", "600/1200", "600/1200  1568 examples/s", "600/1200  1568 examples/s  0:24 left");
    for (int i = 1; i < expected.size(); i++) {
      int width = expected.get(i).length();
      assertEquals(expected.get(i), ProgressLine.of(report, 24, null, width));
      assertEquals(expected.get(i - 1), ProgressLine.of(report, 24, null, width - 1));
    }
    String first = expected.get(3);
    assertEquals(first, ProgressLine.of(report, 24, null, 50));
    assertEquals(first + "  reconstruction 0.007953", ProgressLine.of(report, 24, null, 65));
    assertEquals(
        first + "  reconstruction 0.007953  codes 3/5", ProgressLine.of(report, 24, null, 79));
  }

  @Test
  void leavesOutTheCommitmentLossFirst() {
    StepReport report = report(1, 9, 100, List.of(VQ_VAE), List.of(CODEBOOK));
    Evaluation evaluation = evaluation(new Metric("mse", 0.00571));
    String start = "1/9  100 examples/s  reconstruction 0.007953";
    String end = "  held-out mse 0.005710";
    double unknown = Double.POSITIVE_INFINITY;
    String all = start + "  commitment 0.04872  codes 3/5  perplexity 2.8" + end;
    assertEquals(all, ProgressLine.of(report, unknown, evaluation, all.length()));
    String shorter = start + "  codes 3/5  perplexity 2.8" + end;
    assertEquals(shorter, ProgressLine.of(report, unknown, evaluation, all.length() - 1));
    assertEquals(shorter, ProgressLine.of(report, unknown, evaluation, shorter.length()));
    assertEquals(
        start + "  codes 3/5" + end,
        ProgressLine.of(report, unknown, evaluation, shorter.length() - 1));
  }

  /** Whatever the values: whole parts, in their order, within the width; more in a wider line. */
  @Test
  void fitsEveryWidth() {
    List<Double> numbers =
        List.of(Double.NaN, Double.POSITIVE_INFINITY, -1e-300, 0.0, 3.7, 1e9, Double.MAX_VALUE);
    List<List<CodebookUsage>> codebooks =
        List.of(List.of(), List.of(CODEBOOK), List.of(codebook("top", 1), codebook("bottom", 2)));
    for (long steps : new long[] {1, 1_000, 123_456_789_012L, Long.MAX_VALUE}) {
      for (double number : numbers) {
        for (List<CodebookUsage> usage : codebooks) {
          ObjectiveReport extreme = objective("", term("a", number), term("b", -number));
          for (List<ObjectiveReport> objectives :
              List.of(List.of(extreme), List.of(GENERATOR, DISCRIMINATOR))) {
            StepReport report = report(steps / 3, steps, number, objectives, usage);
            checkWidths(report, Math.abs(number), evaluation(new Metric("mse", number)));
          }
        }
      }
    }
  }

  private static void checkWidths(StepReport report, double left, Evaluation evaluation) {
    List<String> parts = parts(ProgressLine.of(report, left, evaluation, 10_000));
    int first = Double.isFinite(left) ? 3 : 2;
    int count = 0;
    for (int width = 20; width <= 200; width++) {
      String line = ProgressLine.of(report, left, evaluation, width);
      assertTrue(line.length() <= width, line);
      List<String> shown = line.isEmpty() ? List.of() : parts(line);
      assertTrue(isSubsequence(shown, parts), line);
      int head = Math.min(first, shown.size());
      assertEquals(parts.subList(0, head), shown.subList(0, head));
      assertTrue(shown.size() >= Math.min(count, first), line);
      count = shown.size();
    }
    int all = String.join("  ", parts).length();
    assertEquals(parts, parts(ProgressLine.of(report, left, evaluation, all)));
  }

  private static List<String> parts(String line) {
    return List.of(line.split("  "));
  }

  private static boolean isSubsequence(List<String> some, List<String> all) {
    List<String> rest = new ArrayList<>(all);
    for (String part : some) {
      int at = rest.indexOf(part);
      if (at < 0) {
        return false;
      }
      rest = rest.subList(at + 1, rest.size());
    }
    return true;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0:00",
    "0.4, 0:00",
    "59.6, 1:00",
    "3599.4, 59:59",
    "3599.7, 1:00:00",
    "3661, 1:01:01",
    "86399, 23:59:59",
    "86400, 1 d 0 h",
    "442800, 5 d 3 h"
  })
  void formatsTheRemainingTime(double seconds, String expected) {
    StepReport report = report(1, 2, 1e3, List.of(VQ_VAE), List.of());
    assertEquals(
        "1/2  1000 examples/s  " + expected + " left", ProgressLine.of(report, seconds, null, 40));
  }

  @Test
  void isTheSameInEveryLocale() {
    Locale locale = Locale.getDefault();
    StepReport report = report(1, 2, 1.5, List.of(VQ_VAE), List.of(CODEBOOK));
    String expected = ProgressLine.of(report, 90, null, 200);
    try {
      for (String language : List.of("de", "ar-u-nu-arab", "tr")) {
        Locale.setDefault(Locale.forLanguageTag(language));
        assertEquals(expected, ProgressLine.of(report, 90, null, 200));
      }
    } finally {
      Locale.setDefault(locale);
    }
  }

  @Test
  void showsStepRateTimeLeftAndLossInEightyColumns() {
    for (int digits : IntStream.rangeClosed(1, 6).toArray()) {
      long steps = (long) Math.pow(10, digits);
      StepReport report = report(steps, steps, 12_345, List.of(VQ_VAE), List.of(CODEBOOK));
      String line = ProgressLine.of(report, 86_000, null, 79);
      assertTrue(
          line.startsWith(
              steps + "/" + steps + "  12345 examples/s  23:53:20 left  reconstruction 0.00"),
          line);
    }
  }
}
