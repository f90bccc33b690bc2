package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.datasets.RealData;
import io.github.vqvae4j.data.series.WavFiles;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Safetensors;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {
  @TempDir Path folder;

  @Test
  void grayValuesRoundTripExactlyThroughPng() throws IOException {
    Images all = steps(1);
    Path file = folder.resolve("gray.png");
    Images.write(all, file);
    assertEquals(all, Images.read(file));
  }

  @Test
  void colorValuesRoundTripExactlyThroughPng() throws IOException {
    Images all = steps(3);
    Path file = folder.resolve("COLOUR.PNG");
    Images.write(all, file);
    assertEquals(all, Images.read(file));
  }

  @Test
  void jpegRoundTripIsCloseInGrayAndColor() throws IOException {
    for (int channels : new int[] {1, 3}) {
      for (String ending : new String[] {".jpg", ".jpeg", ".JPG"}) {
        float[] smooth = new float[32 * 32 * channels];
        for (int i = 0; i < smooth.length; i++) {
          smooth[i] = (i / channels % 32) / 62f + (i / channels / 32) / 62f;
        }
        Images images = Images.of(smooth, 1, 32, 32, channels);
        Path file = folder.resolve("a" + channels + ending);
        Images.write(images, file);
        Images read = Images.read(file);
        assertEquals(channels, read.channels());
        assertArrayEquals(smooth, read.pixels(), 0.03f);
      }
    }
  }

  @Test
  void valuesAreClampedOnlyInTheFile() throws IOException {
    Images images = Images.of(new float[] {-3, 7, 0.5f}, 1, 1, 3, 1);
    Path file = folder.resolve("a.png");
    Images.write(images, file);
    assertArrayEquals(new float[] {0, 1, 128 / 255f}, Images.read(file).pixels());
    assertArrayEquals(new float[] {-3, 7, 0.5f}, images.pixels());
  }

  @Test
  void unsupportedImagesAreNotWritten() {
    Images one = Images.of(new float[3], 1, 1, 1, 3);
    for (String name : new String[] {"a.gif", "a", "png"}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> Images.write(one, folder.resolve(name))),
          name,
          ".png, .jpg or .jpeg",
          "change the extension");
    }
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Images.write(Images.concat(one, one), folder.resolve("a.png"))),
        "got 2 images",
        "expected 1",
        "Images.writeGrid");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Images.write(Images.of(new float[2], 1, 1, 1, 2), folder.resolve("a.png"))),
        "Images[1, 1, 1, 2]",
        "expected 1 channel");
    assertFalse(Files.exists(folder.resolve("a.png")));
  }

  @Test
  void sixteenBitValuesKeepTheirPrecision() throws IOException {
    BufferedImage gray = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    gray.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 1000, 65535});
    assertArrayEquals(new float[] {0, 1000 / 65535f, 1}, Images.read(save(gray, "png")).pixels());
  }

  @Test
  void transparentPixelsAreBlendedWithWhite() throws IOException {
    BufferedImage buffered = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    buffered.setRGB(0, 0, 0x00ff0000);
    buffered.setRGB(1, 0, 0xff336699);
    buffered.setRGB(2, 0, 0x33000000);
    assertArrayEquals(
        new float[] {1, 1, 1, 0.2f, 0.4f, 0.6f, 0.8f, 0.8f, 0.8f},
        Images.read(save(buffered, "png")).pixels(),
        1e-6f);
  }

  @Test
  void palettesAreResolved() throws IOException {
    byte[] red = {0, (byte) 255};
    byte[] green = {0, 51};
    BufferedImage color =
        new BufferedImage(
            2, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, red, green, red));
    color.getRaster().setPixels(0, 0, 2, 1, new int[] {1, 0});
    Images read = Images.read(save(color, "png"));
    assertArrayEquals(new float[] {1, 0.2f, 1, 0, 0, 0}, read.pixels());

    BufferedImage binary = new BufferedImage(9, 1, BufferedImage.TYPE_BYTE_BINARY);
    WritableRaster raster = binary.getRaster();
    raster.setSample(8, 0, 0, 1);
    assertArrayEquals(
        new float[] {0, 0, 0, 0, 0, 0, 0, 0, 1}, Images.read(save(binary, "png")).pixels());
  }

  @Test
  void bmpIsRead() throws IOException {
    BufferedImage buffered = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    buffered.setRGB(1, 0, 0x336699);
    assertArrayEquals(
        new float[] {0, 0, 0, 0.2f, 0.4f, 0.6f},
        Images.read(save(buffered, "bmp")).pixels(),
        1e-6f);
  }

  @Test
  void realPhotographsAreRead() throws IOException {
    Path kodak = RealData.folder("kodak");
    assertEquals("Images[1, 512, 768, 3]", Images.read(kodak.resolve("kodim03.png")).toString());
    Images upright = Images.read(kodak.resolve("kodim04.png"));
    assertEquals("Images[1, 768, 512, 3]", upright.toString());
    BufferedImage direct = ImageIO.read(kodak.resolve("kodim04.png").toFile());
    int rgb = direct.getRGB(100, 700);
    assertEquals((rgb >> 16 & 255) / 255f, upright.pixel(0, 700, 100, 0));
    assertEquals((rgb >> 8 & 255) / 255f, upright.pixel(0, 700, 100, 1));
    assertEquals((rgb & 255) / 255f, upright.pixel(0, 700, 100, 2));
  }

  @Test
  void nonImagesAreRejected() throws IOException {
    Path text = Files.writeString(folder.resolve("a.png"), "this is no image at all");
    rejected(text, text + ": byte 0", "expected PNG, JPEG, BMP, GIF or TIFF", "check the path");
    rejected(
        Files.write(folder.resolve("empty.png"), new byte[0]),
        "expected PNG, JPEG, BMP, GIF or TIFF");
    byte[] photoshop = "8BPS\0\1".getBytes(StandardCharsets.ISO_8859_1);
    rejected(
        Files.write(folder.resolve("a.psd"), photoshop),
        "got a Photoshop image, expected PNG, JPEG, BMP, GIF or TIFF",
        "or add the ImageIO plugin com.twelvemonkeys.imageio:imageio-psd to the class path");
    rejected(folder, "got a folder", "an image file");
    Path missing = folder.resolve("none.png");
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> Images.read(missing)),
        missing.toString(),
        "there is no such file",
        "check the path");
  }

  @Test
  @EnabledOnOs(
      value = {OS.LINUX, OS.MAC},
      disabledReason = "other systems have no /dev/zero")
  void devicesAreRejected() {
    Path device = Path.of("/dev/zero");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Images.read(device)),
        "got a pipe or a device, expected an image file");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> WavFiles.read(device)),
        "got a pipe or a device, expected a WAV file");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Safetensors.read(device)),
        "got a pipe or a device, expected a safetensors file");
  }

  @Test
  void truncatedImagesAreRejected() throws IOException {
    Random random = new Random(5);
    float[] noise = new float[64 * 64 * 3];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextFloat();
    }
    Images images = Images.of(noise, 1, 64, 64, 3);
    for (String ending : new String[] {"png", "jpg", "bmp"}) {
      Path file = folder.resolve("whole." + ending);
      if (ending.equals("bmp")) {
        Images.write(images, folder.resolve("for-bmp.png"));
        ImageIO.write(ImageIO.read(folder.resolve("for-bmp.png").toFile()), "bmp", file.toFile());
      } else {
        Images.write(images, file);
      }
      byte[] bytes = Files.readAllBytes(file);
      Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length / 2));
      rejected(
          cut, cut.toString(), "image data", "cannot be decoded", "get a new copy of the file");
    }
  }

  @Test
  void imageOfTooManyPixelsIsRejectedFromItsHeader() throws IOException {
    Images.write(steps(1), folder.resolve("a.png"));
    byte[] bytes = Files.readAllBytes(folder.resolve("a.png"));
    // In a PNG the width and the height are at bytes 16 and 20.
    ByteBuffer.wrap(bytes).putInt(16, 100_000).putInt(20, 100_000);
    Path bomb = Files.write(folder.resolve("bomb.png"), bytes);
    rejected(bomb, "header", "100000 x 100000", "at most 67108864", "scale it down");
  }

  /** An image that contains each of the 256 values. */
  private static Images steps(int channels) {
    float[] pixels = new float[256 * channels];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 7 % 256) / 255f;
    }
    return Images.of(pixels, 1, 16, 16, channels);
  }

  private Path save(BufferedImage buffered, String format) throws IOException {
    Path file = folder.resolve("saved." + format);
    assertTrue(ImageIO.write(buffered, format, file.toFile()));
    return file;
  }

  private static void rejected(Path file, String... parts) {
    assertMessageContains(assertThrows(BadFileException.class, () -> Images.read(file)), parts);
  }
}
