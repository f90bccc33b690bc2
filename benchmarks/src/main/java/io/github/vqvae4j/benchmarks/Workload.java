package io.github.vqvae4j.benchmarks;

import java.util.Locale;

/**
 * The task of a process and its sizes.
 *
 * @param task the measured task
 * @param batch the batch size
 * @param codebookSize the number of codes, K
 * @param imageSize the height and width of the images in pixels
 */
public record Workload(Task task, int batch, int codebookSize, int imageSize) {
  /** The codebook size K of the reference model. */
  public static final int CODEBOOK_SIZE = 512;

  /** The height and width of CIFAR-10 images in pixels. */
  public static final int IMAGE_SIZE = 32;

  /**
   * Creates a workload of the reference model.
   *
   * @param task the measured task
   * @param batch the batch size
   * @return the workload
   */
  public static Workload of(Task task, int batch) {
    return new Workload(task, batch, CODEBOOK_SIZE, IMAGE_SIZE);
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
