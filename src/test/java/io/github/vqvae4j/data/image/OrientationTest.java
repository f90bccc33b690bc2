package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** EXIF orientations of JPEG and PNG files are followed, unless they are to be ignored. */
class OrientationTest {
  private static final Path BASE = Path.of("src/test/resources/cases/base.jpg");

  /** 2 x 3 pixels, all different. */
  private static final Images STORED =
      Images.of(
          new float[] {10 / 255f, 20 / 255f, 30 / 255f, 40 / 255f, 50 / 255f, 60 / 255f},
          1,
          2,
          3,
          1);

  @TempDir Path folder;

  @Test
  void everyOrientationIsFollowedInBothByteOrders() throws IOException {
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      for (int orientation = 0; orientation <= 9; orientation++) {
        byte[] exif = exif(order, orientation);
        assertEquals(oriented(STORED, orientation), Images.read(png(exif)), "PNG " + orientation);
        assertEquals(
            oriented(Images.read(BASE), orientation),
            Images.read(jpeg("Exif\0\0", exif)),
            "JPEG " + orientation);
      }
    }
    assertEquals(
        oriented(Images.read(BASE), 6), Images.read(Path.of("src/test/resources/cases/a6_o6.jpg")));
  }

  /** From the EXIF specification: the first row and the first column of the file are shown here. */
  @Test
  void firstPixelIsInTheCornerOfTheSpecification() throws IOException {
    int[] rows = {0, 0, 1, 1, 0, 0, 2, 2};
    int[] columns = {0, 2, 2, 0, 0, 1, 1, 0};
    for (int orientation = 1; orientation <= 8; orientation++) {
      Images read = Images.read(png(exif(ByteOrder.BIG_ENDIAN, orientation)));
      boolean turned = orientation >= 5;
      assertEquals("Images" + (turned ? "[1, 3, 2, 1]" : "[1, 2, 3, 1]"), read.toString());
      float first = read.pixel(0, rows[orientation - 1], columns[orientation - 1], 0);
      assertEquals(10 / 255f, first, "orientation " + orientation);
    }
  }

  @Test
  void orientationCanBeIgnored() throws IOException {
    Path file = write("a.png", png(exif(ByteOrder.BIG_ENDIAN, 6)));
    assertEquals(STORED, Images.readAsStored(file));
    ImageFolderConfig config = ImageFolderConfig.of(2, 3).gray();
    for (boolean streamed : new boolean[] {false, true}) {
      ImageFolderConfig ignoring = config.streamed(streamed).exifOrientation(false);
      assertEquals(STORED, Images.from(ImageFolder.in(folder, ignoring)).withLabels(-1));
      ImageFolderConfig following = ImageFolderConfig.of(3, 2).gray().streamed(streamed);
      assertEquals(
          oriented(STORED, 6), Images.from(ImageFolder.in(folder, following)).withLabels(-1));
    }
  }

  @Test
  void longRowsAreRotated() throws IOException {
    for (int width : new int[] {3, 20_000}) {
      rotate(60_000 / width, width); // More than are converted at a time.
    }
  }

  private static void rotate(int height, int width) throws IOException {
    int[] samples = new int[height * width];
    float[] pixels = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = i * 31 % 256;
      pixels[i] = samples[i] / 255f;
    }
    Images stored = Images.of(pixels, 1, height, width, 1);
    for (int orientation : new int[] {3, 6, 7}) {
      byte[] exif = exif(ByteOrder.BIG_ENDIAN, orientation);
      byte[] png = PngBuilder.of(0, 8, width, false).chunk("eXIf", exif).pixels(samples).end();
      assertEquals(oriented(stored, orientation), Images.read(png));
    }
  }

  @Test
  void corruptExifIsIgnored() throws IOException {
    byte[] whole = exif(ByteOrder.BIG_ENDIAN, 6);
    Images expected = Images.read(BASE);
    for (int length = 0; length < whole.length - 6; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertEquals(expected, Images.read(jpeg("Exif\0\0", cut)), length + " bytes");
    }
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] = -1;
      assertEquals(expected, Images.readAsStored(write("a.jpg", jpeg("Exif\0\0", damaged))));
      Images.read(png(damaged));
    }
    assertEquals(expected, Images.read(jpeg("Http\0\0", whole)));
  }

  /** Applies the definition of an orientation; values other than 2 to 8 change nothing. */
  private static Images oriented(Images stored, int orientation) {
    boolean turned = orientation >= 5 && orientation <= 8;
    int height = turned ? stored.width() : stored.height();
    int width = turned ? stored.height() : stored.width();
    int channels = stored.channels();
    float[] pixels = new float[height * width * channels];
    for (int i = 0; i < pixels.length; i++) {
      int y = i / channels / width;
      int x = i / channels % width;
      int bottom = stored.height() - 1;
      int right = stored.width() - 1;
      int[] at =
          switch (orientation) {
            case 2 -> new int[] {y, right - x};
            case 3 -> new int[] {bottom - y, right - x};
            case 4 -> new int[] {bottom - y, x};
            case 5 -> new int[] {x, y};
            case 6 -> new int[] {bottom - x, y};
            case 7 -> new int[] {bottom - x, right - y};
            case 8 -> new int[] {x, right - y};
            default -> new int[] {y, x};
          };
      pixels[i] = stored.pixel(0, at[0], at[1], i % channels);
    }
    return Images.of(pixels, 1, height, width, channels);
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  /** A TIFF file with two entries, the width and the orientation of an image. */
  private static byte[] exif(ByteOrder order, int orientation) {
    ByteBuffer tiff = ByteBuffer.allocate(38).order(order);
    tiff.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    tiff.putShort((short) 42).putInt(8).putShort((short) 2);
    tiff.putShort((short) 0x100)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) 8)
        .putShort((short) 0);
    tiff.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return tiff.array();
  }

  private static byte[] jpeg(String start, byte[] exif) throws IOException {
    byte[] base = Files.readAllBytes(BASE);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(base, 0, 2);
    int length = 2 + start.length() + exif.length;
    file.writeBytes(new byte[] {(byte) 0xff, (byte) 0xe1, (byte) (length >> 8), (byte) length});
    file.writeBytes(start.getBytes(StandardCharsets.ISO_8859_1));
    file.writeBytes(exif);
    file.write(base, 2, base.length - 2);
    return file.toByteArray();
  }

  private static byte[] png(byte[] exif) {
    return PngBuilder.of(0, 8, 3, false)
        .chunk("eXIf", exif)
        .pixels(new int[] {10, 20, 30, 40, 50, 60})
        .end();
  }
}
