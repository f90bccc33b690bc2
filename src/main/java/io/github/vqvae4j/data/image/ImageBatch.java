package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

/**
 * A batch of images of a dataset, in the layout that models expect. The arrays are not copied,
 * neither by the constructor nor by the accessors.
 *
 * @param images the pixels, [count, height, width, channels], all finite
 * @param count the number of images
 * @param height the height in pixels
 * @param width the width in pixels
 * @param channels the number of channels: 1 for grayscale, 3 for red, green, blue
 * @param labels the label of each image, -1 for none
 * @param indices the index of each image in the dataset
 */
public record ImageBatch(
    float[] images, int count, int height, int width, int channels, int[] labels, int[] indices) {
  /**
   * Creates a batch from arrays.
   *
   * @param images the pixels, [count, height, width, channels]
   * @param count the number of images, at least 1
   * @param height the height in pixels, at least 1
   * @param width the width in pixels, at least 1
   * @param channels the number of channels, at least 1
   * @param labels the label of each image
   * @param indices the index of each image in the dataset
   * @throws IllegalArgumentException if a size is below 1 or the length of an array does not match
   *     the sizes
   */
  public ImageBatch {
    int length = Checks.length(count, height, width, channels);
    if (images.length != length || labels.length != count || indices.length != count) {
      throw new IllegalArgumentException(
          "got "
              + images.length
              + " pixels, "
              + labels.length
              + " labels and "
              + indices.length
              + " indices, expected "
              + length
              + ", "
              + count
              + " and "
              + count
              + " for images "
              + Checks.shape(count, height, width, channels)
              + "; correct the sizes or the arrays");
    }
  }

  /**
   * Copies the images to a tensor.
   *
   * @param step the step of the tensor
   * @return the pixels, [count, height, width, channels]
   */
  public Tensor in(Step step) {
    return step.tensor(images, count, height, width, channels);
  }

  /** Returns the shape of the images: {@code ImageBatch[32, 28, 28, 1]}. */
  @Override
  public String toString() {
    return "ImageBatch" + Checks.shape(count, height, width, channels);
  }
}
