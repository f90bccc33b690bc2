package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/** Checks the input of encoders. */
final class InputImages {
  private InputImages() {}

  /**
   * Checks the shape of images.
   *
   * @param encoder the name of the encoder, for the message
   * @param channels the number of channels that the encoder was built for
   * @param halvings the number of times that the encoder halves the size
   * @param remedy the recommended change of the settings, for the message
   */
  static void check(String encoder, Tensor images, int channels, int halvings, String remedy) {
    long[] shape = images.shape();
    if (shape.length != 4 || shape[3] != channels) {
      throw new IllegalArgumentException(
          encoder
              + ": expected images [batch, height, width, "
              + channels
              + "], got "
              + Arrays.toString(shape)
              + ": the encoder was built for "
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
              + ": expected a height and width that are multiples of "
              + factor
              + ", the downsampling factor of the encoder, got "
              + shape[1]
              + "x"
              + shape[2]
              + ". Crop, resize or pad (padTo) the images, or build the encoder with "
              + remedy
              + ".");
    }
  }
}
