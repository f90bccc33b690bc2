package io.github.vqvae4j.data.image;

import io.github.vqvae4j.io.BadFileException;
import java.nio.file.Path;

/**
 * The interpretation of the samples of an image. Color profiles and gamma are ignored, except those
 * of linear RGB; transparent pixels are blended with white.
 */
sealed interface PixelFormat {
  /** Returns 1 for grayscale or 3 for red, green, blue. */
  int channels();

  /** Returns the number of samples per pixel. */
  int samples();

  /** Returns the number of bytes per pixel in ImageIO, or an upper bound if pixels share a byte. */
  int bytes();

  /** Converts the samples of the first {@code pixels} pixels to values in [0, 1]. */
  void toFloats(int[] samples, int pixels, float[] target, int offset) throws BadFileException;

  /**
   * Each sample is a channel; the last one may be alpha.
   *
   * @param max the maximum value of each sample, which is converted to 1
   * @param alpha whether the last sample is alpha
   * @param transparent the samples of the transparent color, or null
   */
  record Direct(int[] max, boolean alpha, int[] transparent) implements PixelFormat {
    @Override
    public int channels() {
      return max.length - (alpha ? 1 : 0);
    }

    @Override
    public int samples() {
      return max.length;
    }

    @Override
    public int bytes() {
      return max.length * (max[0] > 255 ? 2 : 1);
    }

    @Override
    public void toFloats(int[] samples, int pixels, float[] target, int offset) {
      int channels = channels();
      int next = offset;
      for (int x = 0; x < pixels * max.length; x += max.length) {
        float opacity = opacity(samples, x, channels);
        for (int c = 0; c < channels; c++) {
          target[next++] = blendWithWhite(value(samples, x, c), opacity);
        }
      }
    }

    /** Samples have more bits than values in some images, such as 16 for 12. */
    private float value(int[] samples, int x, int c) {
      return Math.min(1, samples[x + c] / (float) max[c]);
    }

    private float opacity(int[] samples, int x, int channels) {
      if (alpha) {
        return value(samples, x, channels);
      }
      if (transparent == null) {
        return 1;
      }
      for (int c = 0; c < channels; c++) {
        if (samples[x + c] != transparent[c]) {
          return 1;
        }
      }
      return 0;
    }
  }

  /**
   * Each sample is a channel whose value follows a curve, such as that of linear RGB; the last one
   * may be alpha, which is linear.
   *
   * @param samples the number of samples
   * @param alpha whether the last sample is alpha
   * @param curve the value of each sample; the last one is 1
   */
  record Curve(int samples, boolean alpha, float[] curve) implements PixelFormat {
    @Override
    public int channels() {
      return samples - (alpha ? 1 : 0);
    }

    @Override
    public int bytes() {
      return samples * (curve.length > 256 ? 2 : 1);
    }

    /** Samples have more bits than values in some images, as for {@link Direct}. */
    private int sample(int[] values, int x, int c) {
      return Math.min(curve.length - 1, values[x + c]);
    }

    @Override
    public void toFloats(int[] values, int pixels, float[] target, int offset) {
      int channels = channels();
      int next = offset;
      for (int x = 0; x < pixels * samples; x += samples) {
        float opacity = alpha ? sample(values, x, channels) / (float) (curve.length - 1) : 1;
        for (int c = 0; c < channels; c++) {
          target[next++] = blendWithWhite(curve[sample(values, x, c)], opacity);
        }
      }
    }
  }

  /**
   * Each sample is an index into a palette.
   *
   * @param file the file, for the message about an index out of range
   * @param channels 1 if all colors are gray, otherwise 3
   * @param colors the colors, [size, channels], blended with white
   */
  record Palette(Path file, int channels, float[] colors) implements PixelFormat {
    /**
     * Creates a palette.
     *
     * @param rgb the colors, [size, 3], 0 to 255
     * @param alpha the alpha values of the first colors, 0 to 255; the others are opaque
     */
    static Palette of(Path file, byte[] rgb, byte[] alpha) {
      boolean gray = true;
      for (int i = 0; i < rgb.length; i += 3) {
        gray &= rgb[i] == rgb[i + 1] && rgb[i] == rgb[i + 2];
      }
      int channels = gray ? 1 : 3;
      float[] colors = new float[rgb.length / 3 * channels];
      for (int i = 0; i < colors.length; i++) {
        int color = i / channels;
        float opacity = color < alpha.length ? (alpha[color] & 0xff) / 255f : 1;
        colors[i] = blendWithWhite((rgb[3 * color + i % channels] & 0xff) / 255f, opacity);
      }
      return new Palette(file, channels, colors);
    }

    @Override
    public int samples() {
      return 1;
    }

    @Override
    public int bytes() {
      return 1;
    }

    @Override
    public void toFloats(int[] samples, int pixels, float[] target, int offset)
        throws BadFileException {
      int next = offset;
      for (int x = 0; x < pixels; x++) {
        int index = samples[x];
        int color = index * channels;
        if (color >= colors.length) {
          throw new BadFileException(
              file,
              "image data",
              "got a pixel with color index "
                  + index
                  + ", expected less than "
                  + colors.length / channels
                  + ", the number of colors in the palette; get a new copy of the file or save it"
                  + " again");
        }
        for (int c = 0; c < channels; c++) {
          target[next++] = colors[color + c];
        }
      }
    }
  }

  private static float blendWithWhite(float value, float opacity) {
    return opacity == 1 ? value : value * opacity + (1 - opacity);
  }
}
