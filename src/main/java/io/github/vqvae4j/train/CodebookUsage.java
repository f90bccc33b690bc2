package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.metrics.CodeUsage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The usage of one of a model's codebooks.
 *
 * @param name the name of the codebook
 * @param usage how often each code was selected
 */
public record CodebookUsage(String name, CodeUsage usage) {
  /** The name of the codebook of a model with a single one. */
  public static final String CODEBOOK = "codebook";

  /**
   * Names the usage of the codebooks of a quantizer: {@code
   * CodebookUsage.list(quantizer.codebooks().names(), quantized.usage())}.
   *
   * @param names the name of each codebook
   * @param usages the usage of each codebook, in the same order
   * @return both, in the same order
   * @throws IllegalArgumentException if there are not as many names as usages
   */
  public static List<CodebookUsage> list(List<String> names, List<CodeUsage> usages) {
    if (names.size() != usages.size()) {
      throw new IllegalArgumentException(
          "CodebookUsage.list: expected one name for each of "
              + usages.size()
              + " codebooks, got "
              + names
              + ". Use the names of the codebooks of the same quantizer.");
    }
    return IntStream.range(0, names.size())
        .mapToObj(i -> new CodebookUsage(names.get(i), usages.get(i)))
        .toList();
  }

  /** Returns the sums of the usage of codebooks, by name. */
  static List<CodebookUsage> plus(List<CodebookUsage> sums, List<CodebookUsage> more) {
    Map<String, CodeUsage> all = new LinkedHashMap<>();
    sums.forEach(u -> all.put(u.name, u.usage));
    more.forEach(u -> all.merge(u.name, u.usage, CodeUsage::plus));
    return all.entrySet().stream()
        .map(entry -> new CodebookUsage(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Returns the usage of the named codebook, of the same size as another; empty if it has none. */
  static CodeUsage find(List<CodebookUsage> all, String name, CodeUsage sameSize) {
    return all.stream()
        .filter(usage -> usage.name.equals(name))
        .findFirst()
        .map(CodebookUsage::usage)
        .orElseGet(() -> CodeUsage.empty(sameSize.codebookSize()));
  }

  /** Adds the usage of codebooks that are not in the list. */
  static void addMissing(List<CodebookUsage> all, List<CodebookUsage> more) {
    for (CodebookUsage usage : more) {
      if (all.stream().noneMatch(other -> other.name.equals(usage.name))) {
        all.add(usage);
      }
    }
  }

  /** Returns the usage, without the name if it is {@link #CODEBOOK}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%sperplexity %.1f  codes %d/%d",
        name.equals(CODEBOOK) ? "" : MessageText.escaped(name) + " ",
        usage.perplexity(),
        usage.codesInUse(),
        usage.codebookSize());
  }
}
