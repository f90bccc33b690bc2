package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * How a codebook is used.
 *
 * @param usage how often each code was chosen
 * @param distance of the encoder's vectors from their codes: the root of the mean of ||z_e -
 *     z_q||^2, which is sqrt(D commitment); NaN if it is not known
 */
public record CodebookReport(CodeUsage usage, double distance) {
  /**
   * Encodes a whole data set. Nothing in the model changes.
   *
   * @param model any
   * @param data one or more images of its size
   * @return use and distance over all of it
   */
  public static CodebookReport of(VqVae model, Dataset data) {
    CodeUsage usage = CodeUsage.none(model.quantizer().codebookSize());
    double sum = 0;
    long count = 0;
    try (Batches batches = Batches.inOrder(data, ImageModel.inferenceBatchSize(data))) {
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        try (Step step = Step.inference()) {
          Tensor vectors = model.vectors(Trainer.images(step, batch));
          Quantized quantized = model.quantizer().quantize(vectors);
          double error = vectors.meanSquaredError(quantized.quantized()).item();
          sum += error * vectors.length();
          count += vectors.length() / vectors.size(-1);
          usage = usage.plus(quantized.usage());
        }
      }
    }
    return new CodebookReport(usage, Math.sqrt(sum / count));
  }

  /**
   * The codes that were never chosen.
   *
   * @return how many, from 0 to K
   */
  public int deadCodes() {
    return usage.codebookSize() - usage.codesInUse();
  }

  /**
   * The histogram, the most frequent code first.
   *
   * @return how often each code was chosen, in falling order, [K]
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
        Locale.ROOT, "%s, %d dead, vectors %.4f from their codes", usage, deadCodes(), distance);
  }
}
