package io.github.vqvae4j.data.image;

import java.awt.color.ColorSpace;

/**
 * Converts linear RGB to sRGB by the formula of IEC 61966-2-1. {@link ColorSpace#toRGB} starts the
 * color management for each pixel, which takes more than a second per megapixel. Its results differ
 * by up to 0.0009 in dark colors, because the primaries in the profile of linear RGB are rounded.
 */
final class LinearRgb {
  private LinearRgb() {}

  /** Returns whether a color space is linear RGB. */
  static boolean is(ColorSpace space) {
    return space.equals(ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB));
  }

  /** Returns the sRGB value of a linear value from 0 to 1. */
  static float toSrgb(double value) {
    return (float) (value <= 0.0031308 ? 12.92 * value : 1.055 * Math.pow(value, 1 / 2.4) - 0.055);
  }

  /** Returns the sRGB value of each linear sample. */
  static float[] curve(int bits) {
    float[] curve = new float[1 << bits];
    for (int i = 0; i < curve.length; i++) {
      curve[i] = toSrgb(i / (curve.length - 1.0));
    }
    return curve;
  }
}
