package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.Counts;
import java.io.PrintWriter;
import java.util.List;

/** Prints the files that were skipped. */
final class SkippedFiles {
  private SkippedFiles() {}

  /** Prints the number of files and the reason for each. */
  static void print(List<String> reasons, PrintWriter out) {
    String skipped =
        Counts.of(reasons.size(), "corrupt file was skipped", "corrupt files were skipped");
    out.println(skipped);
    reasons.forEach(reason -> out.printf("  %s%n", reason));
  }
}
