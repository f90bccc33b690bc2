package io.github.vqvae4j.model.vqvae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig.UpsampleMode;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.quantize.EmaConfig;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VqVaeFileTest {
  private static final Dataset IMAGES = Shapes.rectangles(3, 8, 1, 1);

  @TempDir private Path folder;

  /** A custom encoder that maps each pixel independently, without downsampling. */
  private static final class PixelEncoder extends Encoder {
    private final Linear project;

    PixelEncoder(int dimension, Rng rng) {
      project = child("project", new Linear(1, dimension, rng));
    }

    @Override
    protected Tensor compute(Tensor images) {
      return project.forward(images);
    }
  }

  private static VqVae custom(long seed) {
    return VqVae.builder()
        .encoder(new PixelEncoder(4, new Rng(seed)))
        .quantizer(VectorQuantizer.ema(16, 4))
        .decoder(ConvDecoder.channels(1).hidden(4).upsample(0))
        .seed(seed)
        .build();
  }

  @Test
  void loadedModelEqualsTheSavedOne() throws IOException {
    VectorQuantizerConfig settings =
        VectorQuantizer.gradient(16, 4)
            .commitmentWeight(0.5)
            .ema(new EmaConfig(0.9, 1e-3, false, true));
    Path file = folder.resolve("new folder/model.safetensors");
    try (VqVae saved = Shapes.model(1, 7, settings)) {
      saved.save(file);
      try (VqVae loaded = VqVae.load(file)) {
        assertEquals(Optional.of(settings), loaded.quantizer().config());
        assertEquals(saved.encoder().config(), loaded.encoder().config());
        assertEquals(saved.decoder().config(), loaded.decoder().config());
        saved
            .variables()
            .forEach(
                (name, variable) ->
                    assertArrayEquals(
                        variable.toFloats(), loaded.variables().get(name).toFloats(), name));
        assertEquals(saved.reconstruct(IMAGES), loaded.reconstruct(IMAGES));
      }
    }
  }

  @Test
  void modelWithACustomEncoderIsLoadedIntoAnInstance() throws IOException {
    Path file = folder.resolve("custom.safetensors");
    try (VqVae saved = custom(1);
        VqVae other = custom(2)) {
      saved.save(file);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> VqVae.load(file)),
          "custom.safetensors",
          "encoder",
          "VqVae.load(file, model)");
      VqVae.load(file, other);
      assertEquals(saved.reconstruct(IMAGES), other.reconstruct(IMAGES));
    }
  }

  @Test
  void mismatchedModelIsRejectedAndUnchanged() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (VqVae saved = Shapes.model(1, 7);
        VqVae other = custom(2);
        VqVae larger = Shapes.model(1, 7, VectorQuantizer.ema(32, 4))) {
      saved.save(file);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> VqVae.load(file, other)),
          "missing [decoder.residual.1.conv.bias",
          "and 1 more]",
          "unknown [encoder.down.0.bias",
          "build the model as it was");
      float[] before = larger.variables().get("encoder.mix.weight").toFloats();
      larger.variables().get("encoder.mix.weight").set(new float[before.length]);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> VqVae.load(file, larger)),
          "quantizer.codebook",
          "[32, 4]",
          "[16, 4]");
      assertArrayEquals(
          new float[before.length], larger.variables().get("encoder.mix.weight").toFloats());
    }
  }

  @Test
  void fileOfADifferentKindIsRejected() throws IOException {
    Path file = folder.resolve("other.safetensors");
    Safetensors.write(file, Map.of("format", "pt"), Map.of("w", NamedArray.of(new float[1], 1)));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> VqVae.load(file)),
        "other.safetensors",
        "expected a file of VqVae saved by vqvae4j",
        "VqVae.save");
    assertThrows(NoSuchFileException.class, () -> VqVae.load(folder.resolve("none.safetensors")));
  }

  @Test
  void corruptMetadataIsNamedInTheError() throws IOException {
    for (String old : List.of("1", "2", "3")) {
      assertRejected(
          Map.of("vqvae4j.format", old),
          "metadata vqvae4j.format: expected a format version of at least 4, got " + old,
          "before 0.1.0. Train the model again");
    }
    for (String unknown : List.of("5", "999999999")) {
      assertRejected(
          Map.of("vqvae4j.format", unknown),
          "metadata vqvae4j.format: expected a format version of at most 4, got " + unknown,
          "or a newer one");
    }
    for (String noNumber : List.of("0", "x", "4.0", "-4", "9999999999")) {
      assertRejected(
          Map.of("vqvae4j.format", noNumber),
          "metadata vqvae4j.format: expected a number, got " + noNumber,
          "the file is corrupt, replace it with an intact copy");
    }
    assertRejected(Map.of("vqvae4j.config", "{"), "vqvae4j.config", "expected a JSON object");
    assertRejected(
        Map.of("vqvae4j.config", "{}"),
        "encoder",
        "corrupt settings: encoder: missing, expected an object");
    assertRejected(
        Map.of("vqvae4j.config", "{\"encoder\":{\"kind\":\"java.lang.Runtime\"}}"),
        "unknown kind \"java.lang.Runtime\"",
        "conv-encoder");
    assertRejected(
        Map.of("vqvae4j.config", "{\"encoder\":{\"kind\":\"conv-decoder\",\"settings\":{}}}"),
        "unknown kind \"conv-decoder\"");
    assertRejected(
        Map.of("vqvae4j.config", "{\"encoder\":{\"kind\":\"conv-encoder\",\"settings\":{}}}"),
        "encoder",
        "channels");
  }

  private void assertRejected(Map<String, String> changes, String... parts) throws IOException {
    Path file = folder.resolve("changed.safetensors");
    try (VqVae model = Shapes.model(1, 7)) {
      model.save(file);
    }
    SafetensorsFile content = Safetensors.read(file);
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    metadata.putAll(changes);
    Safetensors.write(file, metadata, content.arrays());
    assertMessageContains(assertThrows(BadFileException.class, () -> VqVae.load(file)), parts);
  }

  @Test
  void oversizedSettingsAreRejectedBeforeAllocation() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (VqVae model = Shapes.model(1, 7)) {
      model.save(file);
    }
    String config = Safetensors.read(file).metadata().get("vqvae4j.config");
    for (String[] change :
        new String[][] {
          {"\"hidden\":16", "\"hidden\":1073741824", "encoder.down.0.weight"},
          {"\"channels\":1", "\"channels\":999999999", "encoder.down.0.weight"},
          {"\"blocks\":1", "\"blocks\":2147483647", "the file's 23 arrays"},
          {"\"hidden\":8", "\"hidden\":999999999", "encoder.residual.0"},
          {"\"codebookSize\":16", "\"codebookSize\":200000000", "quantizer.codebook"},
        }) {
      String changed = config.replaceFirst(change[0], change[1]);
      assertRejected(Map.of("vqvae4j.config", changed), "the settings require", change[2]);
    }
    assertRejected(Map.of("vqvae4j.config", "{\"encoder\":{\"kind\":null}}"), "corrupt settings");
  }

  @Test
  void decoderChannelsAreCheckedForAllUpsampleModes() throws IOException {
    Path file = folder.resolve("model.safetensors");
    for (UpsampleMode upsampleMode : UpsampleMode.values()) {
      for (int stages : new int[] {0, 1, 2}) {
        ConvDecoderConfig decoder =
            ConvDecoder.channels(3).hidden(4).upsample(stages).upsampleMode(upsampleMode);
        try (VqVae model =
            VqVae.builder()
                .encoder(ConvEncoder.channels(3).hidden(4).downsample(stages))
                .quantizer(VectorQuantizer.ema(4, 2))
                .decoder(decoder)
                .build()) {
          model.save(file);
        }
        VqVae.load(file).close();
        SafetensorsFile content = Safetensors.read(file);
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        String config = metadata.get("vqvae4j.config");
        int index = config.lastIndexOf("\"channels\":3");
        metadata.put(
            "vqvae4j.config",
            config.substring(0, index) + "\"channels\":999999999" + config.substring(index + 12));
        Safetensors.write(file, metadata, content.arrays());
        assertMessageContains(
            assertThrows(BadFileException.class, () -> VqVae.load(file)),
            "the settings require decoder.up.",
            "999999999");
      }
    }
  }

  @Test
  void oversizedStridedSettingsAreRejected() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (VqVae model = VqVaePresets.kerasMnist().build()) {
      model.save(file);
    }
    SafetensorsFile content = Safetensors.read(file);
    String config = content.metadata().get("vqvae4j.config");
    for (String[] change :
        new String[][] {
          {"\"channels\":1", "\"channels\":999999999", "encoder.down.0.weight"},
          {"[32,64]", "[32,999999999]", "encoder.down.1.weight"},
          {"[32,64]", "[32,64,2]", "the file's 16 arrays"},
          {"[64,32]", "[999999999,32]", "decoder.up.0.weight"},
        }) {
      assertTrue(config.contains(change[0]), config);
      Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
      metadata.put("vqvae4j.config", config.replace(change[0], change[1]));
      Safetensors.write(file, metadata, content.arrays());
      assertMessageContains(
          assertThrows(BadFileException.class, () -> VqVae.load(file)),
          "the settings require",
          change[2]);
    }
  }

  @Test
  void nonFiniteValuesAreNeitherSavedNorLoaded() throws IOException {
    Path file = folder.resolve("nan.safetensors");
    try (VqVae model = Shapes.model(1, 7)) {
      model.save(file);
      float[] bias = model.variables().get("encoder.mix.bias").toFloats();
      bias[3] = Float.NaN;
      model.variables().get("encoder.mix.bias").set(bias);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> model.save(file)),
          "got NaN as element 3 of encoder.mix.bias",
          "learning rate");
      SafetensorsFile content = Safetensors.read(file);
      Map<String, NamedArray> arrays = new LinkedHashMap<>(content.arrays());
      arrays.put("encoder.mix.bias", NamedArray.of(bias, bias.length));
      Safetensors.write(file, content.metadata(), arrays);
    }
    assertMessageContains(
        assertThrows(BadFileException.class, () -> VqVae.load(file)),
        "encoder.mix.bias",
        "got NaN as element 3");
  }

  @Test
  void truncatedFileIsRejected() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (VqVae model = Shapes.model(1, 7)) {
      model.save(file);
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> VqVae.load(file)), "model.safetensors");
  }

  @Test
  void unwritablePathIsNamedAndNoFileIsLeft() throws IOException {
    Path notAFolder = Files.writeString(folder.resolve("file"), "x");
    try (VqVae model = Shapes.model(1, 7)) {
      IOException error =
          assertThrows(IOException.class, () -> model.save(notAFolder.resolve("m.safetensors")));
      assertTrue(error.getMessage().contains(notAFolder.toString()), error.getMessage());
    }
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }
}
