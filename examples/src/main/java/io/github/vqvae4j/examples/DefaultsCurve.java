package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.TrainingReport;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The errors of one run on held-out images.
 *
 * @param seed the random seed
 * @param errors the normalized MSE after each evaluated step
 * @param fewestCodes the fewest codes in a batch from step {@link FewestCodes#FIRST_STEP} on
 * @param imagesPerSecond the training throughput, without evaluations
 */
record DefaultsCurve(
    long seed, SortedMap<Long, Double> errors, int fewestCodes, double imagesPerSecond) {
  static DefaultsCurve of(long seed, TrainingReport report, FewestCodes codes) {
    SortedMap<Long, Double> errors = new TreeMap<>();
    for (Evaluation evaluation : report.evaluations()) {
      errors.put(evaluation.step(), evaluation.metric(ImageModel.NORMALIZED_MSE));
    }
    return new DefaultsCurve(seed, errors, codes.count(), report.examplesPerSecond());
  }
}
