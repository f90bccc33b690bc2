package io.github.vqvae4j.train;

import java.util.List;

/**
 * The values of the loss of a share of a batch.
 *
 * @param examples the number of examples of the share
 * @param loss the loss terms and metrics
 * @param usage the usage of each codebook
 */
record ShareLoss(int examples, LossReport loss, List<CodebookUsage> usage) {
  /** Returns the mean of losses over all examples, and the sum of usage. */
  static ShareLoss merge(List<ShareLoss> shares) {
    ShareLoss merged = shares.get(0);
    for (ShareLoss next : shares.subList(1, shares.size())) {
      int sum = merged.examples + next.examples;
      merged =
          new ShareLoss(
              sum,
              merged.loss.mean(
                  (double) merged.examples / sum, next.loss, (double) next.examples / sum),
              CodebookUsage.plus(merged.usage, next.usage));
    }
    return merged;
  }
}
