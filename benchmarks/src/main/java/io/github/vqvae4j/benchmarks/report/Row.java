package io.github.vqvae4j.benchmarks.report;

import java.util.List;

/**
 * A table row that compares this library with a baseline.
 *
 * @param name the measured task
 * @param batch the batch size
 * @param codebookSize the number of codes, K
 * @param imageSize the height and width of the images in pixels
 * @param value this library's median over all rounds
 * @param baseline the name of the baseline
 * @param layout the memory layout of the baseline's images that gave the better result
 * @param baselineValue the baseline's median over all rounds
 * @param ratio the median over the rounds of value / baseline value in the same round
 * @param unit the unit of both values
 * @param ratios the ratio of each round
 * @param megaflops the multiplications and additions per image in millions, which convert images
 *     per second to GFLOP/s
 */
public record Row(
    String name,
    int batch,
    int codebookSize,
    int imageSize,
    double value,
    String baseline,
    String layout,
    double baselineValue,
    double ratio,
    String unit,
    List<Double> ratios,
    double megaflops) {
  /** The unit of throughput rows. */
  public static final String IMAGES_PER_SECOND = "images/s";
}
