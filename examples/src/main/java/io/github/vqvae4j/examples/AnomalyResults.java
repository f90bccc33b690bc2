package io.github.vqvae4j.examples;

import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.anomaly.AnomalyScore;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.metrics.RocCurve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The results of detecting a class that was excluded from training.
 *
 * @param detector the detector that computed the scores
 * @param labels the labels of the images
 * @param scores the scores of the images
 * @param without the excluded class
 */
record AnomalyResults(
    AnomalyDetector detector, List<Integer> labels, List<AnomalyScore> scores, int without) {
  static AnomalyResults of(AnomalyDetector detector, Dataset test, int without) {
    List<Integer> labels = IntStream.range(0, test.size()).map(test::label).boxed().toList();
    return new AnomalyResults(detector, labels, detector.scores(test), without);
  }

  RocCurve curve(ToDoubleFunction<AnomalyScore> component) {
    return RocCurve.of(
        values(component, label -> label != without), values(component, label -> label == without));
  }

  /** Returns a component of the scores, for images with matching labels. */
  double[] values(ToDoubleFunction<AnomalyScore> component, IntPredicate label) {
    return IntStream.range(0, scores.size())
        .filter(i -> label.test(labels.get(i)))
        .mapToDouble(i -> component.applyAsDouble(scores.get(i)))
        .toArray();
  }

  private double mean(IntPredicate label) {
    return IntStream.range(0, scores.size())
        .filter(i -> label.test(labels.get(i)))
        .mapToDouble(i -> scores.get(i).total())
        .average()
        .orElseThrow();
  }

  /** Returns the fraction of images with matching labels that are reported as anomalous. */
  private double flagged(IntPredicate label) {
    return IntStream.range(0, scores.size())
        .filter(i -> label.test(labels.get(i)))
        .mapToDouble(i -> detector.isAnomalous(scores.get(i)) ? 1 : 0)
        .average()
        .orElseThrow();
  }

  /** Formats the results. */
  String table(int heldOut) {
    StringBuilder text = new StringBuilder("label   images   mean score           flagged\n");
    labels.stream()
        .distinct()
        .sorted()
        .forEach(
            label ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%5d %8d %12.2f %17.1f%%%s%n",
                        label,
                        labels.stream().filter(label::equals).count(),
                        mean(label::equals),
                        100 * flagged(label::equals),
                        label == without ? "   (excluded from training)" : "")));
    return text.append(
            String.format(
                Locale.ROOT,
                "%nthreshold: %.2f, from %d held-out normal images, for a false-positive rate of"
                    + " %.1f%%%nflagged: %.1f%% of the normal test images, %.1f%% of the"
                    + " excluded class%narea under the ROC curve: %.3f (%s)%n",
                detector.threshold(),
                heldOut,
                100 * detector.config().falsePositiveRate(),
                100 * flagged(label -> label != without),
                100 * flagged(label -> label == without),
                curve(AnomalyScore::total).auc(),
                errors().entrySet().stream()
                    .map(
                        error ->
                            String.format(
                                Locale.ROOT,
                                "%s alone %.3f",
                                error.getKey(),
                                curve(error.getValue()).auc()))
                    .collect(Collectors.joining(", "))))
        .toString();
  }

  /** Returns the errors that the score can consist of, by name. */
  Map<String, ToDoubleFunction<AnomalyScore>> errors() {
    Map<String, ToDoubleFunction<AnomalyScore>> errors = new LinkedHashMap<>();
    errors.put("reconstruction error", AnomalyScore::reconstruction);
    errors.put("quantization error", AnomalyScore::quantization);
    if (scores.stream().anyMatch(score -> score.surprise() != 0)) { // there is a prior
      errors.put("surprise of the codes", AnomalyScore::surprise);
    }
    return errors;
  }
}
