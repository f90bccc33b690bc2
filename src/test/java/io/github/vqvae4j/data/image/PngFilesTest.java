package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PNG files of every color type and depth, written sample by sample, interlaced and not. */
class PngFilesTest {
  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int RGBA = 6;
  private static final int HEIGHT = 11;
  private static final int WIDTH = 13;

  private static long seed;

  @TempDir Path folder;

  @BeforeAll
  static void seed() {
    seed = System.nanoTime();
    System.out.println("PngFilesTest seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1", "0, 2", "0, 4", "0, 8", "0, 16", "2, 8", "2, 16", "4, 8", "4, 16", "6, 8", "6, 16"
  })
  void samplesAreReadAsStoredAndOneColorIsTransparent(int color, int depth) throws IOException {
    int bands = color == GRAY ? 1 : color == RGB ? 3 : color == GRAY_ALPHA ? 2 : 4;
    int channels = bands <= 2 ? 1 : 3;
    int largest = (1 << depth) - 1;
    int[] samples = samples(bands, largest);
    for (boolean interlaced : new boolean[] {false, true}) {
      for (boolean transparent : new boolean[] {false, true}) {
        PngBuilder png = PngBuilder.of(color, depth, WIDTH, interlaced);
        if (transparent) {
          png.chunk("tRNS", transparency(color, samples, bands, largest));
        }
        Images read = read(png.pixels(samples).end());
        assertEquals(channels, read.channels());
        for (int i = 0; i < HEIGHT * WIDTH; i++) {
          double opacity = bands == channels ? 1 : samples[i * bands + channels] / (double) largest;
          if (transparent
              && bands == channels
              && Arrays.equals(samples, i * bands, (i + 1) * bands, samples, 0, bands)) {
            opacity = 0;
          }
          for (int c = 0; c < channels; c++) {
            double value = samples[i * bands + c] / (double) largest;
            float came = read.pixel(0, i / WIDTH, i % WIDTH, c);
            assertEquals(value * opacity + 1 - opacity, came, 1e-6, "pixel " + i + ", " + seed);
          }
        }
      }
    }
  }

  /** The first pixel's color, with bits above the depth that are ignored. */
  private static byte[] transparency(int color, int[] samples, int bands, int largest) {
    if (color >= GRAY_ALPHA) {
      return new byte[2]; // Not allowed together with alpha, and ignored.
    }
    byte[] bytes = new byte[2 * bands];
    for (int c = 0; c < bands; c++) {
      int value = samples[c] | ~largest;
      bytes[2 * c] = (byte) (value >> 8);
      bytes[2 * c + 1] = (byte) value;
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void palettesAreResolvedAndIndicesOutOfRangeRejected(int depth) throws IOException {
    int size = depth == 1 ? 1 : (1 << depth) - 1;
    byte[] colors = new byte[3 * size];
    new Random(seed).nextBytes(colors);
    colors[1] = (byte) (colors[0] + 1);
    byte[] alpha = {51};
    for (boolean interlaced : new boolean[] {false, true}) {
      int[] indices = samples(1, size - 1);
      Images read = read(palette(depth, interlaced, colors, alpha, indices));
      assertEquals(3, read.channels());
      for (int i = 0; i < indices.length; i++) {
        float opacity = indices[i] == 0 ? 0.2f : 1;
        for (int c = 0; c < 3; c++) {
          float value = (colors[3 * indices[i] + c] & 0xff) / 255f;
          float came = read.pixel(0, i / WIDTH, i % WIDTH, c);
          assertEquals(value * opacity + 1 - opacity, came, 1e-6f);
        }
      }
      indices[indices.length - 1] = size;
      rejected(
          palette(depth, interlaced, colors, alpha, indices),
          "image data",
          "got a pixel with color index " + size,
          "expected less than " + size + ", the number of colors in the palette");
    }
  }

  @Test
  void paletteIndexOutOfRangeIsRejectedInAFolder() throws IOException {
    int[] indices = samples(1, 3);
    indices[5] = 9;
    Files.write(folder.resolve("a.png"), palette(8, false, new byte[12], new byte[0], indices));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageFolder.in(folder, ImageFolderConfig.of(4))),
        "a.png",
        "a pixel with color index 9");
  }

  @Test
  void grayPaletteHasOneChannel() throws IOException {
    byte[] shades = {7, 7, 7, 9, 9, 9};
    int[] indices = samples(1, 1);
    Images read = read(palette(8, false, shades, new byte[0], indices));
    assertEquals(1, read.channels());
    assertEquals((indices[0] == 0 ? 7 : 9) / 255f, read.pixels()[0]);
  }

  @Test
  void profilesAndOtherChunksDoNotChangePixels() throws IOException {
    int[] samples = samples(3, 255);
    Images expected = read(PngBuilder.of(RGB, 8, WIDTH, false).pixels(samples).end());
    byte[] noise = new byte[300];
    new Random(seed).nextBytes(noise);
    for (String type :
        "iCCP gAMA cHRM sRGB tEXt zTXt iTXt bKGD pHYs acTL fcTL eXIf abCd".split(" ")) {
      PngBuilder png = PngBuilder.of(RGB, 8, WIDTH, false).chunk(type, noise);
      assertEquals(expected, read(png.pixels(samples).chunk(type, noise).end()), type);
    }
    // A suggested palette, and frames of an animation after the image.
    PngBuilder png = PngBuilder.of(RGB, 8, WIDTH, false).chunk("PLTE", new byte[6]);
    assertEquals(expected, read(png.pixels(samples).chunk("fdAT", noise).end()));
  }

  @Test
  void dataInManyChunksAreMerged() throws IOException {
    int[] samples = samples(4, 255);
    Images expected = read(PngBuilder.of(RGBA, 8, WIDTH, false).pixels(samples).end());
    assertEquals(
        expected, read(PngBuilder.of(RGBA, 8, WIDTH, false).split(1).pixels(samples).end()));
    assertEquals(
        expected, read(PngBuilder.of(RGBA, 8, WIDTH, true).split(7).pixels(samples).end()));
  }

  @ParameterizedTest
  @ValueSource(ints = {8191, 8192, 8193, 20_000})
  void longRowsAreRead(int width) throws IOException {
    int[] samples = new Random(seed).ints(2L * width * 3, 0, 256).toArray();
    float[] came = read(PngBuilder.of(RGB, 8, width, false).pixels(samples).end()).pixels();
    for (int i = 0; i < samples.length; i++) {
      assertEquals(samples[i] / 255f, came[i], "value " + i + ", seed " + seed);
    }
  }

  @Test
  void truncationInThePixelsIsRejectedAndTruncationAfterThemIsNot() throws IOException {
    int[] samples = samples(3, 255);
    byte[] whole = PngBuilder.of(RGB, 8, WIDTH, false).split(100).pixels(samples).end();
    int pixelsEnd = whole.length - 12;
    for (int length = 8; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length < pixelsEnd) {
        rejected(cut, "image data", "get a new copy of the file");
      } else {
        assertEquals(read(whole), read(cut));
      }
    }
  }

  @Test
  void corruptionIsDetectedByChecksums() throws IOException {
    byte[] whole =
        PngBuilder.of(GRAY, 8, WIDTH, false)
            .chunk("tRNS", new byte[] {0, 7})
            .pixels(samples(1, 255))
            .end();
    for (int at = 8; at < whole.length - 12; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x41;
      rejected(damaged, "a.png");
    }
  }

  @Test
  void misplacedChunksAreRejected() throws IOException {
    int[] samples = samples(1, 255);
    rejected(
        PngBuilder.of(GRAY, 8, WIDTH, false)
            .pixels(samples)
            .chunk("tEXt", JUNK)
            .pixels(samples)
            .end(),
        "not consecutive");
    rejected(PngBuilder.of(PALETTE, 8, WIDTH, false).pixels(samples).end(), "no palette");
    rejected(PngBuilder.of(PALETTE, 16, WIDTH, false).pixels(samples).end(), "16 bits is invalid");
    rejected(
        PngBuilder.of(GRAY, 8, WIDTH, false).chunk("ABCD", JUNK).pixels(samples).end(), "critical");
    rejected(PngBuilder.of(GRAY, 8, WIDTH, false).end(), "before the end of the image");
    rejected(
        PngBuilder.of(GRAY, 8, WIDTH, false).chunk("tRNS", JUNK).pixels(samples).end(), "tRNS");
  }

  @Test
  void paletteAndTransparencyAfterThePixelsAreIgnored() throws IOException {
    int[] indices = samples(1, 1);
    byte[] colors = {1, 2, 3, 4, 5, 6};
    Images expected = read(palette(8, false, colors, new byte[0], indices));
    PngBuilder png = PngBuilder.of(PALETTE, 8, WIDTH, false).chunk("PLTE", colors).pixels(indices);
    assertEquals(expected, read(png.chunk("PLTE", new byte[] {9, 9, 9, 8, 8, 8}).end()));
    byte[] late = png.chunk("tRNS", new byte[2]).end();
    assertEquals(expected, read(late));
    late[late.length - 13] ^= 1;
    assertEquals(expected, read(late), "a wrong checksum");
    rejected(
        PngBuilder.of(PALETTE, 8, WIDTH, false).pixels(indices).chunk("PLTE", colors).end(),
        "no palette");
    Images gray = read(PngBuilder.of(GRAY, 8, WIDTH, false).pixels(indices).end());
    png = PngBuilder.of(GRAY, 8, WIDTH, false).pixels(indices).chunk("tRNS", new byte[2]);
    assertEquals(gray, read(png.end()));
  }

  @Test
  void duplicateChunksAreRejected() throws IOException {
    int[] indices = samples(1, 1);
    rejected(palettePng().chunk("PLTE", new byte[6]).pixels(indices).end(), "a second chunk PLTE");
    rejected(
        palettePng().chunk("tRNS", JUNK).chunk("tRNS", JUNK).pixels(indices).end(),
        "a second chunk tRNS");
    rejected(palettePng().chunk("IHDR", new byte[13]).pixels(indices).end(), "a second chunk IHDR");
    rejected(palettePng().pixels(indices).chunk("IHDR", new byte[13]).end(), "a second chunk IHDR");
    rejected(
        PngBuilder.of(PALETTE, 8, WIDTH, false)
            .chunk("tRNS", JUNK)
            .chunk("PLTE", new byte[6])
            .pixels(indices)
            .end(),
        "tRNS before its palette");
  }

  private static PngBuilder palettePng() {
    return PngBuilder.of(PALETTE, 8, WIDTH, false).chunk("PLTE", new byte[] {1, 2, 3, 4, 5, 6});
  }

  @Test
  void excessivePixelCountsAreRejectedImmediately() throws IOException {
    rejected(
        PngBuilder.of(GRAY, 8, 8192, false).height(8192).chunk("IDAT", new byte[60_000]).end(),
        "8192 x 8192 pixels take at least 65036 bytes",
        "has 60000");
  }

  private static final byte[] JUNK = new byte[5];

  private static byte[] palette(
      int depth, boolean interlaced, byte[] colors, byte[] alpha, int[] indices) {
    return PngBuilder.of(PALETTE, depth, WIDTH, interlaced)
        .chunk("PLTE", colors)
        .chunk("tRNS", alpha)
        .pixels(indices)
        .end();
  }

  private static int[] samples(int bands, int largest) {
    return new Random(seed).ints(HEIGHT * WIDTH * bands, 0, largest + 1).toArray();
  }

  private Images read(byte[] bytes) throws IOException {
    return Images.read(Files.write(folder.resolve("a.png"), bytes));
  }

  private void rejected(byte[] bytes, String... parts) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> read(bytes), "seed " + seed), parts);
  }
}
