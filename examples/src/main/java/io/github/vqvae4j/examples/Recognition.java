package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.metrics.PrecisionRecall;
import io.github.vqvae4j.model.classifier.ImageClassifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Compares generated digits with test images by the library's classifier of MNIST. */
final class Recognition implements AutoCloseable {
  private static final int SIDE = 28;
  private static final int DIGITS = 10;

  /** The accuracy on test images from which they are digits that the classifier knows. */
  private static final double MIN_ACCURACY = 0.9;

  /** The neighbor whose distance is the radius of precision and recall. */
  private static final int NEIGHBOR = 3;

  /** The minimum number of test images, so that each half has more than the neighbors. */
  private static final int MIN_IMAGES = 2 * (NEIGHBOR + 1);

  private final ImageClassifier classifier = ImageClassifier.mnist();
  private final double accuracy;
  private final float[][] real;
  private final float[][] otherReal;

  Recognition(Dataset test, long seed) {
    accuracy = classifier.accuracy(test);
    List<Dataset> halves = test.split(seed, 0.5);
    real = classifier.features(halves.get(0));
    otherReal = classifier.features(halves.get(1));
  }

  /** Returns whether images may be digits: whether the classifier can be applied to them. */
  static boolean fits(GenerateSets sets) {
    Dataset test = sets.test();
    return sets.classes() == DIGITS
        && test.height() == SIDE
        && test.width() == SIDE
        && test.channels() == 1
        && test.size() >= MIN_IMAGES;
  }

  /** Returns whether the test images are digits. */
  boolean isAccurate() {
    return accuracy >= MIN_ACCURACY;
  }

  /**
   * Compares samples, and as many test images of one half, with the other half.
   *
   * @param images how the samples were decoded
   * @param labels the digit that each sample was generated for
   */
  GenerateMetrics.Recognition of(String images, Images samples, int... labels) {
    int[] found = classifier.classify(samples);
    int[] correct = new int[DIGITS];
    int[] counts = new int[DIGITS];
    for (int i = 0; i < labels.length; i++) {
      counts[labels[i]]++;
      correct[labels[i]] += found[i] == labels[i] ? 1 : 0;
    }
    List<Double> ofClasses = new ArrayList<>();
    for (int digit = 0; digit < DIGITS; digit++) {
      ofClasses.add((double) correct[digit] / counts[digit]);
    }
    Dataset some = Spread.of(samples, otherReal.length);
    float[][] others =
        Arrays.stream(Spread.indices(otherReal.length, some.size()))
            .mapToObj(i -> otherReal[i])
            .toArray(float[][]::new);
    PrecisionRecall ofTest = PrecisionRecall.of(real, others, NEIGHBOR);
    PrecisionRecall ofSamples = PrecisionRecall.of(real, classifier.features(some), NEIGHBOR);
    return new GenerateMetrics.Recognition(
        images,
        (double) IntStream.of(correct).sum() / labels.length,
        ofClasses,
        accuracy,
        ofSamples.precision(),
        ofSamples.recall(),
        ofTest.precision(),
        ofTest.recall());
  }

  @Override
  public void close() {
    classifier.close();
  }
}
