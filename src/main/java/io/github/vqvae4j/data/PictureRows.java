package io.github.vqvae4j.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The pixels of what ImageIO has decoded, a row at a time. The stored numbers are taken as they
 * are: the JDK's own conversions change gray values by a gamma and cut 16 bits to 8.
 */
final class PictureRows {
  private final Raster raster;
  private final ColorModel colors;
  private final int channels;
  private final float[] largest;
  private final int[] samples;

  PictureRows(BufferedImage picture) {
    raster = picture.getRaster();
    colors = picture.getColorModel();
    channels = isGray(colors) ? 1 : 3;
    samples = new int[raster.getWidth() * raster.getNumBands()];
    largest = new float[raster.getNumBands()];
    if (!(colors instanceof IndexColorModel)) {
      for (int band = 0; band < largest.length; band++) {
        largest[band] = (1L << colors.getComponentSize(band)) - 1;
      }
    }
  }

  int height() {
    return raster.getHeight();
  }

  int width() {
    return raster.getWidth();
  }

  /** 1 for gray, 3 for red, green, blue. */
  int channels() {
    return channels;
  }

  /** Copies row {@code y} into {@code target} from {@code offset} on: [width, channels], 0 to 1. */
  void read(int y, float[] target, int offset) {
    raster.getPixels(0, y, raster.getWidth(), 1, samples);
    if (colors instanceof IndexColorModel palette) {
      fromPalette(palette, target, offset);
    } else {
      fromSamples(target, offset);
    }
  }

  /** All of it. */
  Images toImages() {
    int row = width() * channels;
    float[] pixels = new float[height() * row];
    for (int y = 0; y < height(); y++) {
      read(y, pixels, y * row);
    }
    return Images.of(pixels, 1, height(), width(), channels);
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

  private void fromPalette(IndexColorModel palette, float[] target, int offset) {
    int next = offset;
    for (int index : samples) {
      float alpha = palette.getAlpha(index) / 255f;
      int[] color = {palette.getRed(index), palette.getGreen(index), palette.getBlue(index)};
      for (int c = 0; c < channels; c++) {
        target[next++] = onWhite(color[c] / 255f, alpha);
      }
    }
  }

  private void fromSamples(float[] target, int offset) {
    int bands = largest.length;
    boolean transparent = colors.hasAlpha() && bands > channels;
    int next = offset;
    for (int x = 0; x < samples.length; x += bands) {
      float alpha = transparent ? samples[x + channels] / largest[channels] : 1;
      for (int c = 0; c < channels; c++) {
        target[next++] = onWhite(samples[x + c] / largest[c], alpha);
      }
    }
  }

  private static float onWhite(float value, float alpha) {
    return alpha == 1 ? value : value * alpha + (1 - alpha);
  }
}
