package io.github.vqvae4j.model.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig.UpsampleMode;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images in small tiles give the codes and the pixels of a pass on the whole image. */
class TiledImagesTest {
  private static final VectorQuantizerConfig QUANTIZER = VectorQuantizer.ema(16, 4);
  private static final Tiling.Limits SMALL = new Tiling.Limits(0, 64);

  @TempDir private Path folder;

  @AfterEach
  void reset() {
    Tiling.limit(Tiling.DEFAULT);
  }

  private static Images photograph(int height, int width) {
    return Photograph.of(height, width, 0.1).withLabels(3);
  }

  /** Trains for some steps, so that the codes vary. */
  private static <M extends ImageModel> M trained(M model) {
    Trainer.of(model).batch(8).steps(3).quiet().fit(Shapes.rectangles(32, 40, 1, 1));
    return model;
  }

  static VqVae model(Encoder encoder, Decoder decoder) {
    return trained(VqVae.builder().encoder(encoder).quantizer(QUANTIZER).decoder(decoder).build());
  }

  private static VqVae conv(int halvings, UpsampleMode mode) {
    return trained(
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(8).downsample(halvings).residual(2, 4))
            .quantizer(QUANTIZER)
            .decoder(
                ConvDecoder.channels(1)
                    .hidden(8)
                    .upsample(halvings)
                    .residual(2, 4)
                    .upsampleMode(mode))
            .build());
  }

  private static void assertEqualToWhole(VqVae model, Images image) {
    Codes whole = model.encode(image);
    Images decoded = model.decode(whole);
    assertTrue(Arrays.stream(whole.values()).distinct().count() > 1, "several codes");
    Tiling.limit(SMALL);
    Codes tiled = model.encode(image);
    assertNearTies(model, image, whole, tiled);
    assertEquals(whole.toString(), tiled.toString());
    assertArrayEquals(decoded.pixels(), model.decode(whole).pixels(), 1e-5f);
    Images reconstruction = model.reconstruct(image);
    assertEquals(model.decode(tiled), reconstruction);
    assertEquals(3, reconstruction.label(0));
    Tiling.limit(Tiling.DEFAULT);
  }

  /** Asserts that codes are equal where the nearest two are not almost as near. */
  private static void assertNearTies(VqVae model, Images image, Codes expected, Codes actual) {
    if (expected.equals(actual)) {
      return;
    }
    float[] latents;
    try (Step step = Step.inference()) {
      latents =
          model
              .encoderOutput(step.tensor(image.pixels(), 1, image.height(), image.width(), 1))
              .toFloats();
    }
    float[] codebook = ((VectorQuantizer) model.quantizer()).codebook();
    int d = model.quantizer().dimension();
    for (int i = 0; i < latents.length / d; i++) {
      double first = distance(latents, i * d, codebook, expected.values()[i] * d, d);
      double second = distance(latents, i * d, codebook, actual.values()[i] * d, d);
      assertEquals(first, second, 1e-4 * (first + 1e-6), "position " + i);
    }
  }

  private static double distance(float[] a, int i, float[] b, int j, int length) {
    double sum = 0;
    for (int k = 0; k < length; k++) {
      sum += (a[i + k] - b[j + k]) * (a[i + k] - b[j + k]);
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({
    "0, TRANSPOSED, 1",
    "1, TRANSPOSED, 2",
    "2, TRANSPOSED, 1",
    "2, TRANSPOSED, 2",
    "3, TRANSPOSED, 2",
    "2, NEAREST, 2"
  })
  void convolutionalModelsEqualThePassOnTheWholeImage(
      int halvings, UpsampleMode mode, int threads) {
    WithThreads.run(
        threads,
        () -> {
          try (VqVae model = conv(halvings, mode)) {
            assertEqualToWhole(model, photograph(200, 160));
          }
        });
  }

  @Test
  void sidesThatTheFactorDoesNotDivideArePadded() {
    try (VqVae model = conv(2, UpsampleMode.TRANSPOSED)) {
      Images image = photograph(201, 163);
      Codes whole = model.encode(image);
      Images decoded = model.decode(whole);
      Tiling.limit(SMALL);
      assertEquals(whole, model.encode(image));
      assertArrayEquals(new int[] {201, 163}, whole.imageSize().orElseThrow());
      assertArrayEquals(decoded.pixels(), model.decode(whole).pixels(), 1e-5f);
      assertEquals(163, model.reconstruct(image).width());
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.decode(whole.withImageSize(205, 163))),
          "at most 204x164 pixels");
    }
  }

  @Test
  void stridedModelsEqualThePassOnTheWholeImage() {
    try (VqVae model =
        trained(
            VqVae.builder()
                .encoder(StridedEncoder.channels(1))
                .quantizer(QUANTIZER)
                .decoder(StridedDecoder.channels(1))
                .build())) {
      assertEqualToWhole(model, photograph(200, 160));
    }
  }

  static Layer conv(int in, int out, int stride, int dilation) {
    ConvConfig config =
        stride == 1
            ? ConvConfig.of(in, out, 3).dilation(dilation).padding(dilation).relu(true)
            : ConvConfig.of(in, out, stride).stride(stride);
    return new Conv2d(config, new Rng(in + 10L * out));
  }

  static Layer up(int in, int out, int stride) {
    return new ConvTranspose2d(ConvConfig.of(in, out, stride).stride(stride), new Rng(5));
  }

  @Test
  void theReachOfCustomLayersIsMeasured() {
    try (VqVae model =
        model(
            new ChainEncoder(conv(1, 6, 5, 1), conv(6, 6, 1, 3), conv(6, 4, 1, 1)),
            new ChainDecoder(conv(4, 4, 1, 2), up(4, 1, 5)))) {
      ReachTest.Both reach = ReachTest.of(model, 5);
      assertEquals(new Reach.Pass(4, 1, false), reach.encoder(), "dilation 3 and a kernel of 3");
      assertEquals(new Reach.Pass(2, 1, false), reach.decoder());
      assertEqualToWhole(model, photograph(200, 160));
    }
  }

  /** The encoder looks at a few pixels only, so that its codes do not depend on tiles. */
  @Test
  void aLocalEncoderWithADecoderThatLooksAtTheWholeImageEncodesAsTheWhole() {
    try (VqVae model =
        model(
            new ChainEncoder(conv(1, 6, 4, 1), conv(6, 4, 1, 3)),
            new ChainDecoder(conv(4, 8, 1, 1), new ImageMean(), up(8, 1, 4)))) {
      assertEquals(new Reach.Pass(3, 1, false), ReachTest.of(model, 4).encoder());
      assertEquals(true, ReachTest.of(model, 4).decoder().isWhole());
      Images image = photograph(399, 330);
      Codes whole = model.encode(image);
      Tiling.limit(SMALL);
      assertNearTies(model, image, whole, model.encode(image));
    }
  }

  @Test
  void hierarchicalModelsEqualThePassOnTheWholeImage() {
    try (VqVae2 model =
        trained(
            VqVae2.channels(1)
                .hidden(8)
                .downsample(1, 1)
                .residual(1, 4)
                .quantizer(QUANTIZER)
                .build())) {
      Images image = photograph(202, 161);
      List<Codes> whole = model.encode(image);
      Images decoded = model.decode(whole);
      Images ofTop = model.decode(whole, 1);
      Tiling.limit(SMALL);
      assertEquals(whole, model.encode(image));
      assertArrayEquals(decoded.pixels(), model.decode(whole).pixels(), 1e-5f);
      assertArrayEquals(ofTop.pixels(), model.decode(whole, 1).pixels(), 1e-5f);
      assertArrayEquals(decoded.pixels(), model.reconstruct(image).pixels(), 1e-5f);
    }
  }

  @Test
  void severalImagesAreEncodedToFiles() throws IOException {
    try (VqVae model = conv(1, UpsampleMode.TRANSPOSED)) {
      Images one = photograph(120, 90);
      Images two = Images.concat(one, Images.of(new float[120 * 90], 1, 120, 90, 1));
      Codes whole = model.encode(two);
      Path file = folder.resolve("photographs.codes");
      Tiling.limit(SMALL);
      model.encode(two, file);
      assertEquals(whole, Codes.read(file));
      assertEquals(whole, model.encode(two));
      assertArrayEquals(
          model.decode(whole.range(1, 2)).pixels(), model.decode(whole).image(1).pixels());
    }
  }

  @Test
  void smallImagesAreNotProcessedInTiles() {
    Factors factors = new Factors(4, 4, 3);
    try (VqVae model = conv(2, UpsampleMode.TRANSPOSED)) {
      Tiling tiling = new Tiling(model, null);
      assertEquals(false, tiling.isTiled(256, 256, factors));
      assertEquals(false, tiling.isTiled(1, 1 << 30, factors), "windows of a series");
      assertEquals(false, tiling.isTiled(1 << 14, 1 << 14, new Factors(1, 1, 0)));
    }
  }
}
