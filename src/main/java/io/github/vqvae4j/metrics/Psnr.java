package io.github.vqvae4j.metrics;

/** Peak signal-to-noise ratio. */
public final class Psnr {
  private Psnr() {}

  /**
   * PSNR of images whose values lie in 0..1: -10 log10(mean squared error).
   *
   * @param meanSquaredError over all pixels
   * @return decibels; infinite for an error of 0
   */
  public static double ofUnitRange(double meanSquaredError) {
    return -10 * Math.log10(meanSquaredError);
  }
}
