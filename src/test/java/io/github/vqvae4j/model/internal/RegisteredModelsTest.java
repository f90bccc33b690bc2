package io.github.vqvae4j.model.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models are loaded by the names of their kinds and of their parts. */
class RegisteredModelsTest {
  private static final Path FILES = Path.of("src/test/resources/files/format4");

  private static final Pattern KIND = Pattern.compile("\"kind\":\"([a-z-]+)\"");

  @TempDir private Path folder;

  @Test
  void registeredPartsAndModelsAreLoaded() throws Exception {
    ChildJvm.Result result = new ChildJvm().run(OwnModels.class, folder.toString());
    assertEquals(0, result.exit(), result::toString);
    assertEquals(3, result.linesWith("SAME").size(), result::toString);
    assertEquals(1, result.linesWith("got \"late\" after it. Register it earlier").size());

    // This process does not register them.
    Path file = folder.resolve("own.safetensors");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageModel.load(file)),
        "metadata vqvae4j.model: unknown model \"own-mean\"",
        "expected one of [autoencoder, vae, vq-vae, vq-vae-2]",
        "ModelRegistry.register at the start of the program");
    try (OwnModels.Mean model = OwnModels.mean()) {
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> model.save(file)),
          "Mean.save: expected a registered model",
          "ModelRegistry.register");
    }
  }

  @Test
  void everyKindHasAPublishedFile() throws IOException {
    Set<String> kinds = new TreeSet<>();
    try (Stream<Path> files = Files.list(FILES)) {
      for (Path file : files.toList()) {
        Map<String, String> metadata = Safetensors.read(file).metadata();
        kinds.add(metadata.get("vqvae4j.model"));
        KIND.matcher(metadata.get("vqvae4j.config")).results().forEach(m -> kinds.add(m.group(1)));
        ImageModel.load(file).close();
      }
    }
    Registry registry = Registry.instance();
    Set<String> expected = new TreeSet<>(registry.models().keySet());
    for (Class<?> part :
        List.of(Encoder.Config.class, Decoder.Config.class, Quantizer.Config.class)) {
      expected.addAll(registry.ofType(part).keySet());
    }
    assertEquals(expected, kinds);
  }

  @Test
  void anyKindOfModelIsLoaded() throws IOException {
    try (ImageModel vqVae = ImageModel.load(FILES.resolve("vq-vae.safetensors"));
        ImageModel vae = ImageModel.load(FILES.resolve("vae.safetensors"))) {
      assertInstanceOf(VqVae.class, vqVae);
      assertInstanceOf(Vae.class, vae);
      assertMessageContains(
          assertThrows(
              BadFileException.class,
              () -> ImageModel.load(FILES.resolve("vq-vae.safetensors"), vae)),
          "expected a file of Vae",
          "got a file of VqVae");
    }
  }

  @Test
  void unknownKindIsNamedInTheError() throws IOException {
    SafetensorsFile content = Safetensors.read(FILES.resolve("vq-vae.safetensors"));
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    metadata.computeIfPresent(
        "vqvae4j.config", (key, config) -> config.replace("conv-encoder", "acme-patches"));
    Path file = folder.resolve("unknown.safetensors");
    Safetensors.write(file, metadata, content.arrays());
    BadFileException error = assertThrows(BadFileException.class, () -> VqVae.load(file));
    assertMessageContains(
        error,
        "encoder: unknown kind \"acme-patches\", expected one of [conv-encoder, conv-vector-encoder"
            + ", dense-encoder, series-encoder, strided-encoder]",
        "ModelRegistry.register");
  }

  @Test
  void factoriesMustReturnWhatTheSettingsDescribe() {
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () ->
                VqVae.builder()
                    .encoder((dimension, rng) -> null)
                    .quantizer(VectorQuantizer.ema(4, 3))
                    .decoder(ConvDecoder.channels(1))
                    .build()),
        ".build: expected a new instance, got null");
    ConvEncoder encoder = ConvEncoder.channels(1).hidden(4).build(3, new Rng(1));
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () -> Registry.checkBuilt(ConvEncoder.channels(1), encoder, e -> Optional.empty())),
        "ConvEncoderConfig.build: expected a ConvEncoder whose config() returns these settings,"
            + " ConvEncoderConfig[channels=1, ",
        "got none. Override config() in ConvEncoder to");
    encoder.close();
  }

  /** Many components call their settings {@code Config}. */
  @Test
  void nestedSettingsAreNamedWithTheirClass() {
    record Config(int size) {}
    ConvEncoder encoder = ConvEncoder.channels(1).hidden(4).build(3, new Rng(1));
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () ->
                Registry.checkBuilt(
                    ConvEncoder.channels(1), encoder, e -> Optional.of(new Config(8)))),
        "ConvEncoderConfig.build: expected a ConvEncoder whose config() returns these settings",
        "got RegisteredModelsTest.1Config[size=8]. Override config() in ConvEncoder");
    encoder.close();
  }
}
