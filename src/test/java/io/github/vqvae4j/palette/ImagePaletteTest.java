package io.github.vqvae4j.palette;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePaletteTest {
  @TempDir Path folder;

  /** Returns images of random values. */
  private static Images noise(int count, int height, int width, int channels) {
    Rng rng = new Rng(11);
    float[] pixels = new float[count * height * width * channels];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = rng.nextInt(256) / 255f;
    }
    return Images.of(pixels, count, height, width, channels);
  }

  private static ImagePalette fit(Images images, int colors) {
    return ImagePalette.fit(images, KMeansConfig.of(colors), new Rng(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void imagesOfFewColorsAreExact(int channels) {
    float[] pixels = noise(2, 9, 7, channels).pixels();
    // Adjacent levels, and -0.
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i < channels ? -0f : (pixels[i] < 0.5f ? 178 : 179) / 255f;
    }
    Images images = Images.of(pixels, 2, 9, 7, channels);
    ImagePalette palette = fit(images, 20);
    int colors = channels == 1 ? 3 : 9;
    assertEquals("Images[1, 1, " + colors + ", " + channels + "]", palette.colors().toString());
    Codes codes = palette.encode(images);
    assertArrayEquals(new int[] {2, 9, 7}, codes.shape());
    assertEquals(colors, codes.codebookSize());
    for (int i = 0; i < channels; i++) {
      pixels[i] = 0;
    }
    assertEquals(Images.of(pixels, 2, 9, 7, channels), palette.decode(codes));
    PaletteReport report = palette.report(images, codes);
    assertEquals(0, report.meanSquaredError());
    assertEquals(Double.POSITIVE_INFINITY, report.psnr());
    // Exactly the requested number of colors is exact, too; one fewer is not.
    assertEquals(palette.colors(), fit(images, colors).colors());
    Images fewer = fit(images, colors - 1).colors();
    assertEquals(colors - 1, fewer.width());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void pixelsAreAssignedToTheNearestColor(int channels) {
    Images images = noise(2, 31, 23, channels);
    ImagePalette palette = fit(images, 16);
    float[] colors = palette.colors().pixels();
    int[] codes = palette.encode(images).values();
    float[] pixels = images.pixels();
    double sum = 0;
    for (int i = 0; i < codes.length; i++) {
      double[] distances = new double[16];
      for (int k = 0; k < 16; k++) {
        for (int c = 0; c < channels; c++) {
          distances[k] += Math.pow(pixels[i * channels + c] - colors[k * channels + c], 2);
        }
      }
      double min = Arrays.stream(distances).min().orElseThrow();
      assertEquals(min, distances[codes[i]], 1e-6);
      sum += distances[codes[i]];
    }
    PaletteReport report = palette.report(images, palette.encode(images));
    assertEquals(sum / pixels.length, report.meanSquaredError(), 1e-9);
    Images back = palette.decode(palette.encode(images));
    double error = 0;
    for (int i = 0; i < pixels.length; i++) {
      error += Math.pow(pixels[i] - back.pixels()[i], 2);
    }
    assertEquals(error / pixels.length, report.meanSquaredError(), 1e-9);
  }

  @Test
  void psnrIncreasesWithTheNumberOfColors() {
    Images images = noise(1, 40, 40, 3);
    double before = 0;
    for (int colors : new int[] {2, 8, 32, 128}) {
      ImagePalette palette = fit(images, colors);
      double psnr = palette.report(images, palette.encode(images)).psnr();
      assertTrue(psnr > before + 2, colors + " colors: " + psnr);
      before = psnr;
    }
  }

  @Test
  void fileIsIdenticalToTheDecodedImage() throws IOException {
    Images images = noise(1, 17, 13, 3);
    ImagePalette palette = fit(images, 30);
    Codes codes = palette.encode(images);
    Path file = folder.resolve("a.png");
    palette.write(codes, file);
    assertEquals(palette.decode(codes), Images.read(file));
  }

  @Test
  void reportStatesBitsOfIndicesAndPalette() {
    CodeUsage usage = CodeUsage.of(new int[] {0, 0, 1, 2}, 5);
    PaletteReport report = new PaletteReport(4, 3, 0.01, usage);
    assertEquals(3, report.indexBits());
    assertEquals(1.5, report.entropyBits(), 1e-12);
    assertEquals(8 * 3 * 5 / 4.0, report.paletteBits());
    assertEquals(
        "5 colors, PSNR 20.00 dB, 3 bits per pixel (entropy 1.500) plus 30.000 for the palette",
        report.toString());
    int[] bits = {0, 1, 2, 2, 3, 8, 9};
    int[] colors = {1, 2, 3, 4, 5, 256, 257};
    for (int i = 0; i < bits.length; i++) {
      usage = CodeUsage.of(new int[1], colors[i]);
      assertEquals(bits[i], new PaletteReport(1, 1, 0, usage).indexBits());
    }
  }

  @Test
  void invalidArgumentsAreRejected() {
    Images images = noise(2, 4, 5, 3);
    ImagePalette palette = fit(images, 6);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> fit(noise(1, 2, 2, 2), 3)),
        "expected one or more images with 1 or 3 channels, got 1 of 2");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> ImagePalette.fit(images.range(1, 1), KMeansConfig.of(2), new Rng(1))),
        "got 0 of 3");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> palette.encode(images.toGray())),
        "images of 3 channels",
        "got 2 of 1",
        "toColor");
    assertThrows(IllegalArgumentException.class, () -> palette.encode(images.range(0, 0)));
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> palette.decode(Codes.of(new int[4], 7, 1, 2, 2))),
        "ImagePalette.decode: expected codes [count, height, width] of 6 colors",
        "of a codebook of 7");
    assertThrows(
        IllegalArgumentException.class, () -> palette.decode(Codes.of(new int[4], 6, 2, 2)));
    Codes codes = palette.encode(images);
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> palette.write(codes, folder.resolve("a.png"))),
        "expected the codes of 1 image",
        "codes.range");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> palette.report(images, codes.range(0, 1))),
        "ImagePalette.report: expected the codes of images [2, 4, 5] of 3 channels",
        "Codes[1, 4, 5]");
    assertThrows(IllegalArgumentException.class, () -> palette.report(images.toGray(), codes));
  }

  @Test
  void unboundedImagesAreRejected() {
    Images images = noise(1, 1, 16, 1);
    ImagePalette palette = fit(images, 4);
    Codes codes = palette.encode(images);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> fit(images.unbounded(), 4)),
        "in [0, 1]",
        "KMeans");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> palette.report(images.unbounded(), codes)),
        "in [0, 1]");
  }
}
