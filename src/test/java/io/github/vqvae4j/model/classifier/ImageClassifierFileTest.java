package io.github.vqvae4j.model.classifier;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.ChangedMetadata;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Saved, loaded and resumed classifiers. */
class ImageClassifierFileTest {
  private static final Path PUBLISHED = Path.of("src/test/resources/files/classifier.safetensors");

  @TempDir Path folder;

  @Test
  void loadsWhatWasSaved() throws IOException {
    Images images = Stripes.of(40, 1);
    Path file = folder.resolve("classifier.safetensors");
    try (ImageClassifier classifier = Stripes.CONFIG.build()) {
      Trainer.of(classifier).batch(10).steps(3).quiet().fit(images);
      classifier.save(file);
      try (ImageClassifier loaded = ImageClassifier.load(file)) {
        assertEquals(classifier.config(), loaded.config());
        assertArrayEquals(classifier.features(images), loaded.features(images));
        assertArrayEquals(classifier.probabilities(images), loaded.probabilities(images));
      }
    }
  }

  @Test
  void readsThePublishedVersion() throws IOException {
    try (ImageClassifier classifier = ImageClassifier.load(PUBLISHED)) {
      assertEquals(ImageClassifier.images(4, 6, 3).classes(2).widths(2, 3), classifier.config());
      Path file = folder.resolve("classifier.safetensors");
      classifier.save(file);
      assertArrayEquals(Files.readAllBytes(PUBLISHED), Files.readAllBytes(file));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vqvae4j.classifier | transformer | expected conv-classifier, got",
        "vqvae4j.classifierVersion | 2 | expected a version of at most 1, got 2",
        "vqvae4j.classifierVersion | one | expected a number",
        "vqvae4j.classifierConfig | {} | the file is corrupt"
      })
  void rejectsOtherMetadata(String name, String value, String expected) throws IOException {
    rejects(name, value, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"classes\":2 | \"classes\":2147483647",
        "\"classes\":2 | \"classes\":1",
        "\"channels\":3 | \"channels\":2000000000",
        "\"widths\":[2,3] | \"widths\":[2,3,1000000000]",
        "\"widths\":[2,3] | \"widths\":[2,2000000000]",
        "\"widths\":[2,3] | \"widths\":[2]",
        "\"widths\":[2,3] | \"widths\":[]"
      })
  void rejectsOtherSettings(String text, String replacement) throws IOException {
    String config = Safetensors.read(PUBLISHED).metadata().get("vqvae4j.classifierConfig");
    assertTrue(config.contains(text), config);
    rejects("vqvae4j.classifierConfig", config.replace(text, replacement), "");
  }

  private void rejects(String name, String value, String expected) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    ChangedMetadata.write(PUBLISHED, name, value, file);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageClassifier.load(file)),
        expected,
        "bad.safetensors");
  }

  @Test
  void rejectsFilesOfModels() throws IOException {
    assertThrows(BadFileException.class, () -> ImageModel.load(PUBLISHED));
    Path file = folder.resolve("weights.safetensors");
    try (ImageClassifier classifier = Stripes.CONFIG.build()) {
      classifier.saveWeights(file);
    }
    assertThrows(BadFileException.class, () -> ImageClassifier.load(file));
    Path missing = folder.resolve("missing.safetensors");
    assertThrows(NoSuchFileException.class, () -> ImageClassifier.load(missing));
  }

  @Test
  void aResumedRunContinuesBitForBit() throws IOException {
    Images images = Stripes.of(60, 1);
    ImageClassifier whole = Stripes.CONFIG.build();
    trainer(whole, "whole").steps(6).fit(images);
    trainer(Stripes.CONFIG.build(), "parts").steps(3).fit(images);
    ImageClassifier resumed = Stripes.CONFIG.build();
    Trainer.resume(folder.resolve("parts"), resumed).quiet().steps(6).fit(images);
    assertArrayEquals(whole.features(images), resumed.features(images));
  }

  private Trainer<ImageBatch> trainer(ImageClassifier classifier, String name) throws IOException {
    return Trainer.of(classifier)
        .optimizer(Adam.rate(1e-2))
        .batch(10)
        .quiet()
        .listener(RunFolder.in(folder.resolve(name)));
  }
}
