package io.github.vqvae4j.model;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.Psnr;
import java.util.Locale;

/**
 * What an {@link ImagePalette} costs and loses.
 *
 * @param pixels of all images
 * @param channels of each
 * @param meanSquaredError over all pixels and channels, values in 0..1
 * @param usage how many pixels each colour has
 */
public record PaletteReport(long pixels, int channels, double meanSquaredError, CodeUsage usage) {
  /** A colour is kept in a byte for each channel. */
  private static final int BITS_OF_VALUE = 8;

  /**
   * Peak signal-to-noise ratio of the mean squared error.
   *
   * @return decibels; infinite if no pixel changed
   */
  public double psnr() {
    return Psnr.ofUnitRange(meanSquaredError);
  }

  /**
   * What the indices take at a fixed length: the least whole number of bits that tells K colours
   * apart.
   *
   * @return bits per pixel, without the palette
   */
  public int indexBits() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(usage.codebookSize() - 1);
  }

  /**
   * What the indices take at least if each is coded by itself, with as many bits as its share calls
   * for: -sum p log2 p.
   *
   * @return bits per pixel, without the palette
   */
  public double entropyBits() {
    return Math.log(usage.perplexity()) / Math.log(2);
  }

  /**
   * What the palette takes: 8 bits for each channel of each colour.
   *
   * @return bits per pixel, to be added to those of the indices
   */
  public double paletteBits() {
    return (double) BITS_OF_VALUE * channels * usage.codebookSize() / pixels;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d colours, PSNR %.2f dB, %d bits per pixel (entropy %.3f) and %.3f of the palette",
        usage.codebookSize(),
        psnr(),
        indexBits(),
        entropyBits(),
        paletteBits());
  }
}
