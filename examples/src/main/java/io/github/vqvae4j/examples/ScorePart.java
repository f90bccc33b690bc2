package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.classifier.ClassificationAccuracy;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The optional last part of {@link GenerateCommand}: the classification accuracy score of the
 * samples, next to those of training images and of their reconstructions.
 */
final class ScorePart {
  private final GenerateRun run;
  private final List<GenerateMetrics.Score> scores = new ArrayList<>();

  ScorePart(GenerateRun run) {
    this.run = run;
  }

  GenerateMetrics.Scores run() throws IOException {
    Dataset train = run.sets().train();
    try (ImageCodes model =
        ImageCodes.load(run.folder().file(Training.MODEL), run.options().levels)) {
      ImageCodes coder = model.withContrastOf(train);
      List<Codes> codes = new ArrayList<>();
      for (int level = 0; level < run.options().levels; level++) {
        codes.add(run.readCodes(SamplesPart.CODES, level));
      }
      int[] labels = codes.get(0).labels().orElseThrow();
      add("training images", () -> train);
      add("reconstructions", () -> model.model().reconstruct(train));
      add("samples", () -> coder.decode(codes).withLabels(labels));
      if (coder.tone().isPresent()) {
        add("samples as decoded", () -> coder.decodeOnly(codes));
      }
    }
    return new GenerateMetrics.Scores(scores);
  }

  private void add(String name, Supplier<Dataset> images) throws IOException {
    run.interruption().check();
    run.out().printf("training a classifier on %s%n", name);
    Dataset data = images.get();
    double accuracy = ClassificationAccuracy.of(data, run.sets().test(), run.options().seed);
    scores.add(new GenerateMetrics.Score(name, data.size(), accuracy));
  }
}
