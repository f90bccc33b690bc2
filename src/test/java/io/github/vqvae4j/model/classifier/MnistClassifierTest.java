package io.github.vqvae4j.model.classifier;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.datasets.Mnist;
import io.github.vqvae4j.data.datasets.RealData;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.metrics.PrecisionRecall;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The classifier in the jar. */
class MnistClassifierTest {
  private static final int MAX_BYTES = 300_000;

  @Test
  void isSmall() throws IOException {
    try (InputStream in =
        ImageClassifier.class.getResourceAsStream("mnist-classifier.safetensors")) {
      assertNotNull(in);
      int bytes = in.readAllBytes().length;
      assertTrue(bytes <= MAX_BYTES, () -> bytes + " bytes");
    }
  }

  @Test
  void hasTheDefaultSettings() {
    try (ImageClassifier classifier = ImageClassifier.mnist()) {
      assertEquals(ImageClassifier.images(28, 28, 1), classifier.config());
    }
  }

  /** Pixels of decoded images may be slightly outside [0, 1]. */
  @Test
  void acceptsDecodedImages() {
    float[] pixels = new float[2 * 28 * 28];
    Arrays.fill(pixels, -0.01f);
    for (int y = 4; y < 24; y++) {
      for (int x = 13; x < 16; x++) {
        pixels[28 * 28 + y * 28 + x] = 1.01f;
      }
    }
    try (ImageClassifier classifier = ImageClassifier.mnist()) {
      int[] classes = classifier.classify(Images.of(pixels, 2, 28, 28, 1));
      assertEquals(1, classes[1], "a vertical line");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> classifier.classify(Images.of(new float[32 * 32], 1, 32, 32, 1))),
          "[batch, 28, 28, 1]");
    }
  }

  @Test
  void recognizesTheTestImagesOfMnist() throws IOException {
    Dataset test = Mnist.in(RealData.folder("mnist")).test();
    try (ImageClassifier classifier = ImageClassifier.mnist()) {
      double accuracy = classifier.accuracy(test);
      assertTrue(accuracy >= 0.985, () -> "accuracy " + accuracy);
    }
  }

  /** Real digits against real digits, and against digits of some classes only. */
  @Test
  void itsFeaturesSeparateDigits() throws IOException {
    Dataset test = Mnist.in(RealData.folder("mnist")).test();
    Dataset first = test.range(0, 1_000);
    Dataset second = test.range(1_000, 2_000);
    try (ImageClassifier classifier = ImageClassifier.mnist()) {
      float[][] real = classifier.features(first);
      PrecisionRecall all = PrecisionRecall.of(real, classifier.features(second), 3);
      assertTrue(Math.min(all.precision(), all.recall()) > 0.6, all::toString);
      int[] small = IntStream.range(1_000, 3_000).filter(i -> test.label(i) < 5).toArray();
      PrecisionRecall some = PrecisionRecall.of(real, classifier.features(test.select(small)), 3);
      assertTrue(some.recall() < 0.6, some::toString);
    }
  }
}
