package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BMP files of every depth, header and row order, written byte by byte: 3 x 2 pixels. */
class BmpFilesTest {
  private static final int[] RED_BLUE = {0xff0000, 0x0000ff};
  private static final float[] RED = {1, 0, 0};
  private static final float[] BLUE = {0, 0, 1};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {12, 40, 52, 56, 108, 124})
  void indicesOfEachDepthAreResolved(int header) throws IOException {
    int[][] rows = {{0, 1, 1}, {1, 0, 0}};
    for (boolean topDown : new boolean[] {false, true}) {
      for (int bits : new int[] {1, 4, 8}) {
        Images read = read(bmp(header, bits, 0, topDown, RED_BLUE, packed(rows, bits, topDown)));
        assertArrayEquals(concat(RED, BLUE, BLUE, BLUE, RED, RED), read.pixels(), bits + " bits");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 40, 52, 56, 108, 124})
  void colorsOf24And32BitsAreReadWithoutTheFourthByte(int header) throws IOException {
    int[][] rows = {{0x112233, 0xff0000, 0x0000ff}, {0x00ff00, 0xffffff, 0x445566}};
    float[] expected = new float[18];
    for (int i = 0; i < 18; i++) {
      expected[i] = (rows[i / 9][i / 3 % 3] >> 16 - 8 * (i % 3) & 255) / 255f;
    }
    for (boolean topDown : new boolean[] {false, true}) {
      for (int bits : header == 12 ? new int[] {24} : new int[] {24, 32}) {
        Images read = read(bmp(header, bits, 0, topDown, new int[0], packed(rows, bits, topDown)));
        assertArrayEquals(expected, read.pixels(), bits + " bits");
      }
    }
  }

  @Test
  void sixteenBitsAreFivePerChannelOrFollowTheMasks() throws IOException {
    int[][] rows = {{0x7c00, 0x03e0, 0x001f}, {0x4210, 0x0001, 0x7fff}};
    float half = 16 / 31f;
    float[] expected = {1, 0, 0, 0, 1, 0, 0, 0, 1, half, half, half, 0, 0, 1 / 31f, 1, 1, 1};
    assertArrayEquals(
        expected, read(bmp(40, 16, 0, false, new int[0], packed(rows, 16, false))).pixels());
    int[] masks = {0xf800, 0x07e0, 0x001f};
    int[][] green = {{0x0020, 0x07e0, 0xf800}, {0, 0, 0}};
    float[] read = read(bmp(40, 16, 3, false, masks, packed(green, 16, false))).pixels();
    assertArrayEquals(new float[] {0, 1 / 63f, 0, 0, 1, 0, 1, 0, 0}, Arrays.copyOf(read, 9));
  }

  @Test
  void alphaOfBitFieldsIsBlendedWithWhite() throws IOException {
    byte[] bytes =
        bmp(
            124,
            32,
            3,
            false,
            new int[0],
            packed(new int[][] {{0x00ff0000, 0x330000ff, 0xff000000}, {-1, -1, -1}}, 32, false));
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(54, 0xff0000).putInt(58, 0xff00).putInt(62, 0xff).putInt(66, 0xff000000);
    float[] read = read(bytes).pixels();
    assertArrayEquals(new float[] {1, 1, 1, 0.8f, 0.8f, 1, 0, 0, 0}, Arrays.copyOf(read, 9), 1e-6f);
    header.putInt(66, 0).putInt(58, 0);
    rejected(bytes, "bit mask 0");
  }

  @Test
  void shortGrayPaletteIsRead() throws IOException {
    int[] shades = {0, 0x555555, 0xaaaaaa, 0xffffff};
    Images read =
        read(bmp(40, 8, 0, false, shades, packed(new int[][] {{3, 1, 2}, {0, 0, 0}}, 8, false)));
    assertEquals(1, read.channels());
    assertArrayEquals(new float[] {1, 85 / 255f, 170 / 255f, 0, 0, 0}, read.pixels());
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 40, 124})
  void indexOutsideThePaletteIsRejected(int header) throws IOException {
    int[][] rows = {{0, 1, 1}, {1, 0, 2}};
    for (int bits : new int[] {4, 8}) {
      rejected(
          bmp(header, bits, 0, false, RED_BLUE, packed(rows, bits, false)),
          "a pixel with color index 2",
          "expected less than 2, the number of colors");
    }
  }

  @Test
  void truncationIsRejectedExceptInTheFinalPadding() throws IOException {
    for (int i = 0; i < 12; i++) {
      int bits = List.of(1, 4, 8, 16, 24, 32).get(i / 2);
      boolean topDown = i % 2 == 0;
      int[] palette = bits <= 8 ? RED_BLUE : new int[0];
      byte[] whole = bmp(40, bits, 0, topDown, palette, packed(new int[2][3], bits, topDown));
      Images expected = read(whole);
      int fill = (4 - (3 * bits + 7) / 8 % 4) % 4;
      for (int length = 20; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        if (length < whole.length - fill) {
          rejected(cut, "image data", "cannot be decoded", "get a new copy of the file");
        } else {
          assertEquals(expected, read(cut), bits + " bits");
        }
      }
    }
  }

  @Test
  void runsAreReadAndMissingRunsAreRejected() throws IOException {
    byte[] runs = {3, 1, 0, 0, 1, 0, 2, 1, 0, 1};
    byte[] whole = bmp(40, 8, 1, false, RED_BLUE, runs);
    assertArrayEquals(concat(RED, BLUE, BLUE, BLUE, BLUE, BLUE), read(whole).pixels());
    ByteBuffer header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(18, 8000).putInt(22, 8000);
    rejected(whole, "8000 x 8000 pixels take at least 512000 bytes", "has 10");
    header.putInt(22, Integer.MIN_VALUE);
    rejected(whole, "-2147483648");
  }

  @Test
  void wrongHeaderSizeAndColorProfileAreIgnored() throws IOException {
    byte[] bytes = bmp(124, 24, 0, false, new int[0], packed(new int[2][3], 24, false));
    Images expected = read(bytes);
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (String profile : new String[] {"DEBM", "KNIL", "BGRs", "\0\0\0\0"}) {
      for (int i = 0; i < 4; i++) {
        bytes[70 + i] = (byte) profile.charAt(i);
      }
      header.putInt(2, 0).putInt(126, 1 << 30).putInt(130, 1 << 30);
      assertEquals(expected, read(bytes), profile);
    }
  }

  @Test
  void unsupportedKindsAreNamedInTheError() throws IOException {
    byte[] bytes = bmp(40, 24, 4, false, new int[0], new byte[100]);
    rejected(bytes, "header", "compression 4 and 24 bits", "save it again as PNG");
    rejected(bmp(64, 24, 0, false, new int[0], new byte[100]), "header of 64 bytes", "[12, 40");
    rejected(bmp(40, 2, 0, false, RED_BLUE, new byte[100]), "2 bits", "save it again as PNG");
    byte[] alpha = bmp(56, 16, 3, false, new int[0], new byte[100]);
    alpha[67] = (byte) 0xf0;
    rejected(alpha, "16 bits with alpha");
  }

  private static float[] concat(float[]... parts) {
    float[] all = new float[3 * parts.length];
    for (int i = 0; i < parts.length; i++) {
      System.arraycopy(parts[i], 0, all, 3 * i, 3);
    }
    return all;
  }

  /** Rows of pixels, each padded to 4 bytes. */
  private static byte[] packed(int[][] rows, int bits, boolean topDown) {
    ByteBuffer bytes = ByteBuffer.allocate(rows.length * 16).order(ByteOrder.LITTLE_ENDIAN);
    int row = (3 * bits + 31) / 32 * 4;
    for (int y = 0; y < rows.length; y++) {
      int[] pixels = rows[topDown ? y : rows.length - 1 - y];
      for (int x = 0; x < 3; x++) {
        int at = y * row + x * bits / 8;
        if (bits < 8) {
          int shift = 8 - bits - x * bits % 8;
          bytes.put(at, (byte) (bytes.get(at) | pixels[x] << shift));
        }
        for (int i = 0; i < bits / 8; i++) {
          bytes.put(at + i, (byte) (pixels[x] >> 8 * i));
        }
      }
    }
    return Arrays.copyOf(bytes.array(), rows.length * row);
  }

  /** The colors are the palette, or the masks of bit fields, as 0xRRGGBB. */
  private static byte[] bmp(
      int header, int bits, int compression, boolean topDown, int[] colors, byte[] pixels) {
    int entry = header == 12 ? 3 : 4;
    int start = 14 + header + colors.length * entry;
    ByteBuffer file = ByteBuffer.allocate(start + pixels.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(start + pixels.length).putInt(10, start);
    file.putInt(14, header);
    int height = topDown ? -2 : 2;
    if (header == 12) {
      file.putShort(18, (short) 3).putShort(20, (short) height);
      file.putShort(22, (short) 1).putShort(24, (short) bits);
    } else {
      file.putInt(18, 3).putInt(22, height).putShort(26, (short) 1).putShort(28, (short) bits);
      file.putInt(30, compression).putInt(34, pixels.length);
      file.putInt(46, compression == 3 ? 0 : colors.length);
    }
    file.position(14 + header);
    for (int color : colors) {
      for (int i = 0; i < entry; i++) {
        file.put((byte) (color >> 8 * i));
      }
    }
    return file.put(pixels).array();
  }

  private Images read(byte[] bytes) throws IOException {
    return Images.read(Files.write(folder.resolve("a.bmp"), bytes));
  }

  private void rejected(byte[] bytes, String... parts) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> read(bytes), bytes.length + " bytes"), parts);
  }
}
