package io.github.vqvae4j.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Turns what ImageIO has decoded into pixels. The stored numbers are taken as they are: the JDK's
 * own conversions change gray values by a gamma and cut 16 bits to 8.
 */
final class Pictures {
  private Pictures() {}

  static Images toImages(BufferedImage picture) {
    ColorModel colors = picture.getColorModel();
    int channels = isGray(colors) ? 1 : 3;
    float[] pixels = new float[picture.getWidth() * picture.getHeight() * channels];
    if (colors instanceof IndexColorModel palette) {
      fromPalette(picture.getRaster(), palette, channels, pixels);
    } else {
      fromSamples(picture.getRaster(), colors, channels, pixels);
    }
    return Images.of(pixels, 1, picture.getHeight(), picture.getWidth(), channels);
  }

  private static boolean isGray(ColorModel colors) {
    if (!(colors instanceof IndexColorModel palette)) {
      return colors.getNumColorComponents() == 1;
    }
    for (int i = 0; i < palette.getMapSize(); i++) {
      if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
        return false;
      }
    }
    return true;
  }

  private static void fromPalette(
      Raster raster, IndexColorModel palette, int channels, float[] pixels) {
    int[] row = new int[raster.getWidth()];
    int target = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, raster.getWidth(), 1, 0, row);
      for (int index : row) {
        float alpha = palette.getAlpha(index) / 255f;
        int[] color = {palette.getRed(index), palette.getGreen(index), palette.getBlue(index)};
        for (int c = 0; c < channels; c++) {
          pixels[target++] = onWhite(color[c] / 255f, alpha);
        }
      }
    }
  }

  private static void fromSamples(Raster raster, ColorModel colors, int channels, float[] pixels) {
    int bands = raster.getNumBands();
    boolean transparent = colors.hasAlpha() && bands > channels;
    float[] largest = new float[bands];
    for (int band = 0; band < bands; band++) {
      largest[band] = (1L << colors.getComponentSize(band)) - 1;
    }
    int[] row = new int[raster.getWidth() * bands];
    int target = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int x = 0; x < row.length; x += bands) {
        float alpha = transparent ? row[x + channels] / largest[channels] : 1;
        for (int c = 0; c < channels; c++) {
          pixels[target++] = onWhite(row[x + c] / largest[c], alpha);
        }
      }
    }
  }

  private static float onWhite(float value, float alpha) {
    return alpha == 1 ? value : value * alpha + (1 - alpha);
  }
}
