package io.github.vqvae4j.metrics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The code usage over a sliding window of batches. The perplexity of a single batch is misleading
 * if the batch has fewer latents than the codebook has codes.
 */
public final class UsageWindow {
  private final int length;
  private final Deque<CodeUsage> batches = new ArrayDeque<>();
  private CodeUsage sum;

  /**
   * Creates an empty window.
   *
   * @param length the maximum number of batches, at least 1
   * @param codebookSize K
   * @throws IllegalArgumentException if the length is less than 1
   */
  public UsageWindow(int length, int codebookSize) {
    if (length < 1) {
      throw new IllegalArgumentException(
          "UsageWindow: expected a length of at least 1 batch, got " + length + ".");
    }
    this.length = length;
    this.sum = CodeUsage.empty(codebookSize);
  }

  /**
   * Adds a batch. If the window is full, the oldest batch is removed.
   *
   * @param batch the usage of the batch
   */
  public void add(CodeUsage batch) {
    batches.addLast(batch);
    sum = sum.plus(batch);
    if (batches.size() > length) {
      sum = sum.minus(batches.removeFirst());
    }
  }

  /**
   * Returns the usage over the window.
   *
   * @return the sum over the batches
   */
  public CodeUsage usage() {
    return sum;
  }

  /**
   * Returns the usage of each batch in the window.
   *
   * @return the batches, the oldest one first
   */
  public List<CodeUsage> batches() {
    return List.copyOf(batches);
  }
}
