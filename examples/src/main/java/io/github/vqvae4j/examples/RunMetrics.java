package io.github.vqvae4j.examples;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.TermReport;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The figures of a run, as they stand in {@code metrics.json}. Those of the test are over all test
 * images, pixels in 0..1; those of codes are 0 for a model without a codebook.
 */
record RunMetrics(
    String example,
    double testMse,
    double testMseOverVariance,
    double testPsnr,
    int codesInUse,
    int codebookSize,
    double perplexity,
    double imagesPerSecond,
    double seconds,
    long steps,
    int batch,
    double rate,
    long seed,
    Map<String, Double> lastTerms,
    int trainImages,
    int testImages,
    double trainVariance,
    int dimension,
    int hidden,
    long parameters,
    Machine machine) {
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  static RunMetrics of(
      String example,
      TrainingOptions options,
      ImageSets images,
      ImageModel model,
      TrainingReport report,
      Evaluation test) {
    Map<String, Double> lastTerms = new LinkedHashMap<>();
    for (TermReport term : report.last().terms()) {
      lastTerms.put(term.name(), term.value());
    }
    return new RunMetrics(
        example,
        test.meanSquaredError(),
        test.errorOverVariance(),
        test.psnr(),
        test.usage().codesInUse(),
        test.usage().codebookSize(),
        test.usage().perplexity(),
        report.imagesPerSecond(),
        report.seconds(),
        report.last().step(),
        options.batch,
        options.rate,
        options.seed,
        lastTerms,
        images.train().size(),
        images.test().size(),
        report.variance(),
        options.dimension,
        options.hidden,
        model.parameters().stream().mapToLong(Parameter::size).sum(),
        Machine.here());
  }

  void write(Path file) throws IOException {
    byte[] json = (JSON.toJson(this) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(json));
  }

  /** The most important figures, for people. */
  String table() {
    return String.format(
        Locale.ROOT,
        "test MSE / variance  %.4f%n"
            + "test MSE             %.5f%n"
            + "test PSNR            %.2f dB%n"
            + "%s"
            + "training             %d steps of %d images in %.1f s, %.0f images/s%n"
            + "parameters           %d%n",
        testMseOverVariance,
        testMse,
        testPsnr,
        codes(),
        steps,
        batch,
        seconds,
        imagesPerSecond,
        parameters);
  }

  private String codes() {
    return codebookSize == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "codes in use         %d of %d%nperplexity           %.1f%n",
            codesInUse,
            codebookSize,
            perplexity);
  }
}
