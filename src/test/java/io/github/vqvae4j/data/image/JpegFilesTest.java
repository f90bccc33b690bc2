package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * JPEG files of every kind written by libjpeg's cjpeg (21 x 19 pixels, in {@code jpeg/}, each next
 * to a PNG of the pixels decoded by PIL), and possible errors in them.
 */
class JpegFilesTest {
  private static final Path SAMPLES = Path.of("src/test/resources/jpeg");
  private static final Path BASE = Path.of("src/test/resources/cases/base.jpg");
  private static final byte[] JUNK = {0, 'j', 'u', 'n', 'k', 0x55, 0};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gray", "h2v1", "h4v1", "multiscan", "progressive", "restart", "rgb"})
  void pixelsEqualThoseOfPil(String name) throws IOException {
    Images expected = Images.read(SAMPLES.resolve(name + ".png"));
    Images read = Images.read(SAMPLES.resolve(name + ".jpg"));
    assertEquals(expected.channels(), read.channels());
    assertArrayEquals(expected.pixels(), read.pixels());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gray", "multiscan", "progressive", "restart", "rgb"})
  void truncationIsRejectedAtAnyPosition(String name) throws IOException {
    byte[] whole = Files.readAllBytes(SAMPLES.resolve(name + ".jpg"));
    for (int length = 2; length < whole.length; length++) {
      rejected(
          Arrays.copyOf(whole, length),
          "image data",
          "cannot be decoded",
          "get a new copy of the file");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gray", "multiscan", "restart", "rgb"})
  void truncationBeforeAnEndMarkerIsRejected(String name) throws IOException {
    byte[] whole = Files.readAllBytes(SAMPLES.resolve(name + ".jpg"));
    List<Integer> segments = JpegBytes.segments(whole);
    int firstScan = segments.get(segments.size() - (name.equals("multiscan") ? 3 : 1) - 1);
    // The last bytes of a scan may contain only fill bits.
    for (int length = firstScan + 2; length < whole.length - 6; length += 3) {
      byte[] cut = Arrays.copyOf(whole, length + 2);
      cut[length] = (byte) 0xff;
      cut[length + 1] = (byte) 0xd9;
      rejected(cut, "image data", "cannot be decoded");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gray", "multiscan", "progressive", "restart", "rgb"})
  void junkBetweenSegmentsIsSkipped(String name) throws IOException {
    byte[] whole = Files.readAllBytes(SAMPLES.resolve(name + ".jpg"));
    Images expected = Images.read(SAMPLES.resolve(name + ".jpg"));
    for (int at : JpegBytes.segments(whole)) {
      assertEquals(expected, read(JpegBytes.insert(whole, at, JUNK)), "junk at byte " + at);
      assertEquals(
          expected, read(JpegBytes.insert(whole, at, new byte[3000])), "zeros at byte " + at);
      assertEquals(
          expected, read(JpegBytes.insert(whole, at, new byte[] {-1, -1})), "fill at byte " + at);
    }
    assertEquals(expected, read(JpegBytes.insert(whole, whole.length, JUNK)), "junk at the end");
  }

  @Test
  void metadataSegmentsDoNotChangePixels() throws IOException {
    byte[] base = Files.readAllBytes(BASE);
    Images expected = Images.read(BASE);
    for (int marker = 0xe1; marker <= 0xef; marker++) {
      for (String body :
          new String[] {"", "ICC_PROFILE\0\1\2", "ICC_PROFILE\0\0\0", "Exif\0\0MM"}) {
        assertEquals(
            expected,
            read(JpegBytes.insert(base, 2, JpegBytes.segment(marker, body))),
            marker + " " + body);
      }
    }
    assertEquals(expected, read(JpegBytes.insert(base, 2, JpegBytes.segment(0xfe, "a comment"))));
    assertEquals(
        expected,
        read(JpegBytes.insert(base, base.length - 2, JpegBytes.segment(0xdc, "\0\20"))),
        "DNL");
  }

  @Test
  void commonWrongScanParametersAreCorrected() throws IOException {
    byte[] base = Files.readAllBytes(BASE);
    List<Integer> segments = JpegBytes.segments(base);
    int parameters = segments.get(segments.size() - 2) + 11;
    base[parameters + 1] = 0;
    assertEquals(Images.read(BASE), read(base));
    base[parameters] = 1;
    assertEquals(Images.read(BASE), read(base));
  }

  @ParameterizedTest
  @CsvSource({
    "true, 0, false",
    "true, 1, false",
    "true, 2, false",
    "false, -1, false",
    "false, 0, true",
    "false, 1, false",
    "false, 2, false"
  })
  void colorSpaceFollowsTheRulesOfLibjpeg(boolean jfif, int adobe, boolean rgb) throws IOException {
    byte[] base = jfif ? Files.readAllBytes(BASE) : withoutJfif();
    byte[] file =
        adobe < 0
            ? base
            : JpegBytes.insert(base, 2, JpegBytes.segment(0xee, "Adobe\0d\0\0\0\0" + (char) adobe));
    assertEquals(rgb ? storedComponents() : Images.read(BASE), read(file));
  }

  @Test
  void onlyComponentsNamedRgbAreRgb() throws IOException {
    assertEquals(storedComponents(), read(withIds('R', 'G', 'B')));
    assertEquals(Images.read(BASE), read(withIds(0, 1, 2)));
    assertEquals(Images.read(BASE), read(withIds('r', 'g', 'b')));
  }

  @ParameterizedTest
  @CsvSource({
    "0xc3, lossless", "0xc5, hierarchical", "0xc7, hierarchical", "0xc9, arithmetic",
    "0xca, arithmetic", "0xcb, arithmetic", "0xcd, arithmetic", "0xf7, JPEG-LS"
  })
  void errorNamesKindsUnsupportedByImageIo(String marker, String name) throws IOException {
    byte[] file = Files.readAllBytes(BASE);
    file[JpegBytes.frame(file) + 1] = (byte) (int) Integer.decode(marker);
    rejected(file, "header", name, "save it again");
  }

  @Test
  void errorNamesArithmeticCodingOfCjpeg() {
    Path file = SAMPLES.resolve("arithmetic.jpg");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Images.read(file)), "arithmetic", "baseline");
  }

  @Test
  void errorNamesUnsupportedBitsAndComponents() throws IOException {
    byte[] file = Files.readAllBytes(BASE);
    file[JpegBytes.frame(file) + 4] = 12;
    rejected(file, "header", "JPEG of 12 bits", "expected 8 bits");
    byte[] two = Files.readAllBytes(SAMPLES.resolve("gray.jpg"));
    int at = JpegBytes.frame(two);
    two = JpegBytes.insert(two, at + 13, new byte[] {2, 0x11, 0});
    two[at + 3] += 3;
    two[at + 9] = 2;
    rejected(two, "header", "JPEG of 2 components", "convert it to RGB");
  }

  @Test
  void moreBlocksThanBitsAreRejectedImmediately() throws IOException {
    byte[] file = Files.readAllBytes(BASE);
    int at = JpegBytes.frame(file);
    file[at + 5] = 0x20;
    file[at + 7] = 0x1f;
    rejected(file, "8208 x 7952 pixels take at least", "get a new copy of the file");
    file[at + 5] = (byte) 0xff;
    file[at + 7] = (byte) 0xff;
    rejected(file, "header", "65296 x 65296", "scale it down");
  }

  @Test
  void interruptedThreadCanRead() throws IOException {
    Images expected = Images.read(BASE);
    Thread.currentThread().interrupt();
    try {
      assertEquals(expected, Images.read(BASE));
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  /** The Y, Cb and Cr of the base, interpreted as red, green and blue. */
  private Images storedComponents() throws IOException {
    return read(JpegBytes.insert(withoutJfif(), 2, JpegBytes.segment(0xee, "Adobe\0d\0\0\0\0\0")));
  }

  private static byte[] withoutJfif() throws IOException {
    byte[] base = Files.readAllBytes(BASE);
    byte[] without = Arrays.copyOfRange(base, 20, base.length);
    return JpegBytes.insert(without, 0, new byte[] {(byte) 0xff, (byte) 0xd8});
  }

  private static byte[] withIds(int... ids) throws IOException {
    byte[] file = withoutJfif();
    List<Integer> segments = JpegBytes.segments(file);
    int scan = segments.get(segments.size() - 2);
    for (int i = 0; i < 3; i++) {
      file[JpegBytes.frame(file) + 10 + 3 * i] = (byte) ids[i];
      file[scan + 5 + 2 * i] = (byte) ids[i];
    }
    return file;
  }

  private Images read(byte[] bytes) throws IOException {
    return Images.read(Files.write(folder.resolve("a.jpg"), bytes));
  }

  private void rejected(byte[] bytes, String... parts) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> read(bytes), bytes.length + " bytes"), parts);
  }
}
