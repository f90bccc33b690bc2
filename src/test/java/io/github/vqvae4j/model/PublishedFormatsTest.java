package io.github.vqvae4j.model;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.series.ChannelScale;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.model.blocks.SeriesDecoderConfig;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.blocks.SeriesEncoderConfig;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.Likelihood;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.quantize.BinaryQuantizer;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizer;
import io.github.vqvae4j.quantize.LatentQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizerConfig.BitOrder;
import io.github.vqvae4j.quantize.ProjectedQuantizer;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.ResidualQuantizerConfig.StageLoss;
import io.github.vqvae4j.quantize.SimVectorQuantizer;
import io.github.vqvae4j.quantize.StageDropout;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The files of every published format (src/test/resources/files) can be read, and are byte for byte
 * what the library writes today.
 */
class PublishedFormatsTest {
  private static final Path FILES = Path.of("src/test/resources/files");
  private static final String FORMAT_4 = "format4/";

  @TempDir private Path folder;

  private static Path file(String name) {
    return FILES.resolve(name);
  }

  private void assertSavedAs(String name, Path saved) throws IOException {
    assertArrayEquals(Files.readAllBytes(file(name)), Files.readAllBytes(saved), name);
  }

  private void assertSaved(ImageModel model, String name) throws IOException {
    Path again = folder.resolve("again");
    model.save(again);
    assertSavedAs(FORMAT_4 + name, again);
  }

  @Test
  void vqVaeAndItsAnomalyDetector() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "vq-vae.safetensors"))) {
      assertSaved(model, "vq-vae.safetensors");
      // The detector's file contains the checksum of the model's weights. Version 1 has no prior.
      for (String name : List.of("detector.json", "detector2.json")) {
        Path again = folder.resolve(name);
        AnomalyDetector detector = AnomalyDetector.load(file(name), model);
        assertEquals(0, detector.config().surpriseWeight());
        detector.save(again);
        assertSavedAs("detector2.json", again);
      }
    }
  }

  @Test
  void vqVae2() throws IOException {
    String name = "vq-vae-2.safetensors";
    try (VqVae2 model = VqVae2.load(file(FORMAT_4 + name))) {
      assertEquals(List.of(1, 2), model.config().downsample());
      assertEquals(Optional.of(VectorQuantizer.ema(5, 3)), model.quantizers().get(0).config());
      assertSaved(model, name);
    }
  }

  @Test
  void vqVaeOfSeries() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "series.safetensors"))) {
      SeriesEncoderConfig encoder = (SeriesEncoderConfig) model.encoder().config().orElseThrow();
      assertEquals(
          SeriesEncoder.channels(2)
              .hidden(4)
              .downsample(1)
              .residual(2, 3)
              .residual(r -> r.dilationGrowth(2)),
          encoder);
      SeriesDecoderConfig decoder = (SeriesDecoderConfig) model.decoder().config().orElseThrow();
      assertEquals(3, decoder.residual().dilationGrowth());
      assertSaved(model, "series.safetensors");
    }
  }

  /** Settings of formats before 0.1.0 are unknown names. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "series | ,\"dilationGrowth\":2 | | residual.dilationGrowth: missing, expected a value",
        "series | dilationGrowth\":2 | dilationGrowth\":\"2\" | Growth: expected a value of type int, got \"2\"",
        "series | \"dilationGrowth\" | \"growth\" | residual.growth: unknown name",
        "series | \"residual\" | \"growth\":2,\"residual\" | growth: unknown name",
        "series | \"residual\":{ | \"residual\":7,\"x\":{ | x: unknown name",
        "vq-vae | \"hidden\":4, | \"hidden\":4,\"growth\":1, | growth: unknown name",
      })
  void settingsAreReadStrictly(String name, String text, String replacement, String fault)
      throws IOException {
    Path file = file(FORMAT_4 + name + ".safetensors");
    assertRejected(
        file, config -> config.replaceFirst(Pattern.quote(text), replacement(replacement)), fault);
  }

  private static String replacement(String text) {
    return Matcher.quoteReplacement(text == null ? "" : text);
  }

  /** The messages contain no text of the JSON library. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | encoder: missing, expected an object",
        "{\"encoder\":7} | encoder: got 7, expected an object",
        "{\"encoder\":null} | encoder: got null, expected an object",
        "{\"encoder\":{}} | kind: missing, expected a string",
        "{\"encoder\":{\"kind\":[]}} | kind: got [], expected a string",
        "{\"encoder\":{\"kind\":1,\"settings\":{}}} | kind: got 1, expected a string",
        "{\"encoder\":{\"kind\":\"conv-encoder\"}} | settings: missing, expected an object",
        "{\"encoder\":{\"kind\":\"conv-encoder\",\"settings\":[]}} | settings: got [], expected an",
        "{\"encoder\":{\"kind\":\"vae\",\"settings\":{}}} | unknown kind \"vae\", expected one of",
        "{\"encoder\":{\"kind\":\"custom\",\"settings\":{}}} | unknown name \"settings\", expected",
        "{\"encoder\":{\"kind\":\"custom\",\"x\":1}} | unknown name \"x\", expected one of [kind]",
      })
  void malformedComponentIsNamedInTheError(String components, String fault) throws IOException {
    assertRejected(file(FORMAT_4 + "vq-vae.safetensors"), config -> components, fault);
  }

  private void assertRejected(Path file, UnaryOperator<String> change, String fault)
      throws IOException {
    SafetensorsFile content = Safetensors.read(file);
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    String config = metadata.get("vqvae4j.config");
    metadata.put("vqvae4j.config", change.apply(config));
    assertNotEquals(config, metadata.get("vqvae4j.config"), "the change had no effect");
    Path corrupt = folder.resolve("corrupt");
    Safetensors.write(corrupt, metadata, content.arrays());
    assertMessageContains(
        assertThrows(BadFileException.class, () -> VqVae.load(corrupt)),
        corrupt.toString(),
        "metadata vqvae4j.config, encoder: ",
        fault);
  }

  @Test
  void vqVaeOfStridedConvolutions() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "strided.safetensors"))) {
      assertEquals(Optional.of(StridedEncoder.channels(1).widths(2, 3)), model.encoder().config());
      assertSaved(model, "strided.safetensors");
    }
  }

  @Test
  void vqVaeOfAFiniteScalarQuantizer() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "finite-scalar.safetensors"))) {
      assertEquals(
          Optional.of(
              ProjectedQuantizer.of(
                  3,
                  FiniteScalarQuantizer.symmetric(4, 3)
                      .noise(0.25)
                      .order(IndexOrder.FIRST_LEVEL_SLOWEST))),
          model.quantizer().config());
      assertSaved(model, "finite-scalar.safetensors");
    }
  }

  @Test
  void vqVaeOfALookupFreeQuantizer() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "lookup-free.safetensors"))) {
      assertEquals(
          Optional.of(
              LookupFreeQuantizer.bits(3)
                  .scale(0.5)
                  .softClamp(2)
                  .entropyGroupBits(2)
                  .bitOrder(BitOrder.FIRST_MOST_SIGNIFICANT)),
          model.quantizer().config());
      assertSaved(model, "lookup-free.safetensors");
    }
  }

  @Test
  void vqVaeOfASimVectorQuantizer() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "sim-vector.safetensors"))) {
      assertEquals(
          Optional.of(SimVectorQuantizer.codes(5, 3).fixedDimension(2).bias(true)),
          model.quantizer().config());
      assertSaved(model, "sim-vector.safetensors");
    }
  }

  @Test
  void vqVaeOfAnIndexBackpropagationQuantizer() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "index-backpropagation.safetensors"))) {
      assertEquals(
          Optional.of(IndexBackpropagationQuantizer.codes(5, 3).entropyTemperature(0.5)),
          model.quantizer().config());
      assertSaved(model, "index-backpropagation.safetensors");
    }
  }

  @Test
  void vqVaeOfAGroupedResidualQuantizer() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "grouped-residual.safetensors"))) {
      assertEquals(
          Optional.of(
              GroupedQuantizer.of(
                      2,
                      ResidualQuantizer.of(
                              List.of(VectorQuantizer.ema(4, 2), VectorQuantizer.gradient(3, 2)))
                          .dropout(StageDropout.choice(1, 2))
                          .loss(StageLoss.SUM)
                          .beam(2))
                  .shared()),
          model.quantizer().config());
      assertSaved(model, "grouped-residual.safetensors");
    }
  }

  @Test
  void vqVaeOfALatentQuantizer() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "latent.safetensors"))) {
      assertEquals(
          Optional.of(LatentQuantizer.levels(4, 3, 2).codebookWeight(0.5)),
          model.quantizer().config());
      assertSaved(model, "latent.safetensors");
    }
  }

  @Test
  void vqVaeOfABinaryQuantizer() throws IOException {
    try (VqVae model = VqVae.load(file(FORMAT_4 + "binary.safetensors"))) {
      assertEquals(
          Optional.of(BinaryQuantizer.bits(3).temperature(0.5).klThreshold(1)),
          model.quantizer().config());
      assertSaved(model, "binary.safetensors");
    }
  }

  @Test
  void vae() throws IOException {
    try (Vae model = Vae.load(file(FORMAT_4 + "vae.safetensors"))) {
      assertEquals(Likelihood.learnedGaussian(0.1), model.config().likelihood());
      assertSaved(model, "vae.safetensors");
    }
  }

  @Test
  void autoencoder() throws IOException {
    try (Autoencoder model = Autoencoder.load(file(FORMAT_4 + "autoencoder.safetensors"))) {
      assertSaved(model, "autoencoder.safetensors");
    }
  }

  @Test
  void channelScale() throws IOException {
    ChannelScale scale = ChannelScale.load(file("scale.json"));
    assertEquals(new ChannelScale(List.of(0.1, -3e7), List.of(1e-3, 2.5)), scale);
    Path again = folder.resolve("again");
    scale.save(again);
    assertSavedAs("scale.json", again);
  }

  @Test
  void codesOfGroupsAndStages() throws IOException {
    Codes codes = Codes.read(file("some.codes"));
    Codebooks codebooks = new Codebooks(2, 3, List.of(5, 3, 2, 512, 7, 4));
    int[] values = {4, 2, 1, 511, 6, 3, 0, 0, 0, 300, -1, -1};
    assertEquals(Codes.of(values, codebooks, 2, 1).withLabels(9, -1), codes);
    assertEquals(Optional.of("0123456789abcdef".repeat(4)), codes.modelHash());
    Path again = folder.resolve("again");
    codes.write(again);
    assertSavedAs("some.codes", again);
  }
}
