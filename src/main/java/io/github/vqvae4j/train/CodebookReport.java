package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Code usage and quantization error of a codebook.
 *
 * <pre>{@code
 * System.out.println(CodebookReport.of(Evaluation.of(model, heldOut)));
 * }</pre>
 *
 * @param name the name of the codebook; empty if it is the only one
 * @param usage the number of uses of each code
 * @param quantizationError the RMS quantization error sqrt(mean((z_e - z_q)^2)) over all elements
 *     of encoder outputs z_e and their codebook vectors z_q: the square root of the commitment
 *     term; NaN if the loss has none
 */
public record CodebookReport(String name, CodeUsage usage, double quantizationError) {
  /** The last part of the name of a commitment term. */
  static final String COMMITMENT = "commitment";

  /**
   * Returns the report of the first codebook in an evaluation.
   *
   * @param evaluation the evaluation of a model with a codebook
   * @return the report over all evaluated examples
   * @throws IllegalArgumentException if the model has no codebook
   */
  public static CodebookReport of(Evaluation evaluation) {
    if (evaluation.usage().isEmpty()) {
      throw new IllegalArgumentException(
          "CodebookReport.of: expected an evaluation of a model with a codebook, got "
              + evaluation
              + ".");
    }
    return of(evaluation, evaluation.usage().get(0).name());
  }

  /**
   * Returns the report of one of several codebooks in an evaluation.
   *
   * @param evaluation the evaluation of a model with codebooks
   * @param name the name of the codebook; its commitment term is {@code commitment} or {@code
   *     <name>/commitment}. The codebooks {@code top/stage 0}, {@code top/stage 1}, .. of a
   *     residual quantizer share the term {@code top/commitment}
   * @return the report over all evaluated examples
   * @throws IllegalArgumentException if there is no such codebook
   */
  public static CodebookReport of(Evaluation evaluation, String name) {
    CodebookUsage codebook =
        evaluation.usage().stream()
            .filter(usage -> usage.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "CodebookReport.of: expected one of the codebooks "
                            + evaluation.usage().stream().map(CodebookUsage::name).toList()
                            + ", got \""
                            + name
                            + "\"."));
    List<TermReport> terms =
        evaluation.losses().stream().flatMap(loss -> loss.terms().stream()).toList();
    OptionalDouble commitment = commitment(terms, name);
    String shown = evaluation.usage().size() == 1 ? "" : name;
    return new CodebookReport(shown, codebook.usage(), Math.sqrt(commitment.orElse(Double.NaN)));
  }

  /**
   * Returns the commitment term of a codebook: the one with its name, that of the quantizer it
   * belongs to, or the only one; empty if there is none.
   */
  static OptionalDouble commitment(List<TermReport> terms, String codebook) {
    int end = Math.max(0, codebook.lastIndexOf('/'));
    String quantizer = codebook.substring(0, end);
    return Stream.of(codebook + "/" + COMMITMENT, quantizer + "/" + COMMITMENT, COMMITMENT)
        .flatMap(name -> terms.stream().filter(term -> term.name().equals(name)))
        .mapToDouble(TermReport::value)
        .findFirst();
  }

  /**
   * Returns the number of codes that were never used.
   *
   * @return the number of dead codes, from 0 to the codebook size K
   */
  public int deadCodes() {
    return usage.codebookSize() - usage.codesInUse();
  }

  /**
   * Returns the usage counts of all codes in descending order.
   *
   * @return the counts, [K]
   */
  public long[] sortedCounts() {
    long[] counts = usage.counts();
    Arrays.sort(counts);
    for (int i = 0, j = counts.length - 1; i < j; i++, j--) {
      long count = counts[i];
      counts[i] = counts[j];
      counts[j] = count;
    }
    return counts;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s%s, %d dead, RMS quantization error %.4f",
        name.isEmpty() ? "" : name + ": ",
        usage,
        deadCodes(),
        quantizationError);
  }
}
