package io.github.vqvae4j.prior;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.ChangedMetadata;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Saved, loaded and resumed priors. */
class PixelCnnFileTest {
  private static final Path PUBLISHED = Path.of("src/test/resources/files/pixel-cnn.safetensors");
  private static final PixelCnnConfig SMALL =
      PixelCnn.ofCodes(NoisySums.K).size(2, 4).layers(2).channels(4).headChannels(8);
  private static final NoisySums TRUTH = new NoisySums(2, 4, 2, true);

  @TempDir Path folder;

  private static void assertSame(PixelCnn expected, PixelCnn actual) {
    assertEquals(expected.config(), actual.config());
    Map<String, Variable> variables = actual.variables();
    assertEquals(expected.variables().keySet(), variables.keySet());
    expected
        .variables()
        .forEach(
            (name, v) -> assertArrayEquals(v.toFloats(), variables.get(name).toFloats(), name));
  }

  @Test
  void loadsWhatWasSaved() throws IOException {
    PixelCnn prior = SMALL.classes(2).classDropout(0.1).conditionCodebookSize(NoisySums.K).build();
    Path file = folder.resolve("prior.safetensors");
    prior.save(file);
    PixelCnn loaded = PixelCnn.load(file);
    assertSame(prior, loaded);
    Condition condition = Condition.label(1).withCodes(TRUTH.draw(3, 1).condition());
    assertEquals(
        prior.sample(3, condition, Sampling.DEFAULT, 5),
        loaded.sample(3, condition, Sampling.DEFAULT, 5));
  }

  @Test
  void theSizeOfTheTrainingDataIsSaved() throws IOException {
    PixelCnn prior = SMALL.size(0, 0).build();
    Trainer.of(prior)
        .quiet()
        .batch(4)
        .steps(1)
        .fit(TRUTH.draw(8, 1).codes().withLabels(new int[8]));
    Path file = folder.resolve("prior.safetensors");
    prior.save(file);
    assertEquals(SMALL, PixelCnn.load(file).config());
  }

  @Test
  void readsThePublishedVersion() throws IOException {
    PixelCnn prior = PixelCnn.load(PUBLISHED);
    assertEquals(SMALL.classes(2), prior.config());
    Path file = folder.resolve("prior.safetensors");
    prior.save(file);
    assertArrayEquals(Files.readAllBytes(PUBLISHED), Files.readAllBytes(file));
  }

  @Test
  void aPriorIsNoModel() {
    BadFileException e = assertThrows(BadFileException.class, () -> VqVae.load(PUBLISHED));
    assertTrue(e.getMessage().contains("a prior, which PixelCnn.load reads"), e::getMessage);
    Path classifier = PUBLISHED.resolveSibling("classifier.safetensors");
    BadFileException other =
        assertThrows(BadFileException.class, () -> ImageModel.load(classifier));
    assertTrue(other.getMessage().contains("ImageClassifier.load reads"), other::getMessage);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vqvae4j.prior | transformer | expected pixel-cnn, got",
        "vqvae4j.priorVersion | 2 | expected a version of at most 1, got 2",
        "vqvae4j.priorVersion | one | expected a number",
        "vqvae4j.priorConfig | {} | the file is corrupt",
        "vqvae4j.priorConfig | nothing | the file is corrupt"
      })
  void rejectsOtherMetadata(String name, String value, String expected) throws IOException {
    rejects(name, value, expected);
  }

  @ParameterizedTest
  @CsvSource({
    "\"layers\":2, \"layers\":1000000000",
    "\"layers\":2, \"layers\":1",
    "\"channels\":4, \"channels\":5",
    "\"channels\":4, \"channels\":2000000000",
    "\"firstKernel\":7, \"firstKernel\":1000000001",
    "\"codebookSize\":4, \"codebookSize\":2147483647"
  })
  void rejectsOtherSettings(String text, String replacement) throws IOException {
    String config = Safetensors.read(PUBLISHED).metadata().get("vqvae4j.priorConfig");
    assertTrue(config.contains(text), config);
    rejects("vqvae4j.priorConfig", config.replace(text, replacement), "");
  }

  private void rejects(String name, String value, String expected) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    ChangedMetadata.write(PUBLISHED, name, value, file);
    String message = assertThrows(BadFileException.class, () -> PixelCnn.load(file)).getMessage();
    assertTrue(message.contains(expected) && message.contains("bad.safetensors"), message);
  }

  @Test
  void rejectsFilesOfModels() throws IOException {
    assertThrows(BadFileException.class, () -> VqVae.load(PUBLISHED));
    Path file = folder.resolve("weights.safetensors");
    SMALL.build().saveWeights(file);
    assertThrows(BadFileException.class, () -> PixelCnn.load(file));
  }

  @Test
  void aResumedRunContinuesBitForBit() throws IOException {
    Codes data = TRUTH.draw(64, 1).codes();
    PixelCnn whole = unsized();
    trainer(whole, "whole").steps(6).fit(data);
    trainer(unsized(), "parts").steps(3).fit(data);
    PixelCnn resumed = unsized();
    Trainer.resume(folder.resolve("parts"), resumed).quiet().steps(6).fit(data);
    assertSame(whole, resumed);
  }

  private static PixelCnn unsized() {
    return SMALL.size(0, 0).classes(2).classDropout(0.1).build();
  }

  private Trainer<Codes> trainer(PixelCnn prior, String name) throws IOException {
    return Trainer.of(prior)
        .optimizer(Adam.rate(1e-2))
        .batch(8)
        .quiet()
        .listener(RunFolder.in(folder.resolve(name)));
  }
}
