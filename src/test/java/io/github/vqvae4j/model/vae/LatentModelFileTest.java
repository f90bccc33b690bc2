package io.github.vqvae4j.model.vae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentModelFileTest {
  private static final Dataset IMAGES = Shapes.rectangles(3, 8, 1, 1);

  @TempDir private Path folder;

  @Test
  void loadedAutoencoderEqualsTheSavedOne() throws IOException {
    Path file = folder.resolve("a.safetensors");
    try (Autoencoder saved = LatentModels.autoencoder(7)) {
      saved.save(file);
      try (Autoencoder loaded = Autoencoder.load(file);
          Autoencoder other = LatentModels.autoencoder(8)) {
        assertEquals(saved.config(), loaded.config());
        assertEquals(saved.encoder().config(), loaded.encoder().config());
        assertEquals(saved.decoder().config(), loaded.decoder().config());
        assertEquals(saved.encode(IMAGES), loaded.encode(IMAGES));
        assertEquals(saved.reconstruct(IMAGES), loaded.reconstruct(IMAGES));
        assertEquals(saved.reconstruct(IMAGES), Autoencoder.load(file, other).reconstruct(IMAGES));
      }
    }
  }

  @Test
  void loadedVaeEqualsTheSavedOne() throws IOException {
    Path file = folder.resolve("v.safetensors");
    List<Vae> models =
        List.of(
            LatentModels.vae(7).likelihood(Likelihood.gaussian(0.02)).beta(2).klWarmUp(9).build(),
            LatentModels.convolutional(7),
            Vae.builder()
                .encoder(StridedEncoder.channels(1).widths(3))
                .decoder(StridedDecoder.channels(1).widths(3))
                .latent(4, 4, 2)
                .build());
    for (Vae saved : models) {
      saved.save(file);
      try (saved;
          Vae loaded = Vae.load(file)) {
        assertEquals(saved.config(), loaded.config());
        assertEquals(saved.encoder().config(), loaded.encoder().config());
        assertEquals(saved.decoder().config(), loaded.decoder().config());
        assertEquals(saved.reconstruct(IMAGES), loaded.reconstruct(IMAGES));
        assertEquals(saved.sample(2, new Rng(1)), loaded.sample(2, new Rng(1)));
        assertArrayEquals(
            saved.logLikelihood(IMAGES, 2, new Rng(1)),
            loaded.logLikelihood(IMAGES, 2, new Rng(1)));
      }
    }
  }

  @Test
  void modelWithACustomEncoderIsLoadedIntoAnInstance() throws IOException {
    Path file = folder.resolve("custom.safetensors");
    VaeBuilder builder = Vae.builder().decoder(DenseDecoder.images(8, 8, 1)).latent(1);
    try (Vae saved = builder.encoder(new LatentModels.MeanEncoder()).seed(1).build();
        Vae other = builder.encoder(new LatentModels.MeanEncoder()).seed(2).build()) {
      saved.save(file);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> Vae.load(file)),
          "encoder",
          "Vae.load(file, model)");
      assertEquals(saved.reconstruct(IMAGES), Vae.load(file, other).reconstruct(IMAGES));
    }
  }

  @Test
  void fileOfADifferentModelIsRejected() throws IOException {
    Path file = folder.resolve("a.safetensors");
    try (Autoencoder model = LatentModels.autoencoder(7)) {
      model.save(file);
    }
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Vae.load(file)),
        "expected a file of Vae saved by vqvae4j",
        "vqvae4j.model is autoencoder",
        "Vae.save");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> VqVae.load(file)),
        "expected a file of VqVae saved by vqvae4j",
        "VqVae.save");
    try (Vae model = LatentModels.vae(1).build()) {
      model.save(file);
    }
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Autoencoder.load(file)),
        "expected a file of Autoencoder saved by vqvae4j",
        "vqvae4j.model is vae");
  }

  @Test
  void oversizedSettingsAreRejectedBeforeAllocation() throws IOException {
    Path file = folder.resolve("v.safetensors");
    try (Vae model = LatentModels.vae(1).build()) {
      model.save(file);
    }
    assertRejected(file, "\"latent\":[6]", "\"latent\":[16777216]", "encoder.project.weight");
    assertRejected(file, "\"latent\":[6]", "\"latent\":[]", "corrupt settings");
    assertRejected(file, "\"variance\":1.0", "\"variance\":0.0", "corrupt settings");
    assertRejected(file, "\"hidden\":[32]", "\"hidden\":[999999999]", "encoder.hidden.0.weight");
    assertRejected(file, "\"hidden\":[32]", "\"hidden\":[32,32]", "the file's 8 arrays");
    assertRejected(file, "\"height\":8", "\"height\":99999999", "encoder.hidden.0.weight");
    try (Vae model = LatentModels.convolutional(1)) {
      model.save(file);
    }
    assertRejected(file, "\"height\":8", "\"height\":8000", "encoder.project.weight");
    assertRejected(file, "\"features\":16", "\"features\":1000", "encoder.conv.project.weight");
    assertRejected(file, "\"hidden\":8", "\"hidden\":1073741824", "encoder.conv.down.0.weight");
    try (Autoencoder model = LatentModels.autoencoder(1)) {
      model.save(file);
    }
    SafetensorsFile content = Safetensors.read(file);
    Path changed = changed(content, "\"dimension\":6", "\"dimension\":1000000000");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Autoencoder.load(changed)),
        "the settings require encoder.project.weight of F32[32, 1000000000]",
        "got F32[32, 6]");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Autoencoder.builder().dimension(0)),
        "at least 1",
        "got 0");
  }

  private void assertRejected(Path file, String text, String replacement, String... texts)
      throws IOException {
    Path changed = changed(Safetensors.read(file), text, replacement);
    assertMessageContains(assertThrows(BadFileException.class, () -> Vae.load(changed)), texts);
  }

  private Path changed(SafetensorsFile content, String text, String replacement)
      throws IOException {
    String config = content.metadata().get("vqvae4j.config");
    assertTrue(config.contains(text), config);
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    int index = config.indexOf(text);
    metadata.put(
        "vqvae4j.config",
        config.substring(0, index) + replacement + config.substring(index + text.length()));
    Path file = folder.resolve("changed.safetensors");
    Safetensors.write(file, metadata, content.arrays());
    return file;
  }
}
