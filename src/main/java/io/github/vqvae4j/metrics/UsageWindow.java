package io.github.vqvae4j.metrics;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Code usage over the last batches. The perplexity of one batch misleads: a batch has fewer rows
 * than a large codebook has codes.
 */
public final class UsageWindow {
  private final int length;
  private final Deque<CodeUsage> batches = new ArrayDeque<>();
  private CodeUsage sum;

  /**
   * An empty window.
   *
   * @param length batches it holds, at least 1
   * @param codebookSize K
   * @throws IllegalArgumentException if the length is below 1
   */
  public UsageWindow(int length, int codebookSize) {
    if (length < 1) {
      throw new IllegalArgumentException(
          "UsageWindow: expected a length of at least 1 batch, got " + length + ".");
    }
    this.length = length;
    this.sum = CodeUsage.none(codebookSize);
  }

  /**
   * Adds a batch; the oldest goes if the window is full.
   *
   * @param batch its usage
   */
  public void add(CodeUsage batch) {
    batches.addLast(batch);
    sum = sum.plus(batch);
    if (batches.size() > length) {
      sum = sum.minus(batches.removeFirst());
    }
  }

  /**
   * Usage over the window.
   *
   * @return the sum over its batches
   */
  public CodeUsage usage() {
    return sum;
  }
}
