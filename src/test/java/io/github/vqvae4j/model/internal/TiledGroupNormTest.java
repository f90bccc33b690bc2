package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.GroupNorm;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All tiles of an image are normalized with the statistics of the whole image. */
class TiledGroupNormTest {
  private static final int DIMENSION = 4;

  @AfterEach
  void reset() {
    Tiling.limit(Tiling.DEFAULT);
  }

  /** An image whose contrast and brightness grow from the upper left to the lower right. */
  private static Images photograph(int height, int width) {
    float[] pixels = new float[height * width];
    Rng rng = new Rng(5);
    for (int i = 0; i < pixels.length; i++) {
      double x = 0.5 * (i % width) / width + 0.5 * (i / width) / height;
      double wave = Math.sin(i / width * 0.13) * Math.cos(i % width * 0.09 + i / width * 0.02);
      pixels[i] = (float) (0.2 + 0.4 * x + 0.3 * x * wave + 0.1 * rng.nextDouble());
    }
    return Images.of(pixels, 1, height, width, 1).withLabels(3);
  }

  private static Layer conv(int in, int out, int size, int stride, boolean relu) {
    ConvConfig config = ConvConfig.of(in, out, size).stride(stride).relu(relu);
    return new Conv2d(size == 3 ? config.padding(1) : config, new Rng(in + 10L * out + size));
  }

  private static Layer up(int in, int out) {
    return new ConvTranspose2d(ConvConfig.of(in, out, 2).stride(2), new Rng(5));
  }

  private static final class Custom extends Encoder {
    private final List<Layer> layers = new ArrayList<>();

    Custom(List<Layer> parts) {
      parts.forEach(part -> layers.add(child("layer" + layers.size(), part)));
    }

    @Override
    protected Tensor compute(Tensor images) {
      return chain(images, layers);
    }
  }

  private static final class CustomDecoder extends Decoder {
    private final List<Layer> layers = new ArrayList<>();

    CustomDecoder(List<Layer> parts) {
      parts.forEach(part -> layers.add(child("layer" + layers.size(), part)));
    }

    @Override
    protected Tensor compute(Tensor latents) {
      return chain(latents, layers);
    }
  }

  /** Layers with as many group normalizations at two resolutions. */
  private static List<Layer> encoder(int norms) {
    List<Layer> layers = new ArrayList<>(List.of(conv(1, 8, 2, 2, false)));
    for (int i = 0; i < norms; i++) {
      if (i == norms / 2) {
        layers.add(conv(8, 8, 2, 2, false));
      }
      layers.add(new GroupNorm(1 << i % 4, 8));
      layers.add(conv(8, 8, i % 3 == 0 ? 3 : 1, 1, true));
    }
    if (norms == 0) {
      layers.add(conv(8, 8, 2, 2, true));
    }
    layers.add(conv(8, DIMENSION, 1, 1, false));
    return layers;
  }

  private static List<Layer> decoder(int norms) {
    List<Layer> layers = new ArrayList<>(List.of(conv(DIMENSION, 8, 3, 1, true)));
    for (int i = 0; i < norms; i++) {
      layers.add(new GroupNorm(4 >> i % 3, 8));
      layers.add(i == 0 ? up(8, 8) : conv(8, 8, 3, 1, true));
    }
    if (norms == 0) {
      layers.add(up(8, 8));
    }
    layers.add(up(8, 1));
    return layers;
  }

  private static VqVae model(List<Layer> encoder, List<Layer> decoder) {
    VqVae model =
        VqVae.builder()
            .encoder(new Custom(encoder))
            .quantizer(VectorQuantizer.ema(16, DIMENSION))
            .decoder(new CustomDecoder(decoder))
            .build();
    Trainer.of(model).batch(8).steps(3).quiet().fit(Shapes.rectangles(32, 40, 1, 1));
    return model;
  }

  private static float[] latents(VqVae model, Images image) {
    int height = (image.height() + 3) / 4 * 4;
    int width = (image.width() + 3) / 4 * 4;
    float[] padded = new float[height * width];
    for (int i = 0; i < padded.length; i++) {
      int y = Math.min(i / width, image.height() - 1);
      int x = Math.min(i % width, image.width() - 1);
      padded[i] = image.pixels()[y * image.width() + x];
    }
    try (Step step = Step.inference()) {
      return model.encoderOutput(step.tensor(padded, 1, height, width, 1)).toFloats();
    }
  }

  /** Asserts that codes are equal where the nearest two are not almost as near. */
  private static void assertNearTies(VqVae model, Images image, Codes expected, Codes actual) {
    assertEquals(expected.toString(), actual.toString());
    float[] codebook = ((VectorQuantizer) model.quantizer()).codebook();
    float[] latents = expected.equals(actual) ? new float[0] : latents(model, image);
    int different = 0;
    for (int i = 0; i < latents.length / DIMENSION; i++) {
      int[] codes = {expected.values()[i], actual.values()[i]};
      double[] distances = new double[2];
      for (int d = 0; d < DIMENSION; d++) {
        for (int j = 0; j < 2; j++) {
          double difference = latents[i * DIMENSION + d] - codebook[codes[j] * DIMENSION + d];
          distances[j] += difference * difference;
        }
      }
      assertEquals(distances[0], distances[1], 1e-4 * (distances[0] + 1e-3), "position " + i);
      different += codes[0] == codes[1] ? 0 : 1;
    }
    assertTrue(different <= 3, different + " near ties");
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 397, 330", "0, 2, 240, 301", "3, 2, 330, 397", "8, 3, 160, 501"})
  void codesAndPixelsAreThoseOfThePassOnTheWholeImage(
      int encoderNorms, int decoderNorms, int height, int width) {
    Images image = photograph(height, width);
    try (VqVae model = model(encoder(encoderNorms), decoder(decoderNorms))) {
      Codes whole = model.encode(image);
      Images decoded = model.decode(whole);
      assertTrue(Arrays.stream(whole.values()).distinct().count() > 1, "several codes");
      Tiling.limit(new Tiling.Limits(0, 64));
      Codes tiled = model.encode(image);
      assertNearTies(model, image, whole, tiled);
      assertArrayEquals(decoded.pixels(), model.decode(whole).pixels(), 1e-5f);
      Images reconstruction = model.reconstruct(image);
      assertEquals(model.decode(tiled), reconstruction);
      assertEquals(3, reconstruction.label(0));
      WithThreads.run(
          2,
          () -> {
            assertEquals(tiled, model.encode(image));
            assertEquals(reconstruction, model.reconstruct(image));
          });
    }
  }

  private static int reads(VqVae model, Images image) {
    AtomicInteger reads = new AtomicInteger();
    model.encode(new CountedReads(image, reads));
    return reads.get();
  }

  /** Each pass reads all rows of tiles; a part of a tile is read to count the normalizations. */
  @ParameterizedTest
  @CsvSource({"0, 112", "1, 112", "5, 150"})
  void aPassCollectsTheStatisticsOfEachNormalization(int norms, int height) {
    Images image = photograph(height, 100);
    try (VqVae model = model(encoder(norms), decoder(0))) {
      Tiling.limit(new Tiling.Limits(0, 64));
      int rows = reads(model, image) - 1;
      assertEquals(0, rows % (norms + 1), rows + " rows of tiles read");
      assertTrue(rows / (norms + 1) > 1, "several rows of tiles");
    }
  }

  /** Latents and pixels are blended; their bits do not depend on the number of threads. */
  @Test
  void onePassCollectsAllIfALayerLooksAtTheWholeImage() {
    Images image = photograph(330, 400);
    List<Layer> encoder = encoder(3);
    encoder.add(2, new ImageMean());
    List<Layer> decoder = decoder(2);
    decoder.add(1, new ImageMean());
    try (VqVae model = model(encoder, decoder)) {
      Tiling.limit(new Tiling.Limits(0, 64));
      assertEquals(1 + 2 * 2, reads(model, image), "two rows of tiles");
      Codes codes = model.encode(image);
      Images decoded = model.decode(codes);
      WithThreads.run(
          2,
          () -> {
            assertEquals(codes, model.encode(image));
            assertEquals(decoded, model.decode(codes));
          });
    }
  }
}
