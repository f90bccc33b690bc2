package io.github.vqvae4j.model;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/** What an encoder asks of the images it is given. */
final class InputImages {
  private InputImages() {}

  /**
   * Checks the shape of images.
   *
   * @param encoder its name, for the message
   * @param channels it was built for
   * @param halvings of the size that it makes
   * @param setting what sets the halvings
   */
  static void check(String encoder, Tensor images, int channels, int halvings, String setting) {
    long[] shape = images.shape();
    if (shape.length != 4 || shape[3] != channels) {
      throw new IllegalArgumentException(
          encoder
              + ": expected images [batch, height, width, "
              + channels
              + "], got "
              + Arrays.toString(shape)
              + ": this encoder was built for "
              + Counts.of(channels, "channel")
              + ". Build it with channels("
              + (shape.length == 4 ? shape[3] : "..")
              + "), or convert the images with Images.to"
              + (channels == 1 ? "Gray." : "Color."));
    }
    long factor = 1L << halvings;
    if (shape[1] % factor != 0 || shape[2] % factor != 0) {
      throw new IllegalArgumentException(
          encoder
              + ": expected a height and width that "
              + factor
              + " divides, since it halves them "
              + halvings
              + " times, got "
              + shape[1]
              + "x"
              + shape[2]
              + ". Crop or resize the images, or build it with fewer "
              + setting
              + ".");
    }
  }
}
