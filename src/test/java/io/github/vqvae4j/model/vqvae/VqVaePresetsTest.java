package io.github.vqvae4j.model.vqvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvEncoderConfig;
import io.github.vqvae4j.model.blocks.StridedDecoderConfig;
import io.github.vqvae4j.model.blocks.StridedEncoderConfig;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.quantize.EmaConfig;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VqVaePresetsTest {
  /** The presets, the number of their parameters, counted by hand, and the size of their images. */
  enum Preset {
    // Encoder 3,136 + 131,200 + 147,584 + 2 (36,896 + 4,224) + 8,256, codebook 32,768,
    // decoder 73,856 + 2 (36,896 + 4,224) + 131,136 + 3,075.
    SONNET(VqVaePresets.sonnetCifar10(), 695_491, 32, 3),
    // 160 fewer biases in each of the four residual blocks.
    ZALANDO(VqVaePresets.zalandoCifar10(), 694_851, 32, 3),
    // Encoder 320 + 18,496 + 1,040, codebook 2,048, decoder 9,280 + 18,464 + 289.
    KERAS(VqVaePresets.kerasMnist(), 49_937, 28, 1);

    private final VqVaeBuilder builder;
    private final int parameters;
    private final int side;
    private final int channels;

    Preset(VqVaeBuilder builder, int parameters, int side, int channels) {
      this.builder = builder;
      this.parameters = parameters;
      this.side = side;
      this.channels = channels;
    }
  }

  @ParameterizedTest
  @EnumSource
  void numberOfParametersIsThePublishedOne(Preset preset) {
    try (VqVae model = preset.builder.build()) {
      Variable codebook = model.variables().get("quantizer.codebook");
      int others =
          model.parameters().stream()
              .filter(parameter -> parameter != codebook)
              .mapToInt(Parameter::size)
              .sum();
      assertEquals(preset.parameters, others + codebook.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void loadedModelHasTheSameSettings(Preset preset, @TempDir Path folder) throws IOException {
    Dataset images = Shapes.rectangles(2, preset.side, preset.channels, 1);
    Path file = folder.resolve("model.safetensors");
    try (VqVae saved = preset.builder.build()) {
      saved.save(file);
      try (VqVae loaded = VqVae.load(file)) {
        assertEquals(saved.encoder().config(), loaded.encoder().config());
        assertEquals(saved.quantizer().config(), loaded.quantizer().config());
        assertEquals(saved.decoder().config(), loaded.decoder().config());
        int side = preset.side / 4;
        assertArrayEquals(new int[] {2, side, side}, loaded.encode(images).shape());
        assertEquals(saved.reconstruct(images), loaded.reconstruct(images));
      }
    }
  }

  @Test
  void seedDeterminesTheWeights() {
    try (VqVae one = VqVaePresets.kerasMnist().seed(1).build();
        VqVae other = VqVaePresets.kerasMnist().seed(2).build()) {
      String name = "encoder.project.weight";
      assertNotEquals(
          one.variables().get(name).toFloats()[0], other.variables().get(name).toFloats()[0]);
    }
  }

  @Test
  void settingsOfSonnet() {
    try (VqVae model = VqVaePresets.sonnetCifar10().build()) {
      ResidualConfig residual = new ResidualConfig(2, 32, true, Skip.INPUT, 1);
      assertEquals(
          new ConvEncoderConfig(3, 128, 2, residual, Initializer.TRUNCATED_NORMAL),
          model.encoder().config().orElseThrow());
      assertEquals(
          new ConvDecoderConfig(
              3,
              128,
              2,
              residual,
              ConvDecoderConfig.UpsampleMode.TRANSPOSED,
              Initializer.TRUNCATED_NORMAL),
          model.decoder().config().orElseThrow());
      assertEquals(
          VectorQuantizer.ema(512, 64)
              .codebookWeight(1)
              .commitmentWeight(0.25)
              .ema(new EmaConfig(0.99, 1e-5, true, false))
              .init(Initialization.UNIFORM)
              .deadCodeThreshold(0),
          model.quantizer().config().orElseThrow());
      Map<String, Variable> state = model.variables();
      assertEquals(Math.sqrt(3 / 64.0), maxAbs(state.get("quantizer.codebook")), 1e-4);
      assertEquals(0, maxAbs(state.get("quantizer.sum")));
      assertEquals(0, maxAbs(state.get("encoder.residual.0.conv.bias")));
      // Truncated at two sigma; fan_in of a transposed convolution counts its inputs, too.
      assertEquals(2 / Math.sqrt(16 * 3), maxAbs(state.get("encoder.down.0.weight")), 0.01);
      assertEquals(2 / Math.sqrt(16 * 128), maxAbs(state.get("decoder.up.0.weight")), 1e-3);
      assertEquals(2 / Math.sqrt(16 * 64), maxAbs(state.get("decoder.up.1.weight")), 1e-3);
    }
  }

  @Test
  void settingsOfZalando() {
    try (VqVae model = VqVaePresets.zalandoCifar10().build()) {
      ResidualConfig residual = new ResidualConfig(2, 32, false, Skip.RECTIFIED, 1);
      assertEquals(
          new ConvEncoderConfig(3, 128, 2, residual, Initializer.TORCH),
          model.encoder().config().orElseThrow());
      assertEquals(
          new ConvDecoderConfig(
              3, 128, 2, residual, ConvDecoderConfig.UpsampleMode.TRANSPOSED, Initializer.TORCH),
          model.decoder().config().orElseThrow());
      assertEquals(
          VectorQuantizer.ema(512, 64)
              .codebookWeight(1)
              .commitmentWeight(0.25)
              .ema(new EmaConfig(0.99, 1e-5, false, true))
              .init(Initialization.NORMAL)
              .deadCodeThreshold(0),
          model.quantizer().config().orElseThrow());
      Map<String, Variable> state = model.variables();
      assertEquals(1, rootMeanSquare(state.get("quantizer.codebook")), 0.02);
      assertEquals(1, rootMeanSquare(state.get("quantizer.sum")), 0.02);
      assertEquals(0, maxAbs(state.get("quantizer.count")));
      assertTrue(state.containsKey("encoder.mix.bias"));
      assertTrue(!state.containsKey("encoder.residual.0.conv.bias"));
    }
  }

  @Test
  void settingsOfKeras() {
    try (VqVae model = VqVaePresets.kerasMnist().build()) {
      assertEquals(
          new StridedEncoderConfig(1, List.of(32, 64), Initializer.XAVIER_UNIFORM),
          model.encoder().config().orElseThrow());
      assertEquals(
          new StridedDecoderConfig(1, List.of(64, 32), Initializer.XAVIER_UNIFORM),
          model.decoder().config().orElseThrow());
      VectorQuantizerConfig quantizer =
          (VectorQuantizerConfig) model.quantizer().config().orElseThrow();
      assertEquals(
          VectorQuantizer.gradient(128, 16)
              .codebookWeight(1)
              .commitmentWeight(0.25)
              .ema(new EmaConfig(0.99, 1e-5, true, false))
              .init(Initialization.SMALL_UNIFORM)
              .deadCodeThreshold(0),
          quantizer);
      Map<String, Variable> state = model.variables();
      assertTrue(state.get("quantizer.codebook").isTrainable());
      assertEquals(0.05, maxAbs(state.get("quantizer.codebook")), 1e-3);
      assertEquals(Math.sqrt(6.0 / (9 * 96)), maxAbs(state.get("encoder.down.1.weight")), 1e-3);
      assertEquals(Math.sqrt(6.0 / (9 * 96)), maxAbs(state.get("decoder.up.1.weight")), 1e-3);
      assertEquals(0, maxAbs(state.get("decoder.last.bias")));
    }
  }

  private static double maxAbs(Variable variable) {
    double max = 0;
    for (double value : variable.toDoubles()) {
      max = Math.max(max, Math.abs(value));
    }
    return max;
  }

  private static double rootMeanSquare(Variable variable) {
    double squares = 0;
    for (double value : variable.toDoubles()) {
      squares += value * value;
    }
    return Math.sqrt(squares / variable.size());
  }
}
