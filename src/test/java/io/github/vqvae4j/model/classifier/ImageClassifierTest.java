package io.github.vqvae4j.model.classifier;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.Trainer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Training, results and errors of classifiers. */
class ImageClassifierTest {
  /** More images than several chunks. */
  private static final Images TEST = Stripes.of(210, 2);

  private static ImageClassifier classifier;

  @BeforeAll
  static void train() {
    classifier = trained(Stripes.of(300, 1));
  }

  private static ImageClassifier trained(Dataset images) {
    ImageClassifier model = Stripes.CONFIG.build();
    Trainer.of(model).optimizer(Adam.rate(1e-2)).batch(20).steps(60).quiet().fit(images);
    return model;
  }

  @AfterAll
  static void close() {
    classifier.close();
  }

  @Test
  void learnsTheClasses() {
    assertTrue(classifier.accuracy(TEST) > 0.97, () -> "accuracy " + classifier.accuracy(TEST));
    try (ImageClassifier untrained = Stripes.CONFIG.build()) {
      assertTrue(untrained.accuracy(TEST) < 0.7, () -> "accuracy " + untrained.accuracy(TEST));
    }
  }

  @Test
  void allResultsAgree() {
    int[] classes = classifier.classify(TEST);
    float[][] probabilities = classifier.probabilities(TEST);
    float[][] features = classifier.features(TEST);
    int correct = 0;
    double crossEntropy = 0;
    for (int i = 0; i < TEST.size(); i++) {
      double sum = 0;
      for (int c = 0; c < Stripes.CLASSES; c++) {
        sum += probabilities[i][c];
        assertTrue(probabilities[i][c] <= probabilities[i][classes[i]]);
      }
      assertEquals(1, sum, 1e-5);
      correct += classes[i] == TEST.label(i) ? 1 : 0;
      crossEntropy -= Math.log(probabilities[i][TEST.label(i)]) / TEST.size();
      assertArrayEquals(softmaxOfHead(features[i]), probabilities[i], 1e-5f);
    }
    double accuracy = (double) correct / TEST.size();
    assertEquals(accuracy, classifier.accuracy(TEST));
    Evaluation evaluation = Evaluation.of(classifier, TEST);
    assertEquals(accuracy, evaluation.metric(ImageClassifier.ACCURACY), 1e-9);
    assertEquals(crossEntropy, evaluation.loss(), 1e-5);
  }

  /** Computes the probabilities from features in plain Java. */
  private static float[] softmaxOfHead(float... features) {
    Map<String, Variable> variables = classifier.variables();
    float[] weights = variables.get("head.weight").toFloats();
    float[] biases = variables.get("head.bias").toFloats();
    double[] exponentials = new double[biases.length];
    for (int c = 0; c < biases.length; c++) {
      double logit = biases[c];
      for (int d = 0; d < features.length; d++) {
        logit += features[d] * weights[d * biases.length + c];
      }
      exponentials[c] = Math.exp(logit);
    }
    double sum = Arrays.stream(exponentials).sum();
    float[] probabilities = new float[biases.length];
    for (int c = 0; c < biases.length; c++) {
      probabilities[c] = (float) (exponentials[c] / sum);
    }
    return probabilities;
  }

  @Test
  void featuresAreThoseOfTheLastLayer() {
    float[][] features = classifier.features(TEST);
    assertEquals(TEST.size(), features.length);
    for (float[] row : features) {
      assertEquals(6, row.length);
      for (float value : row) {
        assertTrue(value >= 0);
      }
    }
  }

  @Test
  void resultsDoNotDependOnTheNumberOfThreads() {
    float[][] expected = classifier.features(TEST);
    int[] classes = classifier.classify(TEST);
    WithThreads.run(
        1,
        () -> {
          assertArrayEquals(expected, classifier.features(TEST));
          assertArrayEquals(classes, classifier.classify(TEST));
        });
  }

  @Test
  void trainingIsReproducible() {
    try (ImageClassifier again = trained(Stripes.of(300, 1))) {
      assertArrayEquals(classifier.features(TEST), again.features(TEST));
    }
  }

  @Test
  void asALayerItReturnsLogits() {
    try (Step step = Step.inference()) {
      Tensor logits = classifier.forward(step.tensor(TEST.pixels(0, 2), 2, 8, 8, 1));
      assertArrayEquals(new long[] {2, Stripes.CLASSES}, logits.shape());
    }
  }

  @Test
  void theSmallestImagesAndSeries() {
    try (ImageClassifier small = ImageClassifier.images(1, 5, 2).build()) {
      Images series = Images.of(new float[3 * 5 * 2], 3, 1, 5, 2);
      assertEquals(3, small.classify(series).length);
    }
  }

  @Test
  void rejectsImagesOfAnotherSize() {
    Images larger = Images.of(new float[2 * 9 * 8], 2, 9, 8, 1).withLabels(0, 1);
    assertRejected(() -> classifier.classify(larger), "[batch, 8, 8, 1]", "[2, 9, 8, 1]");
    Images color = TEST.toColor();
    assertRejected(() -> classifier.features(color), "got [210, 8, 8, 3]", "Resize or convert");
    assertRejected(() -> Evaluation.of(classifier, color), "[batch, 8, 8, 1]", "8, 3]");
    Dataset none = TEST.range(0, 0);
    assertRejected(() -> classifier.accuracy(none), "at least one image, got none");
  }

  @Test
  void rejectsMissingAndUnknownLabels() {
    Images none = TEST.withLabels(new int[TEST.size()]).image(0).withLabels(-1);
    Images unlabeled = Images.concat(TEST, none);
    assertRejected(
        () -> classifier.accuracy(unlabeled), "labels from 0 to 2, got none for image 210");
    assertRejected(() -> trained(Images.concat(none, none, none, none).withLabels(0, 1, 2, 3)));
    int[] labels = new int[TEST.size()];
    labels[7] = 3;
    Images unknown = TEST.withLabels(labels);
    assertRejected(() -> classifier.accuracy(unknown), "got 3 for image 7", "more classes");
    assertRejected(() -> Evaluation.of(classifier, unknown), "loss", "got 3 for image 7");
  }

  private static void assertRejected(Runnable call, String... texts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, call::run), texts);
  }

  @Test
  void aDivergedClassifierIsReported() {
    try (ImageClassifier diverged = Stripes.CONFIG.build()) {
      Linear head = (Linear) diverged.children().get("head");
      head.variables().get("bias").set(new float[] {0, Float.NaN, 0});
      assertThrows(NonFiniteException.class, () -> diverged.classify(TEST));
    }
  }

  @Test
  void settingsStateTheirLimits() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Stripes.CONFIG.classes(1)),
        "ImageClassifierConfig.classes: expected at least 2, got 1");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Stripes.CONFIG.widths(new Integer[0])),
        "ImageClassifierConfig.widths");
  }
}
