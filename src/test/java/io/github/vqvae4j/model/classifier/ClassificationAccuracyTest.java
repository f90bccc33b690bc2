package io.github.vqvae4j.model.classifier;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The accuracy of classifiers trained on other images. */
class ClassificationAccuracyTest {
  private static final Images TEST = Stripes.of(200, 2);

  /** Few images and thus small batches keep the run short. */
  private static final Images TRAIN = Stripes.of(24, 1);

  /** Exchanges two labels of the training images, so that only the third is recognized. */
  @Test
  void isThatOfAClassifierTrainedOnTheFirstImages() {
    int[] exchanged = new int[TRAIN.size()];
    for (int i = 0; i < exchanged.length; i++) {
      int label = TRAIN.label(i);
      exchanged[i] = label == 2 ? 2 : 1 - label;
    }
    double accuracy = ClassificationAccuracy.of(TRAIN.withLabels(exchanged), TEST, 1);
    long third = IntStream.range(0, TEST.size()).filter(i -> TEST.label(i) == 2).count();
    assertEquals((double) third / TEST.size(), accuracy, 0.1);
  }

  @Test
  void rejectsOtherImages() {
    Dataset none = TEST.range(0, 0);
    assertRejected(none, TEST, "one or more", "0 of [8, 8, 1] and 200 of [8, 8, 1]");
    assertRejected(TRAIN.toColor(), TEST, "equal size", "24 of [8, 8, 3]");
    int[] labels = new int[TEST.size()];
    labels[3] = -1;
    Images unlabeled = TEST.withLabels(labels);
    assertRejected(TRAIN, unlabeled, "none for test image 3");
    assertRejected(unlabeled, TEST, "none for training image 3");
    assertRejected(
        TRAIN.withLabels(new int[TRAIN.size()]),
        TEST.withLabels(new int[TEST.size()]),
        "two or more classes");
  }

  private static void assertRejected(Dataset train, Dataset test, String... texts) {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> ClassificationAccuracy.of(train, test, 1)),
        texts);
  }

  @Test
  void anInterruptEndsIt() {
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancellationException.class, () -> ClassificationAccuracy.of(TRAIN, TEST, 1));
    } finally {
      assertTrue(Thread.interrupted(), "the interrupt status stays set");
    }
  }
}
