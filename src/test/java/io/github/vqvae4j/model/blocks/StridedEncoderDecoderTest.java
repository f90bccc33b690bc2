package io.github.vqvae4j.model.blocks;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.LayerGolden;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StridedEncoderDecoderTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void encoderMatchesKeras(DType dtype) throws IOException {
    try (Layer encoder = StridedEncoder.channels(1).widths(3, 2).build(4, new Rng(1))) {
      LayerGolden.compare("strided_encoder", encoder, dtype);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void decoderMatchesKeras(DType dtype) throws IOException {
    try (Layer decoder = StridedDecoder.channels(1).widths(3, 2).build(5, new Rng(1))) {
      LayerGolden.compare("strided_decoder", decoder, dtype);
    }
  }

  @Test
  void imagesOfTheWrongShapeAreRejected() {
    try (VqVae model =
        VqVae.builder()
            .encoder(StridedEncoder.channels(1))
            .quantizer(VectorQuantizer.ema(4, 2))
            .decoder(StridedDecoder.channels(1))
            .build()) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> Trainer.of(model).batch(1).steps(1).fit(Shapes.rectangles(1, 6, 1, 1))),
          "StridedEncoder",
          "multiples of 4",
          "got 6x6",
          "fewer widths");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.encode(Shapes.rectangles(1, 8, 3, 1))),
          "[batch, height, width, 1]",
          "got [1, 8, 8, 3]",
          "channels(3)");
    }
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> StridedEncoder.channels(1).widths(32, 0)),
        "StridedEncoderConfig.widths[1]: expected at least 1, got 0.");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> StridedDecoder.channels(0)),
        "StridedDecoderConfig.channels: expected at least 1, got 0.");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> new StridedDecoderConfig(1, List.of(), Initializer.XAVIER_UNIFORM)),
        "StridedDecoderConfig.widths: expected 1 to 16 widths, got [].");
  }
}
