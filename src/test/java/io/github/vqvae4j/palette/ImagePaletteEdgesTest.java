package io.github.vqvae4j.palette;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagePaletteEdgesTest {
  @TempDir Path folder;

  /** Outputs of a model may be outside [0, 1], which a file cannot represent. */
  @Test
  void colorsAreClampedToTheUnitRange() throws IOException {
    float[] pixels = {-0.3f, -0.2f, 0.5f, 0.51f, 1.2f, 1.4f};
    Images images = Images.of(pixels, 1, 2, 3, 1);
    ImagePalette palette = ImagePalette.fit(images, KMeansConfig.of(3), new Rng(1));
    Codes codes = palette.encode(images);
    Images decoded = palette.decode(codes);
    float middle = Math.round(0.505f * 255) / 255f;
    assertArrayEquals(new float[] {0, 0, middle, middle, 1, 1}, decoded.pixels());
    Path file = folder.resolve("a.png");
    palette.write(codes, file);
    assertEquals(decoded, Images.read(file));
  }

  /** 257 gray values in steps of 1/300 are 219 distinct values in a file. */
  @ParameterizedTest
  @CsvSource({"256, 256", "300, 219"})
  void colorsAreDistinctInTheFile(int levels, int expected) throws IOException {
    float[] pixels = new float[257];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) i / levels;
    }
    Images images = Images.of(pixels, 1, 1, 257, 1);
    for (int seed = 0; seed < 10; seed++) {
      ImagePalette palette = ImagePalette.fit(images, KMeansConfig.of(256), new Rng(seed));
      assertColors(palette, images, expected);
    }
  }

  @Test
  void fewColorsAreRoundedToTheLevelsOfTheFile() throws IOException {
    float[] pixels = {0.3f, 0.301f, Math.nextUp(0.3f), 0.31f, -2, -0f, 0, 3};
    Images images = Images.of(pixels, 1, 2, 4, 1);
    ImagePalette palette = ImagePalette.fit(images, KMeansConfig.of(9), new Rng(1));
    assertArrayEquals(new float[] {77 / 255f, 79 / 255f, 0, 1}, palette.colors().pixels());
    assertColors(palette, images, 4);
  }

  /**
   * Images that make centers coincide: few levels, small ranges, mini-batches, all palette sizes.
   */
  @Test
  void numberOfColorsMatchesTheReportForRandomImages() throws IOException {
    long seed = System.nanoTime();
    Rng rng = new Rng(seed);
    for (int trial = 0; trial < 120; trial++) {
      int channels = trial % 2 == 0 ? 1 : 3;
      float[] pixels = new float[(1 + rng.nextInt(40)) * (1 + rng.nextInt(40)) * channels];
      float scale = List.of(1f, 0.02f, 1.5f, 300 / 255f).get(rng.nextInt(4));
      int levels = List.of(256, 300, 1 << 20, 7).get(rng.nextInt(4));
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = 0.5f + scale * (rng.nextInt(levels) / (levels - 1f) - 0.5f);
      }
      Images images = Images.of(pixels, 1, 1, pixels.length / channels, channels);
      int k = List.of(1, 2, 3, 4, 5, 16, 17, 64, 200, 255, 256).get(rng.nextInt(11));
      KMeansConfig config = KMeansConfig.of(k).batchSize(rng.nextInt(2) * 50);
      ImagePalette palette = ImagePalette.fit(images, config, rng);
      int distinct = Math.min(k, rounded(pixels, channels).size());
      try {
        assertColors(palette, images, distinct);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", trial " + trial, e);
      }
    }
  }

  /** A center between two groups of pixels loses all pixels to centers within the groups. */
  @Test
  void unusedColorsAreReplaced() throws IOException {
    float[] pixels = new float[1_000];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i < 980 ? i % 2 / 255f : (i - 780) / 255f;
    }
    Images images = Images.of(pixels, 1, 1, 1_000, 1);
    for (int seed = 0; seed < 20; seed++) {
      KMeansConfig config = KMeansConfig.of(18).maxIterations(1);
      ImagePalette palette = ImagePalette.fit(images, config, new Rng(seed));
      assertColors(palette, images, 18);
    }
  }

  /**
   * Asserts that the palette, the report, the decoded image and the file have the same, expected
   * number of colors.
   */
  private void assertColors(ImagePalette palette, Images images, int expected) throws IOException {
    int channels = images.channels();
    Codes codes = palette.encode(images);
    PaletteReport report = palette.report(images, codes);
    Images decoded = palette.decode(codes);
    assertEquals(expected, rounded(palette.colors().pixels(), channels).size());
    assertEquals(expected, palette.colors().width());
    assertEquals(expected, report.usage().codebookSize());
    assertEquals(expected, report.usage().codesInUse());
    assertEquals(expected, rounded(decoded.pixels(), channels).size());
    double error = 0;
    for (int i = 0; i < decoded.pixels().length; i++) {
      error += Math.pow((double) decoded.pixels()[i] - images.pixels()[i], 2);
    }
    assertEquals(error / decoded.pixels().length, report.meanSquaredError(), 1e-9);
    Path file = folder.resolve("a.png");
    palette.write(codes, file);
    Images fromFile = Images.read(file);
    assertEquals(decoded, channels == 1 ? fromFile : fromFile.toColor());
  }

  /** Returns the distinct colors, rounded to the levels of a file. */
  private static Set<List<Integer>> rounded(float[] pixels, int channels) {
    Set<List<Integer>> colors = new HashSet<>();
    for (int i = 0; i < pixels.length; i += channels) {
      List<Integer> color = new ArrayList<>();
      for (int c = 0; c < channels; c++) {
        color.add(Math.round(255 * Math.max(0, Math.min(1, pixels[i + c]))));
      }
      colors.add(color);
    }
    return colors;
  }

  @Test
  void imageOfOnePixelIsExact() {
    Images one = Images.of(new float[] {0.2f, 0.4f, 0.6f}, 1, 1, 1, 3);
    ImagePalette palette = ImagePalette.fit(one, KMeansConfig.of(1), new Rng(1));
    assertEquals(one, palette.decode(palette.encode(one)));
    assertEquals(0, palette.report(one, palette.encode(one)).indexBits());
  }
}
