package io.github.vqvae4j.metrics;

/** The peak signal-to-noise ratio (PSNR), a measure of reconstruction quality. */
public final class Psnr {
  private Psnr() {}

  /**
   * Returns the PSNR of images with values in [0, 1]: -10 log10(mean squared error).
   *
   * @param meanSquaredError the mean squared error over all pixel values
   * @return the PSNR in decibels; infinite for an error of 0
   */
  public static double fromMeanSquaredError(double meanSquaredError) {
    return -10 * Math.log10(meanSquaredError);
  }
}
