package io.github.vqvae4j.palette;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.Psnr;
import java.util.Locale;

/**
 * The size and the error of images quantized with an {@link ImagePalette}.
 *
 * @param pixels the number of pixels of all images
 * @param channels the number of channels
 * @param meanSquaredError the mean squared error over all pixels and channels, for values in [0, 1]
 * @param usage the number of pixels of each color
 */
public record PaletteReport(long pixels, int channels, double meanSquaredError, CodeUsage usage) {
  /** Each channel of a color is stored in one byte. */
  private static final int BITS_PER_CHANNEL = 8;

  /**
   * Returns the peak signal-to-noise ratio.
   *
   * @return the ratio in decibels; infinite if all pixels are unchanged
   */
  public double psnr() {
    return Psnr.fromMeanSquaredError(meanSquaredError);
  }

  /**
   * Returns the size of the indices with a fixed-length code: the minimum number of bits that
   * distinguishes K colors.
   *
   * @return bits per pixel, without the palette
   */
  public int indexBits() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(usage.codebookSize() - 1);
  }

  /**
   * Returns the entropy of the indices, -sum p log2 p: the minimum size with a variable-length code
   * in which each index is coded independently.
   *
   * @return bits per pixel, without the palette
   */
  public double entropyBits() {
    return Math.log(usage.perplexity()) / Math.log(2);
  }

  /**
   * Returns the size of the palette, 8 bits for each channel of each color.
   *
   * @return bits per pixel, in addition to those of the indices
   */
  public double paletteBits() {
    return (double) BITS_PER_CHANNEL * channels * usage.codebookSize() / pixels;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d colors, PSNR %.2f dB, %d bits per pixel (entropy %.3f) plus %.3f for the palette",
        usage.codebookSize(),
        psnr(),
        indexBits(),
        entropyBits(),
        paletteBits());
  }
}
