package io.github.vqvae4j.benchmarks;

import java.util.List;
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

  /**
   * Returns the number of images that a repetition of the task processes.
   *
   * @return the batch size times the number of calls
   */
  public int images() {
    return batch * task.calls(batch);
  }

  /**
   * Returns the same task with another batch size.
   *
   * @param newBatch the batch size
   * @return the workload
   */
  public Workload withBatch(int newBatch) {
    return new Workload(task, newBatch, codebookSize, imageSize);
  }

  /** Returns the components as command line arguments. */
  List<String> arguments() {
    return List.of(task.name(), "" + batch, "" + codebookSize, "" + imageSize);
  }

  /** Returns the workload that {@link #arguments} describes, starting at an index. */
  static Workload parse(String[] arguments, int index) {
    return new Workload(
        Task.valueOf(arguments[index]),
        Integer.parseInt(arguments[index + 1]),
        Integer.parseInt(arguments[index + 2]),
        Integer.parseInt(arguments[index + 3]));
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
