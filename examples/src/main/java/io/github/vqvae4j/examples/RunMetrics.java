package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.train.CodebookUsage;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.TrainingReport;
import java.util.Locale;
import java.util.Optional;

/**
 * Metrics over all test images, with pixels in [0, 1], written to {@code metrics.json} in addition
 * to those of the run. Code metrics are 0 for models without a codebook.
 */
record RunMetrics(
    String example,
    double testMse,
    double testNormalizedMse,
    double testPsnr,
    int codesInUse,
    int codebookSize,
    double perplexity,
    int trainImages,
    int testImages,
    double dataVariance,
    long parameters,
    Machine machine) {
  static RunMetrics of(String example, ImageSets images, ImageModel model, Evaluation test) {
    Optional<CodeUsage> codes = test.usage().stream().map(CodebookUsage::usage).findFirst();
    return new RunMetrics(
        example,
        test.metric(ImageModel.MSE),
        test.metric(ImageModel.NORMALIZED_MSE),
        test.metric(ImageModel.PSNR),
        codes.map(CodeUsage::codesInUse).orElse(0),
        codes.map(CodeUsage::codebookSize).orElse(0),
        codes.map(CodeUsage::perplexity).orElse(0.0),
        images.train().size(),
        images.test().size(),
        model.dataVariance(),
        model.parameters().stream().mapToLong(Parameter::size).sum(),
        Machine.here());
  }

  /** Formats the most important metrics. */
  String table(TrainingReport report, int batch) {
    return String.format(
        Locale.ROOT,
        "held-out images          %d%n"
            + "held-out normalized MSE  %.4f%n"
            + "held-out MSE             %.5f%n"
            + "held-out PSNR            %.2f dB%n"
            + "%s"
            + "training                 %s of %s in %.1f s, %.0f examples/s%n"
            + "parameters               %d%n",
        testImages,
        testNormalizedMse,
        testMse,
        testPsnr,
        codes(),
        Counts.of(report.last().step(), "step"),
        Counts.of(batch, "image"),
        report.seconds(),
        report.examplesPerSecond(),
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
