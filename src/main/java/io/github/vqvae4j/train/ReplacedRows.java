package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.Variable;
import java.util.function.IntConsumer;

/** Tracks which rows of a variable were replaced, so that state of the old rows can be reset. */
final class ReplacedRows {
  private long seen;

  /** Starts tracking. Earlier replacements are not reported. */
  ReplacedRows(Variable variable) {
    seen = variable.replacementCount();
  }

  /** Calls {@code action} for each row that was replaced since the last call. */
  void forEach(Variable variable, IntConsumer action) {
    if (variable.replacementCount() > seen) {
      long rows = variable.shape()[0];
      for (int i = 0; i < rows; i++) {
        if (variable.isReplaced(i, seen)) {
          action.accept(i);
        }
      }
      seen = variable.replacementCount();
    }
  }

  /** Returns the number of elements in a row of a variable. */
  static int length(Variable variable) {
    return variable.size() / (int) variable.shape()[0];
  }
}
