package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.random.Rng;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images from bytes, streams and Java2D images, and back. */
class BufferedImagesTest {
  private static final Path CASES = Path.of("src/test/resources/cases");
  private static final float[] COLOR = {0x33 / 255f, 0x66 / 255f, 0x99 / 255f};

  @ParameterizedTest
  @ValueSource(strings = {"base.jpg", "base.png", "a8_gray4_trns.png", "a3_chunkmissing.jpg"})
  void bytesAndStreamsAreReadLikeFiles(String name) throws IOException {
    Images expected = Images.read(CASES.resolve(name));
    byte[] bytes = Files.readAllBytes(CASES.resolve(name));
    assertEquals(expected, Images.read(bytes));
    assertEquals(expected, Images.read(new ByteArrayInputStream(bytes)));
  }

  @Test
  void corruptBytesAreRejected() throws IOException {
    byte[] bytes = Files.readAllBytes(CASES.resolve("base.png"));
    for (int length = 0; length < bytes.length - 12; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> Images.read(cut)), "image in memory: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_4BYTE_ABGR_PRE
      })
  void colorsOfEveryTypeAreCopied(int type) {
    BufferedImage image = new BufferedImage(2, 1, type);
    image.setRGB(1, 0, 0xff336699);
    boolean alpha = image.getColorModel().hasAlpha();
    Images copy = Images.from(image);
    assertEquals("Images[1, 1, 2, 3]", copy.toString());
    float left = alpha ? 1 : 0;
    assertArrayEquals(
        new float[] {left, left, left, COLOR[0], COLOR[1], COLOR[2]}, copy.pixels(), 1e-5f);
  }

  @Test
  void colorsOfFewBitsAreScaled() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_565_RGB);
    image.getRaster().setPixel(0, 0, new int[] {31, 21, 0});
    assertArrayEquals(new float[] {1, 21 / 63f, 0}, Images.from(image).pixels());
    image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_555_RGB);
    image.getRaster().setPixel(0, 0, new int[] {31, 7, 0});
    assertArrayEquals(new float[] {1, 7 / 31f, 0}, Images.from(image).pixels());
  }

  @Test
  void halfTransparentPixelsAreBlendedWithWhite() {
    for (int type : new int[] {BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_4BYTE_ABGR_PRE}) {
      BufferedImage image = new BufferedImage(1, 1, type);
      image.setRGB(0, 0, 0x33ff0000);
      assertArrayEquals(new float[] {1, 0.8f, 0.8f}, Images.from(image).pixels(), 1e-5f);
    }
  }

  @Test
  void grayValuesAreCopiedWithoutGamma() {
    BufferedImage bytes = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    bytes.getRaster().setPixels(0, 0, 2, 1, new int[] {128, 255});
    assertArrayEquals(new float[] {128 / 255f, 1}, Images.from(bytes).pixels());
    BufferedImage shorts = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    shorts.getRaster().setPixels(0, 0, 2, 1, new int[] {1000, 65535});
    assertArrayEquals(new float[] {1000 / 65535f, 1}, Images.from(shorts).pixels());
    BufferedImage floats = image(ColorSpace.CS_GRAY, false, DataBuffer.TYPE_FLOAT);
    floats.getRaster().setPixel(0, 0, new float[] {0.25f});
    assertArrayEquals(new float[] {0.25f}, Images.from(floats).pixels(), 1e-4f);
  }

  @Test
  void premultipliedGrayIsBlendedWithWhite() {
    BufferedImage image = image(ColorSpace.CS_GRAY, true, DataBuffer.TYPE_BYTE);
    image.getRaster().setPixel(0, 0, new int[] {51, 102}); // Gray 0.5 with opacity 0.4.
    assertArrayEquals(new float[] {0.8f}, Images.from(image).pixels(), 1e-4f);
  }

  @Test
  void linearColorsAreConvertedToSrgb() {
    BufferedImage image = image(ColorSpace.CS_LINEAR_RGB, false, DataBuffer.TYPE_USHORT);
    image.getRaster().setPixel(0, 0, new int[] {0, 14027, 65535}); // 0.214 is 0.5 in sRGB.
    assertArrayEquals(new float[] {0, 0.5f, 1}, Images.from(image).pixels(), 0.005f);
  }

  /**
   * Linear RGB is not converted by {@link ColorSpace#toRGB}, but has its results, except for the
   * rounding of the primaries in its profile.
   */
  @ParameterizedTest
  @ValueSource(ints = {ColorSpace.CS_LINEAR_RGB, ColorSpace.CS_PYCC})
  void colorsAreThoseOfTheirColorSpace(int space) {
    ColorSpace colors = ColorSpace.getInstance(space);
    for (int type : new int[] {DataBuffer.TYPE_BYTE, DataBuffer.TYPE_USHORT}) {
      for (boolean alpha : new boolean[] {false, true}) {
        ColorModel model = new ComponentColorModel(colors, alpha, false, alpha ? 3 : 1, type);
        WritableRaster raster = model.createCompatibleWritableRaster(97, 31);
        Rng rng = new Rng(3);
        int max = type == DataBuffer.TYPE_BYTE ? 255 : 65_535;
        float tolerance = space == ColorSpace.CS_LINEAR_RGB ? 9e-4f : 1.01f / 65_535;
        float[] expected = new float[3 * 97 * 31];
        for (int i = 0; i < 97 * 31; i++) {
          float[] color = new float[3];
          for (int c = 0; c < 3; c++) {
            int sample = rng.nextInt(max + 1);
            raster.setSample(i % 97, i / 97, c, sample);
            float min = colors.getMinValue(c);
            color[c] = min + sample / (float) max * (colors.getMaxValue(c) - min);
          }
          if (alpha) {
            raster.setSample(i % 97, i / 97, 3, max);
          }
          System.arraycopy(colors.toRGB(color), 0, expected, 3 * i, 3);
        }
        BufferedImage image = new BufferedImage(model, raster, false, null);
        assertArrayEquals(expected, Images.from(image).pixels(), tolerance);
      }
    }
  }

  @Test
  void premultipliedAndFloatLinearColorsAreConverted() {
    BufferedImage floats = image(ColorSpace.CS_LINEAR_RGB, false, DataBuffer.TYPE_FLOAT);
    floats.getRaster().setPixel(0, 0, new float[] {-1, 0.21404f, 2});
    assertArrayEquals(new float[] {0, 0.5f, 1}, Images.from(floats).pixels(), 1e-4f);
    BufferedImage bytes = image(ColorSpace.CS_LINEAR_RGB, true, DataBuffer.TYPE_BYTE);
    bytes.getRaster().setPixel(0, 0, new int[] {0, 51, 102, 102}); // 0, 0.5 and 1, opacity 0.4
    assertArrayEquals(new float[] {0.6f, 0.8941f, 1}, Images.from(bytes).pixels(), 1e-3f);
  }

  @Test
  void linearColorsWithAlphaAreBlendedWithWhite() {
    ColorSpace linear = ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB);
    ColorModel model = new ComponentColorModel(linear, true, false, 3, DataBuffer.TYPE_BYTE);
    WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
    raster.setPixel(0, 0, new int[] {0, 128, 255, 102}); // 128 is 0.7366 in sRGB; opacity 0.4
    BufferedImage image = new BufferedImage(model, raster, false, null);
    assertArrayEquals(new float[] {0.6f, 0.8943f, 1}, Images.from(image).pixels(), 1e-3f);
  }

  /** Values of 12 bits are stored in 16. */
  @Test
  void samplesAboveTheMaximumAreWhite() {
    for (int space : new int[] {ColorSpace.CS_LINEAR_RGB, ColorSpace.CS_sRGB}) {
      ColorSpace colors = ColorSpace.getInstance(space);
      int[] bits = {12, 12, 12};
      ColorModel model =
          new ComponentColorModel(colors, bits, false, false, 1, DataBuffer.TYPE_USHORT);
      WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
      raster.setPixel(0, 0, new int[] {5_000, 4_095, 0});
      BufferedImage image = new BufferedImage(model, raster, false, null);
      assertArrayEquals(new float[] {1, 1, 0}, Images.from(image).pixels(), 1e-4f);
    }
  }

  @Test
  void palettesAreResolved() {
    byte[] red = {0, (byte) 255, 9};
    byte[] green = {0, 51, 9};
    IndexColorModel colors = new IndexColorModel(4, 3, red, green, red, 2);
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY, colors);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {1, 0, 2});
    assertArrayEquals(new float[] {1, 0.2f, 1, 0, 0, 0, 1, 1, 1}, Images.from(image).pixels());
    BufferedImage binary = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    binary.setRGB(1, 0, 0xffffffff);
    assertEquals(Images.of(new float[] {0, 1}, 1, 1, 2, 1), Images.from(binary));
  }

  @Test
  void partsOfImagesAreCopied() {
    BufferedImage image = new BufferedImage(3, 3, BufferedImage.TYPE_INT_RGB);
    image.setRGB(2, 1, 0x336699);
    assertArrayEquals(COLOR, Images.from(image.getSubimage(2, 1, 1, 1)).pixels(), 1e-6f);
  }

  @Test
  void severalImagesMustBeEqualInSize() {
    BufferedImage color = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    assertEquals("Images[2, 1, 2, 3]", Images.from(color, color).toString());
    BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.from(color, gray)),
        "expected equal height, width and channels");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void bufferedImagesRoundTrip(int channels) throws IOException {
    float[] pixels = new float[2 * 256 * channels];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i * 7 % 256 / 255f;
    }
    Images images = Images.of(pixels, 2, 16, 16, channels);
    BufferedImage second = images.toBufferedImage(1);
    assertEquals(images.image(1), Images.from(images.toBufferedImage(0), second).image(1));
    for (int y = 0; y < 16; y++) {
      int red = Math.round(255 * images.pixel(1, y, 3, 0));
      assertEquals(red, second.getRGB(3, y) >> 16 & 255, "what other programs see");
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(second, "png", png);
    assertEquals(images.image(1), Images.read(png.toByteArray()));
  }

  @Test
  void valuesAreClampedInBufferedImages() {
    Images images = Images.of(new float[] {-3, 7}, 1, 1, 2, 1);
    assertArrayEquals(new float[] {0, 1}, Images.from(images.toBufferedImage(0)).pixels());
    assertThrows(IllegalArgumentException.class, () -> images.unbounded().toBufferedImage(0));
    assertThrows(IllegalArgumentException.class, () -> images.toBufferedImage(1));
  }

  /** An image of one pixel; alpha is premultiplied. */
  private static BufferedImage image(int colorSpace, boolean alpha, int type) {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(colorSpace),
            alpha,
            alpha,
            alpha ? ColorModel.TRANSLUCENT : ColorModel.OPAQUE,
            type);
    return new BufferedImage(model, model.createCompatibleWritableRaster(1, 1), alpha, null);
  }
}
