package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.Variable;
import java.util.function.IntConsumer;

/**
 * Tracks the rows of a variable that were replaced since the last call: statistics of the old rows
 * are then to be dropped.
 */
final class ReplacedRows {
  private long seen;

  /** With those replaced before that left out. */
  ReplacedRows(Variable variable) {
    seen = variable.replacements();
  }

  /** Tells of each row that was replaced since the last call. */
  void forEach(Variable variable, IntConsumer row) {
    if (variable.replacements() > seen) {
      long rows = variable.shape()[0];
      for (int i = 0; i < rows; i++) {
        if (variable.isReplaced(i, seen)) {
          row.accept(i);
        }
      }
      seen = variable.replacements();
    }
  }

  /** How many numbers a row has. */
  static int length(Variable variable) {
    return variable.size() / (int) variable.shape()[0];
  }
}
