package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.metrics.RocCurve;
import io.github.vqvae4j.model.AnomalyDetector;
import io.github.vqvae4j.model.AnomalyScore;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How well a class that was left out is found among images of all classes.
 *
 * @param detector that gave the scores
 * @param labels of the images
 * @param scores of the images
 * @param without the class that was left out
 */
record AnomalyResults(
    AnomalyDetector detector, List<Integer> labels, List<AnomalyScore> scores, int without) {
  static AnomalyResults of(AnomalyDetector detector, Dataset test, int without) {
    List<Integer> labels = IntStream.range(0, test.size()).map(test::label).boxed().toList();
    return new AnomalyResults(detector, labels, detector.scores(test), without);
  }

  RocCurve curve(ToDoubleFunction<AnomalyScore> part) {
    return RocCurve.of(
        values(part, label -> label != without), values(part, label -> label == without));
  }

  /** A part of the scores of some classes. */
  double[] values(ToDoubleFunction<AnomalyScore> part, IntPredicate label) {
    return IntStream.range(0, scores.size())
        .filter(i -> label.test(labels.get(i)))
        .mapToDouble(i -> part.applyAsDouble(scores.get(i)))
        .toArray();
  }

  private double mean(IntPredicate label) {
    return IntStream.range(0, scores.size())
        .filter(i -> label.test(labels.get(i)))
        .mapToDouble(i -> scores.get(i).total())
        .average()
        .orElseThrow();
  }

  /** The share of some classes that is called anomalous. */
  private double called(IntPredicate label) {
    return IntStream.range(0, scores.size())
        .filter(i -> label.test(labels.get(i)))
        .mapToDouble(i -> detector.isAnomalous(scores.get(i)) ? 1 : 0)
        .average()
        .orElseThrow();
  }

  /** The figures, for people. */
  String table(int heldOut) {
    StringBuilder text = new StringBuilder("label   images   mean score   called anomalous\n");
    labels.stream()
        .distinct()
        .sorted()
        .forEach(
            label ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%5d %8d %12.2f %16.1f %%%s%n",
                        label,
                        labels.stream().filter(label::equals).count(),
                        mean(label::equals),
                        100 * called(label::equals),
                        label == without ? "   (left out of training)" : "")));
    return text.append(
            String.format(
                Locale.ROOT,
                "%nThreshold %.2f, from %d held-out normal images, for a false-positive rate of"
                    + " %.1f %%%n"
                    + "really called anomalous: %.1f %% of the normal test images, %.1f %% of the"
                    + " left-out class%n"
                    + "area under the ROC curve: %.3f (reconstruction error alone %.3f,"
                    + " quantization error alone %.3f)%n",
                detector.threshold(),
                heldOut,
                100 * detector.config().falsePositiveRate(),
                100 * called(label -> label != without),
                100 * called(label -> label == without),
                curve(AnomalyScore::total).area(),
                curve(AnomalyScore::reconstruction).area(),
                curve(AnomalyScore::quantization).area()))
        .toString();
  }
}
