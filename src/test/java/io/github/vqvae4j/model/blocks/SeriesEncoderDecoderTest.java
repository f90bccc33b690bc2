package io.github.vqvae4j.model.blocks;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.SeriesTiles;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.LayerGolden;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeriesEncoderDecoderTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void encoderMatchesPyTorch(DType dtype) throws IOException {
    SeriesEncoderConfig config = SeriesEncoder.channels(3).hidden(4).downsample(2).residual(3, 2);
    try (Layer encoder = config.residual(r -> r.dilationGrowth(2)).build(5, new Rng(1))) {
      LayerGolden.compare("series_encoder", encoder, dtype);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void decoderMatchesPyTorch(DType dtype) throws IOException {
    SeriesDecoderConfig config = SeriesDecoder.channels(3).hidden(4).upsample(2).residual(3, 2);
    try (Layer decoder = config.residual(r -> r.dilationGrowth(2)).build(5, new Rng(1))) {
      LayerGolden.compare("series_decoder", decoder, dtype);
    }
  }

  @Test
  void windowsAreEncodedAndReconstructed() {
    try (VqVae model = model(2)) {
      assertArrayEquals(new int[] {3, 1, 5}, model.encode(windows(3, 1, 40, 2)).shape());
      assertEquals("Images[3, 1, 40, 2]", model.reconstruct(windows(3, 1, 40, 2)).toString());
    }
  }

  @Test
  void tilesAreEquivalentToOneWindow() {
    // The receptive field of a code is its 8 samples and 47 on each side. A sample of the
    // reconstruction depends on 6 codes on each side, and thus on 95 samples.
    Series series = Series.of(windows(1, 1, 1_000, 2).pixels(), 2, 0);
    SeriesTiles tiles = SeriesTiles.of(series, 256, 96);
    SeriesTiles whole = SeriesTiles.of(series, 1_000, 0);
    try (VqVae model = model(2)) {
      int[] codes = tiles.join(model.encode(tiles).values());
      assertArrayEquals(whole.join(model.encode(whole).values()), codes);
      float[] joined = tiles.join(model.reconstruct(tiles)).samples();
      float[] expected = whole.join(model.reconstruct(whole)).samples();
      assertArrayEquals(expected, joined, 1e-5f);
    }
  }

  @Test
  void loadedModelEqualsTheSavedOne() throws IOException {
    Path file = folder.resolve("series.safetensors");
    Dataset windows = windows(2, 1, 24, 3);
    try (VqVae saved = model(3)) {
      saved.save(file);
      try (VqVae loaded = VqVae.load(file)) {
        assertEquals(saved.encoder().config(), loaded.encoder().config());
        assertEquals(saved.decoder().config(), loaded.decoder().config());
        assertEquals(saved.reconstruct(windows), loaded.reconstruct(windows));
      }
    }
    try (Autoencoder saved =
        Autoencoder.builder()
            .encoder(SeriesEncoder.channels(3))
            .decoder(SeriesDecoder.channels(3))
            .dimension(4)
            .build()) {
      saved.save(file);
      try (Autoencoder loaded = Autoencoder.load(file)) {
        assertEquals(saved.reconstruct(windows), loaded.reconstruct(windows));
      }
    }
  }

  @Test
  void oversizedSettingsAreRejectedBeforeAllocation() throws IOException {
    Path file = folder.resolve("series.safetensors");
    try (VqVae model = model(3)) {
      model.save(file);
    }
    SafetensorsFile content = Safetensors.read(file);
    String config = content.metadata().get("vqvae4j.config");
    String error = "the settings require";
    assertRejected(
        content, config.replaceFirst(":16,", ":1073741824,"), error, "encoder.down.0.weight");
    assertRejected(
        content, config.replaceFirst(":8,", ":999999999,"), error, "encoder.residual.0.conv");
    assertRejected(
        content,
        config.replaceFirst("\"blocks\":2", "\"blocks\":9"),
        error,
        "arrays: Block.withoutValues: expected at most 39 parameters and buffers, got more;");
    assertRejected(
        content,
        config.replaceFirst("\"dilationGrowth\":3", "\"dilationGrowth\":0"),
        "corrupt settings");
    int decoder = config.indexOf("series-decoder");
    String encoder = config.substring(0, decoder);
    String rest = config.substring(decoder);
    assertRejected(
        content, encoder + rest.replaceFirst(":16,", ":2097152,"), error, "decoder.mix.weight");
    assertRejected(
        content, encoder + rest.replaceFirst(":3,", ":9999,"), error, "decoder.up.2.weight");
    assertRejected(
        content, encoder + rest.replaceFirst(":8,", ":9999,"), error, "decoder.residual.0.conv");
  }

  private void assertRejected(SafetensorsFile content, String config, String... texts)
      throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    assertTrue(!config.equals(metadata.put("vqvae4j.config", config)), config);
    Path changed = folder.resolve("changed.safetensors");
    Safetensors.write(changed, metadata, content.arrays());
    assertMessageContains(assertThrows(BadFileException.class, () -> VqVae.load(changed)), texts);
  }

  @Test
  void windowsOfTheWrongShapeAreRejected() {
    try (VqVae model = model(2)) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> Trainer.of(model).batch(1).steps(1).fit(windows(1, 1, 20, 2))),
          "SeriesEncoder",
          "a multiple of 8",
          "got 20",
          "downsample");
      assertRejected(
          model, windows(1, 1, 16, 3), "[batch, 1, time, 2]", "got [1, 1, 16, 3]", "channels");
      assertRejected(
          model, windows(1, 8, 16, 2), "got [1, 8, 16, 2]", "For images, use ConvEncoder");
    }
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1))
            .quantizer(VectorQuantizer.ema(4, 2))
            .decoder(SeriesDecoder.channels(1))
            .build()) {
      assertRejected(
          model, windows(1, 8, 8, 1), "SeriesDecoder", "got [1, 2, 2, 2]", "ConvDecoder");
    }
  }

  private static void assertRejected(VqVae model, Images windows, String... texts) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> model.reconstruct(windows)), texts);
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> SeriesEncoder.channels(0)),
        "SeriesEncoderConfig.channels: expected at least 1, got 0.");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> SeriesDecoder.channels(1).hidden(3)),
        "SeriesDecoderConfig.hidden: expected an even number of at least 2, got 3.");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> SeriesEncoder.channels(1).residual(r -> r.dilationGrowth(0))),
        "ResidualConfig.dilationGrowth: expected 1 to 65536, got 0.");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> SeriesDecoder.channels(1).residual(12, 8)),
        "ResidualConfig.dilationGrowth: expected dilations dilationGrowth^(blocks - 1) of at most 65536",
        "set dilationGrowth first",
        "got 3 with 12 blocks");
  }

  /** Changing one setting of the residual stack preserves the others. */
  @Test
  void residualSettingsArePreserved() {
    SeriesEncoderConfig config = SeriesEncoder.channels(1).residual(r -> r.bias(false));
    assertEquals(ResidualConfig.of(4, 32).dilationGrowth(3).bias(false), config.residual());
    config = config.residual(2, 8);
    assertEquals(ResidualConfig.of(2, 8).dilationGrowth(3).bias(false), config.residual());
  }

  private static VqVae model(int channels) {
    return VqVae.builder()
        .encoder(SeriesEncoder.channels(channels).hidden(16).residual(2, 8))
        .quantizer(VectorQuantizer.ema(32, 4))
        .decoder(SeriesDecoder.channels(channels).hidden(16).residual(2, 8))
        .build();
  }

  private static Images windows(int count, int height, int width, int channels) {
    float[] samples = new float[count * height * width * channels];
    Rng rng = new Rng(3);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = rng.nextInt(100) / 100f;
    }
    return Images.of(samples, count, height, width, channels);
  }
}
