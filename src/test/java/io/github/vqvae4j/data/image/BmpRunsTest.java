package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Run-length encoded BMP files: color i of the palette is the gray i, so that pixels are indices.
 */
class BmpRunsTest {
  @TempDir Path folder;

  @Test
  void lastRunIsReadWithoutAnEndMarker() throws IOException {
    String whiteOfBlackAndWhite =
        "424d40000000000000003e0000002800000001000000010000000100080001000000020000000000000000000000"
            + "020000000000000000000000ffffff000101";
    byte[] bytes = HexFormat.of().parseHex(whiteOfBlackAndWhite);
    assertArrayEquals(new float[] {1}, read(bytes).pixels());
  }

  @Test
  void rowOrderFollowsTheHeader() throws IOException {
    String runs = "0301 0000 0203 0104 0001";
    assertArrayEquals(new int[] {3, 3, 4, 1, 1, 1}, indices(3, 2, 8, runs));
    assertArrayEquals(new int[] {1, 1, 1, 3, 3, 4}, indices(3, -2, 8, runs));
  }

  @Test
  void runsOfFourBitsAlternate() throws IOException {
    assertArrayEquals(new int[] {1, 2, 1, 2, 1}, indices(5, 1, 4, "0512 0001"));
    assertArrayEquals(new int[] {1, 2, 1, 3, 4}, indices(5, 1, 4, "0312 0234 0001"));
  }

  @Test
  void literalPixelsArePaddedToTwoBytes() throws IOException {
    assertArrayEquals(new int[] {1, 2, 3, 4}, indices(4, 1, 8, "0003 010203ff 0104 0001"));
    assertArrayEquals(new int[] {1, 2, 3, 4}, indices(4, 1, 8, "0004 01020304 0001"));
    assertArrayEquals(new int[] {1, 2, 3, 4}, indices(4, 1, 4, "0003 123f 0140 0001"));
    assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6}, indices(6, 1, 4, "0005 12345fff 0160 0001"));
    // Padding that is missing at the end contains no pixels.
    assertArrayEquals(new int[] {1, 2, 3}, indices(3, 1, 8, "0003 010203"));
  }

  @Test
  void skippedPixelsHaveColorZero() throws IOException {
    assertArrayEquals(new int[9], indices(3, 3, 8, "0001"));
    // A premature end of a row, an empty row, and a premature end of the image.
    assertArrayEquals(
        new int[] {2, 0, 0, 0, 0, 0, 1, 1, 0}, indices(3, 3, 8, "0201 0000 0000 0102 0001"));
    // Moves one right, then one right and two up.
    assertArrayEquals(
        new int[] {0, 0, 3, 0, 0, 0, 0, 2, 0}, indices(3, 3, 8, "00020100 0102 00020002 0103"));
  }

  @Test
  void pixelsBeyondARowAreIgnored() throws IOException {
    assertArrayEquals(new int[] {2, 2, 2, 1, 1, 1}, indices(3, 2, 8, "0601 0109 0000 ff02 0001"));
    assertArrayEquals(
        new int[] {4, 5, 6, 1, 2, 3}, indices(3, 2, 8, "0004 01020309 0000 0004 04050607 0001"));
    assertArrayEquals(new int[] {1}, indices(1, 1, 8, "0101 0000 0109 0109 0001"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00020400", "00020003", "0101 00020003"})
  void deltaOutOfTheImageIsRejected(String runs) throws IOException {
    rejected(bmp(3, 2, 8, bytes(runs + "0001")), "image data", "leaves the image");
  }

  @Test
  void truncationIsRejectedUnlessOnlyMarkersAreMissing() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      boolean small = i < 40;
      int width = 1 + random.nextInt(small ? 5 : 40);
      int height = 1 + random.nextInt(small ? 3 : 20);
      int bits = random.nextBoolean() ? 4 : 8;
      int[] pixels = new int[width * height];
      ByteArrayOutputStream runs = new ByteArrayOutputStream();
      int needed = encode(random, width, height, bits, pixels, runs);
      byte[] whole = bmp(width, height, bits, runs.toByteArray());
      int start = whole.length - runs.size();
      Images expected = read(whole);
      String description = "seed " + seed + ", image " + i + ", " + bits + " bits";
      assertArrayEquals(pixels, indices(expected, bits), description);
      int step = small ? 1 : 23;
      int first = start - random.nextInt(step + 8);
      for (int length = first; length < whole.length; length += step) {
        byte[] cut = Arrays.copyOf(whole, length);
        ByteBuffer header = ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN);
        int[] sizes = {0, runs.size(), Math.max(0, length - start)};
        header.putInt(2, length).putInt(34, sizes[random.nextInt(3)]);
        if (length - start < needed) {
          rejected(cut, "image data", "cannot be decoded", "get a new copy of the file");
        } else {
          assertEquals(expected, read(cut), description);
        }
      }
    }
  }

  /**
   * Fills {@code pixels} with runs and literal pixels and encodes them, starting with the bottom
   * row.
   *
   * @return the number of bytes up to the last pixel
   */
  private static int encode(
      Random random, int width, int height, int bits, int[] pixels, ByteArrayOutputStream runs) {
    int needed = 0;
    for (int y = height - 1; y >= 0; y--) {
      for (int x = 0; x < width; ) {
        int count = 1 + random.nextInt(Math.min(width - x, 255));
        int[] part = new int[count];
        boolean literal = count > 2 && random.nextBoolean();
        for (int i = 0; i < count; i++) {
          boolean repeats = !literal && i >= (bits == 4 ? 2 : 1);
          part[i] = repeats ? part[i - (bits == 4 ? 2 : 1)] : random.nextInt(1 << bits);
          pixels[y * width + x + i] = part[i];
        }
        runs.write(literal ? 0 : count);
        int written = literal ? count : Math.min(count, bits == 4 ? 2 : 1);
        if (literal) {
          runs.write(count);
        }
        for (int i = 0; i < written; i += 8 / bits) {
          int second = i + 1 < count ? part[i + 1] : 0;
          runs.write(bits == 8 ? part[i] : part[i] << 4 | second);
        }
        needed = runs.size();
        if (runs.size() % 2 == 1) {
          runs.write(0);
        }
        x += count;
      }
      runs.writeBytes(new byte[] {0, (byte) (y == 0 && random.nextBoolean() ? 1 : 0)});
    }
    runs.writeBytes(new byte[] {0, 1});
    return needed;
  }

  private int[] indices(int width, int height, int bits, String runs) throws IOException {
    return indices(read(bmp(width, height, bits, bytes(runs))), bits);
  }

  private static int[] indices(Images image, int bits) {
    float[] values = image.pixels();
    int[] indices = new int[values.length];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = Math.round(values[i] * ((1 << bits) - 1));
    }
    return indices;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static byte[] bmp(int width, int height, int bits, byte[] runs) {
    int colors = 1 << bits;
    int start = 54 + 4 * colors;
    ByteBuffer file = ByteBuffer.allocate(start + runs.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(start + runs.length).putInt(0).putInt(start);
    file.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) bits);
    file.putInt(bits == 8 ? 1 : 2).putInt(runs.length).position(54);
    for (int i = 0; i < colors; i++) {
      file.putInt(i * 255 / (colors - 1) * 0x010101);
    }
    return file.put(runs).array();
  }

  private Images read(byte[] bytes) throws IOException {
    return Images.read(Files.write(folder.resolve("a.bmp"), bytes));
  }

  private void rejected(byte[] bytes, String... parts) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> read(bytes), bytes.length + " bytes"), parts);
  }
}
