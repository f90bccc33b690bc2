package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Batch;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * Code usage and quantization error of a codebook.
 *
 * <pre>{@code
 * System.out.println(CodebookReport.of(model, heldOut));
 * }</pre>
 *
 * @param usage the number of uses of each code
 * @param quantizationError the RMS quantization error sqrt(mean ||z_e - z_q||^2) of encoder outputs
 *     z_e and their codebook vectors z_q, which equals sqrt(D * commitment) with D the code
 *     dimension; NaN if unknown
 */
public record CodebookReport(CodeUsage usage, double quantizationError) {
  /**
   * Encodes a dataset and reports its code usage and quantization error. The model is not changed.
   *
   * @param model the model
   * @param data one or more images of the model's size
   * @return the report over all images
   */
  public static CodebookReport of(VqVae model, Dataset data) {
    CodeUsage usage = CodeUsage.empty(model.quantizer().codebookSize());
    double sum = 0;
    long count = 0;
    try (Batches batches = Batches.inOrder(data, ImageModel.inferenceBatchSize(data))) {
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        try (Step step = Step.inference()) {
          Tensor latents = model.encoderOutput(Trainer.images(step, batch));
          Quantized quantized = model.quantizer().quantize(latents);
          double error = latents.meanSquaredError(quantized.quantized()).item();
          sum += error * latents.length();
          count += latents.length() / latents.size(-1);
          usage = usage.plus(quantized.usage());
        }
      }
    }
    return new CodebookReport(usage, Math.sqrt(sum / count));
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
        "%s, %d dead, RMS quantization error %.4f",
        usage,
        deadCodes(),
        quantizationError);
  }
}
