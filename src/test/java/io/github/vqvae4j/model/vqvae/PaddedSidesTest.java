package io.github.vqvae4j.model.vqvae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.CodesSource;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images whose sides are not multiples of the downsampling factor. */
class PaddedSidesTest {
  private static final int HEIGHT = 29;
  private static final int WIDTH = 31;

  @TempDir private Path folder;

  private static Images images(int count, int height, int width, int channels) {
    float[] pixels = new float[count * height * width * channels];
    new Rng(5).fillUniform(pixels, 0, pixels.length);
    return Images.of(pixels, count, height, width, channels)
        .withLabels(IntStream.range(0, count).toArray());
  }

  /** Repeats the last row and column. */
  private static Images padded(Images images, int factor) {
    int height = (images.height() + factor - 1) / factor * factor;
    int width = (images.width() + factor - 1) / factor * factor;
    float[] all = new float[images.size() * height * width];
    for (int i = 0; i < all.length; i++) {
      int row = Math.min(i / width % height, images.height() - 1);
      int column = Math.min(i % width, images.width() - 1);
      int image = i / width / height;
      all[i] = images.pixels()[(image * images.height() + row) * images.width() + column];
    }
    return Images.of(all, images.size(), height, width, 1).withLabels(labels(images));
  }

  private static int[] labels(Images images) {
    int[] labels = new int[images.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = images.label(i);
    }
    return labels;
  }

  private static Images cut(Images images, int height, int width) {
    float[] all = new float[images.size() * height * width];
    for (int i = 0; i < all.length; i++) {
      int row = i / width % height;
      int image = i / width / height;
      all[i] = images.pixels()[(image * images.height() + row) * images.width() + i % width];
    }
    return Images.of(all, images.size(), height, width, 1).withLabels(labels(images));
  }

  private static VqVae model(int halvings) {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(1).hidden(8).downsample(halvings).residual(1, 4))
        .quantizer(VectorQuantizer.ema(16, 4))
        .decoder(ConvDecoder.channels(1).hidden(8).upsample(halvings).residual(1, 4))
        .seed(3)
        .build();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 1", "1, 2", "2, 2", "3, 2"})
  void encodingEqualsThatOfImagesPaddedByHand(int halvings, int threads) {
    Images images = images(5, HEIGHT, WIDTH, 1);
    WithThreads.run(
        threads,
        () -> {
          try (VqVae model = model(halvings)) {
            assertPadded(model, images, 1 << halvings);
          }
        });
  }

  private static void assertPadded(VqVae model, Images images, int factor) {
    Images byHand = padded(images, factor);
    Codes codes = model.encode(images);
    assertEquals(model.encode(byHand).withImageSize(images.height(), images.width()), codes);
    assertTrue(model.encode(byHand).imageSize().isEmpty(), "sides that need no padding");
    Images expected = cut(model.decode(model.encode(byHand)), images.height(), images.width());
    assertEquals(expected, model.decode(codes));
    assertEquals(expected, model.reconstruct(images));
  }

  @Test
  void stridedModelsPad() {
    try (VqVae model =
        VqVae.builder()
            .encoder(StridedEncoder.channels(1))
            .quantizer(VectorQuantizer.ema(16, 4))
            .decoder(StridedDecoder.channels(1))
            .build()) {
      assertPadded(model, images(3, HEIGHT, WIDTH, 1), 4);
    }
  }

  /** A custom encoder, whose factor only a pass tells. */
  private static final class Patches extends Encoder {
    private final Conv2d patches = child("patches", new Conv2d(config(1, 4), new Rng(1)));

    static ConvConfig config(int in, int out) {
      return ConvConfig.of(in, out, 5).stride(5);
    }

    @Override
    protected Tensor compute(Tensor images) {
      return patches.forward(images);
    }
  }

  /** Its decoder. */
  private static final class Paint extends Decoder {
    private final ConvTranspose2d patches =
        child("patches", new ConvTranspose2d(Patches.config(4, 1), new Rng(2)));

    @Override
    protected Tensor compute(Tensor latents) {
      return patches.forward(latents);
    }
  }

  @Test
  void customModelsPad() {
    try (VqVae model =
        VqVae.builder()
            .encoder(new Patches())
            .quantizer(VectorQuantizer.ema(16, 4))
            .decoder(new Paint())
            .build()) {
      assertPadded(model, images(3, HEIGHT, WIDTH, 1), 5);
    }
  }

  @Test
  void windowsOfSeriesPadInTimeOnly() {
    try (VqVae model =
        VqVae.builder()
            .encoder(SeriesEncoder.channels(1).hidden(8).downsample(2))
            .quantizer(VectorQuantizer.ema(16, 4))
            .decoder(SeriesDecoder.channels(1).hidden(8).upsample(2))
            .build()) {
      Images windows = images(3, 1, WIDTH, 1);
      Codes codes = model.encode(windows);
      assertArrayEquals(new int[] {3, 1, 8}, codes.shape());
      assertArrayEquals(new int[] {1, WIDTH}, codes.imageSize().orElseThrow());
      assertEquals(WIDTH, model.reconstruct(windows).width());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void hierarchicalModelsPad(int threads) {
    Images images = images(5, HEIGHT, WIDTH, 1);
    WithThreads.run(
        threads,
        () -> {
          try (VqVae2 model =
              VqVae2.channels(1)
                  .hidden(8)
                  .downsample(2, 1)
                  .residual(1, 4)
                  .quantizer(VectorQuantizer.ema(16, 4))
                  .build()) {
            Images byHand = padded(images, 8);
            List<Codes> expected = model.encode(byHand);
            List<Codes> codes = model.encode(images);
            assertEquals(
                expected.stream().map(level -> level.withImageSize(HEIGHT, WIDTH)).toList(), codes);
            Images decoded = cut(model.decode(expected), HEIGHT, WIDTH);
            assertEquals(decoded, model.decode(codes));
            assertEquals(decoded, model.reconstruct(images));
          }
        });
  }

  @Test
  void codeFilesKeepTheSize() throws IOException {
    Images images = images(5, HEIGHT, WIDTH, 1);
    Path file = folder.resolve("images.codes");
    try (VqVae model = model(2)) {
      model.encode(images, file);
      Codes codes = model.encode(images);
      assertEquals(codes, Codes.read(file));
      try (CodesSource source = CodesSource.open(file)) {
        assertEquals(codes.select(4, 1), source.batch(4, 1));
      }
      assertEquals(model.reconstruct(images), model.decode(Codes.read(file)));
    }
  }

  @Test
  void sizesLargerThanTheDecodedImagesAreRejected() {
    try (VqVae model = model(1)) {
      Codes codes = Codes.of(new int[6], 16, 1, 2, 3).withImageSize(4, 7);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.decode(codes)),
          "at most 4x6 pixels",
          "of images 4x7");
    }
  }
}
