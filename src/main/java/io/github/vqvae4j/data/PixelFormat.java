package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.nio.file.Path;

/**
 * What the samples of an image mean. The stored values are taken as they are, without profile or
 * gamma; what is transparent is shown on white.
 */
sealed interface PixelFormat {
  /** 1 for gray, 3 for red, green, blue. */
  int channels();

  /** How many samples a pixel has. */
  int samples();

  /** How many bytes ImageIO keeps of a pixel, or more if several share one. */
  int bytes();

  /** Turns the samples of the first {@code pixels} pixels into values from 0 to 1. */
  void toFloats(int[] samples, int pixels, float[] target, int offset) throws BadFileException;

  /**
   * Each sample is a channel, the last one perhaps alpha.
   *
   * @param largest the value that is 1, for each sample
   * @param alpha whether the last sample is alpha
   * @param transparent the samples of the one transparent colour, or null
   */
  record Shades(int[] largest, boolean alpha, int[] transparent) implements PixelFormat {
    @Override
    public int channels() {
      return largest.length - (alpha ? 1 : 0);
    }

    @Override
    public int samples() {
      return largest.length;
    }

    @Override
    public int bytes() {
      return largest.length * (largest[0] > 255 ? 2 : 1);
    }

    @Override
    public void toFloats(int[] samples, int pixels, float[] target, int offset) {
      int channels = channels();
      int next = offset;
      for (int x = 0; x < pixels * largest.length; x += largest.length) {
        float opacity = opacity(samples, x, channels);
        for (int c = 0; c < channels; c++) {
          target[next++] = onWhite(samples[x + c] / (float) largest[c], opacity);
        }
      }
    }

    private float opacity(int[] samples, int x, int channels) {
      if (alpha) {
        return samples[x + channels] / (float) largest[channels];
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
   * A pixel is an index of a palette.
   *
   * @param file for the message about an index that the palette does not have
   * @param channels 1 if all colours are gray, otherwise 3
   * @param colors [size, channels], on white
   */
  record Palette(Path file, int channels, float[] colors) implements PixelFormat {
    /**
     * A palette.
     *
     * @param rgb [size, 3], 0 to 255
     * @param alpha of the first colours, 0 to 255; the others are opaque
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
        colors[i] = onWhite((rgb[3 * color + i % channels] & 0xff) / 255f, opacity);
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
              "got a pixel of colour "
                  + index
                  + ", expected one of the "
                  + colors.length / channels
                  + " colours of the palette, counted from 0; get the file anew or save it"
                  + " again");
        }
        for (int c = 0; c < channels; c++) {
          target[next++] = colors[color + c];
        }
      }
    }
  }

  private static float onWhite(float value, float opacity) {
    return opacity == 1 ? value : value * opacity + (1 - opacity);
  }
}
