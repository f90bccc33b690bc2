package io.github.vqvae4j.data;

/**
 * Some images of a data set, ready to go into a model. The arrays are not copied, neither in nor
 * out.
 *
 * @param images the pixels, [count, height, width, channels], all finite
 * @param count the number of images
 * @param height rows of pixels
 * @param width columns of pixels
 * @param channels 1 for gray, 3 for red, green, blue
 * @param labels each image's label, -1 where there is none
 * @param indices each image's index in the data set
 */
public record Batch(
    float[] images, int count, int height, int width, int channels, int[] labels, int[] indices) {
  /**
   * A batch of these arrays.
   *
   * @param images the pixels, [count, height, width, channels]
   * @param count the number of images, 1 or more
   * @param height rows of pixels, 1 or more
   * @param width columns of pixels, 1 or more
   * @param channels the channels, 1 or more
   * @param labels a label for each image
   * @param indices an index for each image
   * @throws IllegalArgumentException if a size is below 1 or an array is not as long as they say
   */
  public Batch {
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

  /** The shape of the images: {@code Batch[32, 28, 28, 1]}. */
  @Override
  public String toString() {
    return "Batch" + Checks.shape(count, height, width, channels);
  }
}
