package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.Counts;
import java.io.PrintWriter;
import java.util.List;

/** Tells the user which files were left out. */
final class SkippedFiles {
  private SkippedFiles() {}

  /** Counts and names them. */
  static void print(List<String> reasons, PrintWriter out) {
    String skipped =
        Counts.of(
            reasons.size(),
            "file was skipped, since it cannot be read",
            "files were skipped, since they cannot be read");
    out.println(skipped);
    reasons.forEach(reason -> out.printf("  %s%n", reason));
  }
}
