package io.github.vqvae4j.data.image;

import io.github.vqvae4j.memory.HeapMemory;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Arrays;

/**
 * The pixels of a {@code BufferedImage}, interpreted like those of image files: gray and RGB values
 * are used as stored, because {@link BufferedImage#getRGB} would apply a gamma correction to gray
 * values. Values of other color spaces, such as CMYK or linear RGB, are converted to sRGB.
 */
final class BufferedPixels {
  private static final int MAX = 65_535;
  private static final long MAX_INT = 0xffff_ffffL;

  private BufferedPixels() {}

  /**
   * Returns the rows of an image.
   *
   * @param name the image, for a message about memory
   * @param orientation the EXIF orientation that is followed, 1 (upright) to 8
   */
  static ImageRows rows(String name, BufferedImage image, int orientation) {
    ColorModel model = image.getColorModel();
    if (model instanceof IndexColorModel palette) {
      return new ImageRows(name, image.getRaster(), palette(palette), orientation);
    }
    if (isStored(model)) {
      // A component without bits is 0.
      int[] max =
          Arrays.stream(model.getComponentSize())
              .map(bits -> Math.max(1, (1 << bits) - 1))
              .toArray();
      PixelFormat pixels = new PixelFormat.Direct(max, model.hasAlpha(), null);
      return new ImageRows(name, image.getRaster(), pixels, orientation);
    }
    if (isLinear(model)) {
      PixelFormat pixels =
          new PixelFormat.Curve(
              model.getNumComponents(),
              model.hasAlpha(),
              LinearRgb.curve(model.getComponentSize(0)));
      return new ImageRows(name, image.getRaster(), pixels, orientation);
    }
    return converted(name, image, orientation);
  }

  /** Returns whether the samples are unsigned integers and linear RGB. */
  private static boolean isLinear(ColorModel model) {
    int type = model.getTransferType();
    return model instanceof ComponentColorModel
        && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
        && !(model.hasAlpha() && model.isAlphaPremultiplied())
        && LinearRgb.is(model.getColorSpace())
        && Arrays.stream(model.getComponentSize()).distinct().count() == 1;
  }

  /**
   * Returns gray pixels as an image that every program shows as sRGB; those of {@code
   * TYPE_BYTE_GRAY} are linear to {@code getRGB}.
   */
  static BufferedImage gray(WritableRaster pixels) {
    byte[] ramp = new byte[256];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) i;
    }
    return new BufferedImage(
        new IndexColorModel(8, ramp.length, ramp, ramp, ramp), pixels, false, null);
  }

  private static PixelFormat palette(IndexColorModel model) {
    // Every possible index has a color; those beyond the palette are transparent.
    int size = 1 << model.getPixelSize();
    byte[] rgb = new byte[3 * size];
    byte[] alpha = new byte[size];
    for (int i = 0; i < size; i++) {
      rgb[3 * i] = (byte) model.getRed(i);
      rgb[3 * i + 1] = (byte) model.getGreen(i);
      rgb[3 * i + 2] = (byte) model.getBlue(i);
      alpha[i] = (byte) model.getAlpha(i);
    }
    return PixelFormat.Palette.of(null, rgb, alpha);
  }

  /** Returns whether the samples are unsigned integers and the channels of the image. */
  private static boolean isStored(ColorModel model) {
    int type = model.getTransferType();
    boolean integers =
        model instanceof DirectColorModel
            || model instanceof ComponentColorModel
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT);
    boolean multiplied = model.hasAlpha() && model.isAlphaPremultiplied();
    return integers && !multiplied && (isGray(model) || isRgb(model));
  }

  private static boolean isGray(ColorModel model) {
    return model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /** Profiles are ignored, except that of linear values. */
  private static boolean isRgb(ColorModel model) {
    ColorSpace space = model.getColorSpace();
    return space.getType() == ColorSpace.TYPE_RGB && !LinearRgb.is(space);
  }

  /** Converts each pixel to gray or sRGB in 16 bits, with alpha, if any, not premultiplied. */
  private static ImageRows converted(String name, BufferedImage image, int orientation) {
    ColorModel model = image.getColorModel();
    boolean stored = isGray(model) || isRgb(model);
    int channels = isGray(model) ? 1 : 3;
    int[] max = new int[channels + (model.hasAlpha() ? 1 : 0)];
    Arrays.fill(max, MAX);
    WritableRaster raster =
        HeapMemory.guard(
            () -> name + " converted,",
            (long) Short.BYTES * image.getWidth() * image.getHeight() * max.length,
            () -> raster(image.getWidth(), image.getHeight(), max.length));
    float[] values = new float[model.getNumComponents()];
    int[] samples = new int[max.length];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        components(image, x, y, values);
        float[] color = stored ? values : toRgb(model, values);
        for (int c = 0; c < channels; c++) {
          samples[c] = toSample(color[c]);
        }
        if (model.hasAlpha()) {
          samples[channels] = toSample(values[values.length - 1]);
        }
        raster.setPixel(x, y, samples);
      }
    }
    PixelFormat pixels = new PixelFormat.Direct(max, model.hasAlpha(), null);
    return new ImageRows(name, raster, pixels, orientation);
  }

  private static WritableRaster raster(int width, int height, int samples) {
    return Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, width, height, samples, null);
  }

  /** Returns the components of a pixel, 0 to 1. */
  private static void components(BufferedImage image, int x, int y, float[] values) {
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    if (model instanceof ComponentColorModel
        && model.getTransferType() == DataBuffer.TYPE_INT
        && model.getComponentSize(0) == Integer.SIZE) {
      // getNormalizedComponents would divide by 0.
      for (int c = 0; c < values.length; c++) {
        values[c] = (raster.getSample(x, y, c) & MAX_INT) / (float) MAX_INT;
      }
    } else {
      model.getNormalizedComponents(raster.getDataElements(x, y, null), values, 0);
    }
  }

  private static float[] toRgb(ColorModel model, float[] normalized) {
    ColorSpace space = model.getColorSpace();
    float[] color = new float[model.getNumColorComponents()];
    if (LinearRgb.is(space)) {
      for (int c = 0; c < color.length; c++) {
        color[c] = LinearRgb.toSrgb(Math.max(0, Math.min(1, normalized[c])));
      }
      return color;
    }
    for (int c = 0; c < color.length; c++) {
      float min = space.getMinValue(c);
      color[c] = min + normalized[c] * (space.getMaxValue(c) - min);
    }
    return space.toRGB(color);
  }

  private static int toSample(float value) {
    return Math.round(Math.max(0, Math.min(1, value)) * MAX);
  }
}
