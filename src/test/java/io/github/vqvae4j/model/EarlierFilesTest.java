package io.github.vqvae4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.ChannelScale;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that version 0.1.0 wrote (src/test/resources/files) are read, and written byte by byte. */
class EarlierFilesTest {
  private static final Path FILES = Path.of("src/test/resources/files");

  @TempDir private Path folder;

  private static Path file(String name) {
    return FILES.resolve(name);
  }

  private void assertSavedAs(String name, Path saved) throws IOException {
    assertArrayEquals(Files.readAllBytes(file(name)), Files.readAllBytes(saved), name);
  }

  @Test
  void aVqVaeAndItsDetector() throws IOException {
    Path again = folder.resolve("again");
    try (VqVae model = VqVae.load(file("vq-vae.safetensors"))) {
      model.save(again);
      assertSavedAs("vq-vae.safetensors", again);
      // It has the checksum of the model's weights.
      AnomalyDetector detector = AnomalyDetector.load(file("detector.json"), model);
      detector.save(again);
      assertSavedAs("detector.json", again);
    }
  }

  @Test
  void aVae() throws IOException {
    Path again = folder.resolve("again");
    try (Vae model = Vae.load(file("vae.safetensors"))) {
      assertEquals(Likelihood.learnedGaussian(0.1), model.config().likelihood());
      model.save(again);
    }
    assertSavedAs("vae.safetensors", again);
  }

  @Test
  void anAutoencoder() throws IOException {
    Path again = folder.resolve("again");
    try (Autoencoder model = Autoencoder.load(file("autoencoder.safetensors"))) {
      model.save(again);
    }
    assertSavedAs("autoencoder.safetensors", again);
  }

  @Test
  void aScale() throws IOException {
    ChannelScale scale = ChannelScale.load(file("scale.json"));
    assertEquals(new ChannelScale(List.of(0.1, -3e7), List.of(1e-3, 2.5)), scale);
    Path again = folder.resolve("again");
    scale.save(again);
    assertSavedAs("scale.json", again);
  }

  @Test
  void codesOfGroupsAndStages() throws IOException {
    Codes codes = Codes.load(file("codes.safetensors"));
    Codebooks codebooks = new Codebooks(2, 3, List.of(5, 3, 2, 512, 7, 4));
    int[] values = {4, 2, 1, 511, 6, 3, 0, 0, 0, 300, -1, -1};
    assertEquals(Codes.of(values, codebooks, 2, 1).withLabels(9, -1), codes);
    Path again = folder.resolve("again");
    codes.save(again);
    assertSavedAs("codes.safetensors", again);
  }
}
