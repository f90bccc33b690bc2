package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.tensor.ChildJvm;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats that are left to the readers of ImageIO, with TwelveMonkeys' plugins and without. */
class RegisteredFormatsTest {
  private static final Path CASES = Path.of("src/test/resources/cases");
  private static final float[] COLORS = {1, 0, 0, 0.2f, 0.4f, 0.6f};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gif", "tiff"})
  void colorsOfOtherFormatsAreRead(String format) throws IOException {
    byte[] bytes = written(format, colors(BufferedImage.TYPE_INT_RGB));
    assertArrayEquals(COLORS, Images.read(bytes).pixels(), 1e-6f);
    for (int length = 6; length < bytes.length / 2; length += 5) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> Images.read(cut)), "image data", "intact");
    }
  }

  @Test
  void sixteenBitGrayOfTiffKeepsItsPrecision() throws IOException {
    BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    gray.getRaster().setPixels(0, 0, 2, 1, new int[] {1000, 65535});
    assertArrayEquals(new float[] {1000 / 65535f, 1}, Images.read(written("tiff", gray)).pixels());
  }

  /** The JDK's reader scales such samples, but declares their original range. */
  @Test
  void samplesOfTiffHaveAnyNumberOfBits() throws IOException {
    assertArrayEquals(
        new float[] {1, 0x800 / 4095f},
        Images.read(tiff(1, new int[] {12}, 2, 0xff, 0xf8, 0x00)).pixels(),
        1e-4f);
    assertArrayEquals(
        new float[] {1, 2 / 7f},
        Images.read(tiff(1, new int[] {3}, 2, 0b111_010_00)).pixels(),
        1 / 255f);
    assertArrayEquals(
        new float[] {1, 0, 0x800 / 4095f},
        Images.read(tiff(2, new int[] {12, 12, 12}, 1, 0xff, 0xf0, 0x00, 0x80, 0x00)).pixels(),
        1e-4f);
    assertArrayEquals(
        new float[] {1, 1 / 3f, 0},
        Images.read(tiff(2, new int[] {5, 6, 5}, 1, 0b11111_010, 0b101_00000)).pixels(),
        1e-4f);
    // The JDK's reader would allocate a table of 2^29 values.
    assertThrows(
        BadFileException.class,
        () -> Images.read(tiff(2, new int[] {8, 29, 8}, 1, 1, 2, 3, 4, 5, 6)));
  }

  @Test
  void filesThatAreTooSmallForTheirSizeAreRejected() throws IOException {
    byte[] gif = written("gif", colors(BufferedImage.TYPE_INT_RGB));
    int descriptor = gif.length - 1;
    while (gif[descriptor] != ',' || gif[descriptor + 5] != 2) {
      descriptor--;
    }
    gif[descriptor + 6] = 16; // The width: 4098.
    gif[descriptor + 8] = 16; // The height: 4097.
    assertTooSmall(gif, "4097 x 4098 pixels take at least 6147 bytes");
    assertTooSmall(
        tiff(1, new int[] {16}, 5_000, 1, 2), "1 x 5000 pixels take at least 10000 bytes");
    byte[] tiff = tiff(1, new int[] {16}, 65_535, 1, 2);
    ByteBuffer entries = ByteBuffer.wrap(tiff, 32, tiff.length - 32).slice();
    entries.putShort(12 + 8, (short) 10); // The height.
    for (int[] compression :
        new int[][] {{5, 479}, {8, 1_270}, {32_946, 1_270}, {32_773, 20_479}}) {
      entries.putShort(3 * 12 + 8, (short) compression[0]);
      assertTooSmall(tiff, "10 x 65535 pixels take at least " + compression[1] + " bytes");
    }
  }

  private static void assertTooSmall(byte[] file, String message) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Images.read(file)), "image data", message);
  }

  /** TwelveMonkeys' WebP reader may continue bit by bit for minutes. */
  @Test
  void readersThatContinueBeyondTheEndAreStopped() throws IOException {
    try (FileBytes file = new FileBytes(Path.of("a.webp"), new byte[10]);
        CompositeImageStream stream = new CompositeImageStream(file)) {
      stream.add(0, 10);
      stream.seek(10);
      for (int i = 0; i < 1_024; i++) {
        assertEquals(-1, stream.read());
      }
      assertMessageContains(
          assertThrows(BadFileException.class, stream::read), "a.webp", "its data end too early");
    }
  }

  @Test
  void orientationOfTiffIsFollowed() throws IOException {
    byte[] bytes = written("tiff", colors(BufferedImage.TYPE_INT_RGB));
    Path file = Files.write(folder.resolve("a.tif"), oriented(bytes, 6));
    assertEquals("Images[1, 2, 1, 3]", Images.read(file).toString());
    assertArrayEquals(COLORS, Images.read(file).pixels(), 1e-6f);
    assertEquals("Images[1, 1, 2, 3]", Images.readAsStored(file).toString());
  }

  /** With plugins, too: TwelveMonkeys' reader does not undo the multiplication. */
  @Test
  void premultipliedTiffIsBlendedWithWhite() throws IOException {
    byte[] premultiplied = tiff(2, 51, 0, 102, 102); // (0.5, 0, 1) with opacity 0.4.
    assertArrayEquals(new float[] {0.8f, 0.6f, 1}, Images.read(premultiplied).pixels(), 1e-4f);
  }

  /** Plugins use the generic profile of the operating system, if there is one. */
  @Test
  void cmykOfTiffIsConverted() throws IOException {
    float[] white = Images.read(tiff(5, 0, 0, 0, 0)).pixels();
    assertArrayEquals(new float[] {1, 1, 1}, white, 0.02f);
    float[] red = Images.read(tiff(5, 0, 255, 255, 0)).pixels();
    assertTrue(red[0] > 0.8 && red[1] < 0.3 && red[2] < 0.3, () -> Arrays.toString(red));
    float[] black = Images.read(tiff(5, 0, 0, 0, 255)).pixels();
    assertTrue(black[0] < 0.25 && black[1] < 0.25 && black[2] < 0.25, Arrays.toString(black));
  }

  @Test
  void losslessWebpIsRead() throws IOException {
    assertEquals(
        Images.read(CASES.resolve("base.png")), Images.read(CASES.resolve("lossless.webp")));
  }

  @Test
  void webpIsRead() throws IOException {
    Images webp = Images.read(CASES.resolve("a4_webp.jpg"));
    Images png = Images.read(CASES.resolve("base.png"));
    assertEquals(png.toString(), webp.toColor().toString());
    assertTrue(png.psnr(webp.toColor()) > 20, () -> "PSNR " + png.psnr(webp));
    byte[] bytes = Files.readAllBytes(CASES.resolve("a4_webp.jpg"));
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 10);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Images.read(cut)), "the file ends before");
  }

  /** TwelveMonkeys 3.14 decodes it with a PSNR of 8 dB. */
  @Test
  void lossyWebpIsNearlyThatOfOtherPrograms() throws IOException {
    Images expected = Images.read(CASES.resolve("lossy.png"));
    double psnr = expected.psnr(Images.read(CASES.resolve("lossy.webp")));
    assertTrue(psnr > 40, () -> "PSNR " + psnr);
  }

  /** As in PNG, JPEG and TIFF. */
  @Test
  void profileOfWebpIsIgnored() throws IOException {
    Images profile = Images.read(CASES.resolve("profile.webp"));
    assertEquals(Images.read(CASES.resolve("base.png")).toColor(), profile.toColor());
  }

  @Test
  void webpWhoseOpacityThePluginIgnoresIsRejected() {
    Path file = CASES.resolve("noisy_alpha.webp");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Images.read(file)),
        "noisy_alpha.webp",
        "Uncompressed WebP alpha not implemented",
        "save it again as PNG");
  }

  @Test
  void orientationOfWebpIsFollowed() throws IOException {
    byte[] bytes = Files.readAllBytes(CASES.resolve("a4_webp.jpg"));
    Images stored = Images.read(bytes);
    for (String prefix : List.of("", "Exif\0\0")) {
      Path file = Files.write(folder.resolve("a.webp"), extendedWebp(bytes, prefix, 3));
      Images turned = Images.read(file);
      assertEquals(stored, Images.readAsStored(file));
      assertEquals(stored.pixel(0, 0, 0, 0), turned.pixel(0, 15, 15, 0));
      assertEquals(stored.pixel(0, 2, 5, 1), turned.pixel(0, 13, 10, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a2_cmyk_pil.jpg", "a2_cmyk_im.jpg"})
  void cmykIsConverted(String name) throws IOException {
    Images png = Images.read(CASES.resolve("base.png")).toColor();
    Images cmyk = Images.read(CASES.resolve(name));
    assertEquals(png.toString(), cmyk.toString());
    assertTrue(png.psnr(cmyk) > 12, () -> "PSNR " + png.psnr(cmyk));
    byte[] bytes = Files.readAllBytes(CASES.resolve(name));
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 10);
    assertThrows(BadFileException.class, () -> Images.read(cut));
  }

  /** The colors of Little CMS, from src/test/python/image_cases.py. */
  @Test
  void profileOfCmykIsFollowed() throws IOException {
    Images expected = Images.read(CASES.resolve("cmyk_icc.png"));
    Images cmyk = Images.read(CASES.resolve("cmyk_icc.jpg"));
    assertArrayEquals(expected.pixels(), cmyk.pixels(), 2.5f / 255);
  }

  @Test
  void truncatedProfileOfCmykIsRejected() throws IOException {
    byte[] bytes = Files.readAllBytes(CASES.resolve("cmyk_icc.jpg"));
    int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("ICC_PROFILE");
    bytes[name + 14] = 0x40; // The first byte of the length.
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Images.read(bytes)),
        "its color profile of 107374",
        "image data");
  }

  @Test
  void foldersContainEveryFormat() throws IOException {
    Files.copy(CASES.resolve("a4_webp.jpg"), folder.resolve("a.webp"));
    Files.copy(CASES.resolve("a2_cmyk_pil.jpg"), folder.resolve("b.jpg"));
    Files.write(folder.resolve("c.gif"), written("gif", colors(BufferedImage.TYPE_INT_RGB)));
    assertEquals(3, ImageFolder.in(folder, ImageFolderConfig.of(4)).size());
  }

  @Test
  void withoutPluginsTheMessageNamesThem() throws Exception {
    ChildJvm.Result result =
        new ChildJvm()
            .withoutFiles(name -> name.startsWith("imageio-"))
            .run(
                ReadImages.class,
                CASES.resolve("a4_webp.jpg").toString(),
                CASES.resolve("a2_cmyk_pil.jpg").toString(),
                CASES.resolve("a2_cmyk_im.jpg").toString(),
                Files.write(folder.resolve("cmyk.tif"), tiff(5, 1, 2, 3, 4)).toString(),
                Files.write(folder.resolve("lab.tif"), tiff(8, 1, 2, 3)).toString(),
                Files.write(folder.resolve("deep.tif"), tiff(1, new int[] {29}, 1, 1, 2, 3, 4))
                    .toString(),
                Files.writeString(folder.resolve("big.tif"), "MM\0+\0\10\0\0").toString(),
                Files.writeString(folder.resolve("a.psd"), "8BPS\0\1").toString(),
                CASES.resolve("base.png").toString());
    String add = "add the ImageIO plugin com.twelvemonkeys.imageio:imageio-";
    assertLine(result, "a4_webp.jpg: byte 0: got a WebP image, expected PNG", add + "webp to the");
    assertLine(result, "a2_cmyk_pil.jpg: header: got a CMYK JPEG", add + "jpeg to the class path");
    assertLine(result, "a2_cmyk_im.jpg: header: got a YCCK JPEG", "convert it to RGB, or " + add);
    String expected =
        ", expected grayscale, RGB or a palette, samples of 1 to 16 or 32 bits, and no, LZW, deflate,"
            + " JPEG, PackBits or CCITT compression; convert it to RGB with LZW compression, or "
            + add;
    assertLine(
        result, "cmyk.tif: header: got a TIFF image in CMYK", expected + "tiff to the class");
    assertLine(result, "lab.tif: header: got a TIFF image in Lab", expected + "tiff to the class");
    assertLine(
        result,
        "deep.tif: header: got a TIFF image with 29-bit unsigned samples",
        expected + "tiff to the class");
    assertLine(result, "big.tif: header: got a BigTIFF image", expected + "tiff to the class path");
    assertLine(result, "a.psd: byte 0: got a Photoshop image, ", add + "psd to the class path");
    assertEquals(1, result.linesWith("Images[1, 16, 16, ").size(), result::toString);
  }

  private static void assertLine(ChildJvm.Result result, String start, String end) {
    List<String> lines = result.linesWith(start);
    assertEquals(1, lines.size(), result::toString);
    assertTrue(lines.get(0).contains(end), result::toString);
  }

  /** Reads files and prints their shapes or the messages. */
  static final class ReadImages {
    public static void main(String[] files) {
      for (String file : files) {
        try {
          System.out.println(Images.read(Path.of(file)));
        } catch (IOException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  private static BufferedImage colors(int type) {
    BufferedImage image = new BufferedImage(2, 1, type);
    image.setRGB(0, 0, 0xffff0000);
    image.setRGB(1, 0, 0xff336699);
    return image;
  }

  private static byte[] written(String format, BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, bytes));
    return bytes.toByteArray();
  }

  /**
   * Returns a TIFF of one pixel with 8 bits per sample. A fourth sample of RGB is opacity, with
   * which colors have been multiplied.
   *
   * @param colors the color space
   */
  private static byte[] tiff(int colors, int... samples) {
    int[] bits = new int[samples.length];
    Arrays.fill(bits, 8);
    return tiff(colors, bits, 1, samples);
  }

  private static byte[] tiff(int colors, int[] bits, int width, int... bytes) {
    int count = bits.length;
    boolean alpha = colors == 2 && count == 4;
    ByteBuffer file = ByteBuffer.allocate(200).put(new byte[] {'M', 'M', 0, 42, 0, 0, 0, 30});
    for (int value : bytes) {
      file.put((byte) value);
    }
    file.position(20);
    for (int value : bits) {
      file.putShort((short) value);
    }
    file.position(30).putShort((short) (alpha ? 10 : 9));
    entry(file, 0x100, 3, 1, width << 16);
    entry(file, 0x101, 3, 1, 1 << 16); // Height.
    if (count > 2) {
      entry(file, 0x102, 3, count, 20); // Bits per sample.
    } else {
      entry(file, 0x102, 3, count, bits[0] << 16 | bits[count - 1]);
    }
    entry(file, 0x103, 3, 1, 1 << 16); // Uncompressed.
    entry(file, 0x106, 3, 1, colors << 16);
    entry(file, 0x111, 4, 1, 8); // The pixels.
    entry(file, 0x115, 3, 1, count << 16);
    entry(file, 0x116, 3, 1, 1 << 16); // Rows per strip.
    entry(file, 0x117, 4, 1, bytes.length);
    if (alpha) {
      entry(file, 0x152, 3, 1, 1 << 16);
    }
    return file.array();
  }

  private static void entry(ByteBuffer file, int tag, int type, int count, int value) {
    file.putShort((short) tag).putShort((short) type).putInt(count).putInt(value);
  }

  /** Sets the orientation of a TIFF, which the writer stores as 1. */
  private static byte[] oriented(byte[] tiff, int orientation) {
    ByteBuffer turned = ByteBuffer.wrap(tiff.clone());
    int entry = turned.getInt(4) + 2;
    while (turned.getShort(entry) != 0x112) {
      entry += 12;
    }
    return turned.putShort(entry + 8, (short) orientation).array();
  }

  /** Converts a simple WebP of 16 x 16 pixels to an extended one with EXIF data. */
  private static byte[] extendedWebp(byte[] simple, String prefix, int orientation) {
    byte[] exif = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0};
    exif[19] = (byte) orientation;
    int length = prefix.length() + exif.length;
    ByteBuffer file =
        ByteBuffer.allocate(simple.length + 18 + 8 + length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(simple, 0, 12).put("VP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10);
    file.putInt(8).put(new byte[] {15, 0, 0, 15, 0, 0}); // EXIF; the width and height less 1.
    file.put(simple, 12, simple.length - 12);
    file.put("EXIF".getBytes(StandardCharsets.US_ASCII)).putInt(length);
    file.put(prefix.getBytes(StandardCharsets.US_ASCII)).put(exif);
    return file.putInt(4, file.capacity() - 8).array();
  }
}
