package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.TrainingReport;
import java.util.Locale;

/**
 * Metrics over all test images, with pixels in [0, 1], written to {@code metrics.json} in addition
 * to those of the run. Code metrics are 0 for models without a codebook.
 */
record RunMetrics(
    String example,
    double testMse,
    double testMseOverVariance,
    double testPsnr,
    int codesInUse,
    int codebookSize,
    double perplexity,
    int trainImages,
    int testImages,
    long parameters,
    Machine machine) {
  static RunMetrics of(String example, ImageSets images, ImageModel model, Evaluation test) {
    return new RunMetrics(
        example,
        test.meanSquaredError(),
        test.normalizedError(),
        test.psnr().orElseThrow(),
        test.usage().codesInUse(),
        test.usage().codebookSize(),
        test.usage().perplexity(),
        images.train().size(),
        images.test().size(),
        model.parameters().stream().mapToLong(Parameter::size).sum(),
        Machine.here());
  }

  /** Formats the most important metrics. */
  String table(TrainingReport report, int batch) {
    return String.format(
        Locale.ROOT,
        "held-out normalized MSE  %.4f%n"
            + "held-out MSE             %.5f%n"
            + "held-out PSNR            %.2f dB%n"
            + "%s"
            + "training                 %s of %s in %.1f s, %.0f images/s%n"
            + "parameters               %d%n",
        testMseOverVariance,
        testMse,
        testPsnr,
        codes(),
        Counts.of(report.last().step(), "step"),
        Counts.of(batch, "image"),
        report.seconds(),
        report.imagesPerSecond(),
        parameters);
  }

  private String codes() {
    return codebookSize == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "codes in use             %d of %d%nperplexity               %.1f%n",
            codesInUse,
            codebookSize,
            perplexity);
  }
}
