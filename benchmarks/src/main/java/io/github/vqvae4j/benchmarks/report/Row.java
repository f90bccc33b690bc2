package io.github.vqvae4j.benchmarks.report;

import java.util.List;

/**
 * A line of the tables: this library beside one other.
 *
 * @param name of what was measured
 * @param batch images at once
 * @param codebookSize K
 * @param imageSize height and width of the images
 * @param ours median of all rounds
 * @param peer whom it stands beside
 * @param layout of the peer's images, the one that was better for it here
 * @param theirs median of all rounds
 * @param ratio median over the rounds of ours / theirs in the same round
 * @param unit of ours and theirs
 * @param ratios of each round
 * @param megaflops millions of multiplications and additions for one image, by which images per
 *     second become GFLOP/s
 */
public record Row(
    String name,
    int batch,
    int codebookSize,
    int imageSize,
    double ours,
    String peer,
    String layout,
    double theirs,
    double ratio,
    String unit,
    List<Double> ratios,
    double megaflops) {
  /** The unit of rows about speed. */
  public static final String IMAGES_PER_SECOND = "images/s";
}
