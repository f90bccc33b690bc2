package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.classifier.ImageClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that trains classifiers, and the classifier in the jar of the library. */
class ClassifierCommandTest {
  @TempDir Path folder;

  @Test
  void trainsAClassifierAndPrintsItsAccuracy() throws IOException {
    Path file = folder.resolve("digits.safetensors");
    Run run = Run.of("classifier", "--steps=100", "--output=" + file).succeeded();
    try (ImageClassifier classifier = ImageClassifier.load(file)) {
      double accuracy = classifier.accuracy(BundledDigits.read().test());
      assertTrue(accuracy > 0.8, () -> "accuracy " + accuracy);
      String expected = String.format(Locale.ROOT, "1000 test images: %.2f %%", 100 * accuracy);
      assertTrue(run.out().contains(expected), run.out());
      assertTrue(run.out().contains(file.toString()), run.out());
    }
  }

  @Test
  void anInterruptedRunWritesNothing() {
    Path file = folder.resolve("digits.safetensors");
    Run run = Run.interrupted("step 1/", "classifier", "--steps=100000", "--output=" + file);
    assertEquals(Main.STOPPED, run.exitCode(), run.toString());
    assertTrue(run.out().contains("no file was written"), run.out());
    assertFalse(Files.exists(file));
  }

  @Test
  void theFolderOfTheFileIsCheckedFirst() {
    Run.of("classifier", "--output=" + folder.resolve("missing/a.safetensors"))
        .failed(1, "missing", "there is no folder");
    Run.of("classifier", "--output=" + folder).failed(1, "it is a folder", "--output");
  }

  /** These digits are from the training images of MNIST. */
  @Test
  void theClassifierOfTheLibraryRecognizesTheBundledDigits() throws IOException {
    Dataset test = BundledDigits.read().test();
    try (ImageClassifier classifier = ImageClassifier.mnist()) {
      double accuracy = classifier.accuracy(test);
      assertTrue(accuracy >= 0.985, () -> "accuracy " + accuracy);
    }
  }
}
