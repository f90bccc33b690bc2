package io.github.vqvae4j.benchmarks;

import java.util.Locale;

/**
 * What one process computes.
 *
 * @param task which part of the work
 * @param batch images at once
 * @param codebookSize K
 * @param imageSize height and width of the images
 */
public record Setting(Task task, int batch, int codebookSize, int imageSize) {
  /** K of the reference model. */
  public static final int CODEBOOK_SIZE = 512;

  /** Height and width of CIFAR-10's images. */
  public static final int IMAGE_SIZE = 32;

  /**
   * The reference model at some batch size.
   *
   * @param task which part of the work
   * @param batch images at once
   * @return the setting
   */
  public static Setting of(Task task, int batch) {
    return new Setting(task, batch, CODEBOOK_SIZE, IMAGE_SIZE);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, batch %d, K %d, %dx%d",
        task.text(),
        batch,
        codebookSize,
        imageSize,
        imageSize);
  }
}
