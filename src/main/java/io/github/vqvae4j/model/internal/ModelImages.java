package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Copies images out of steps, and checks models' outputs. */
public final class ModelImages {
  /** Subtracted from pixels before the encoder and added to the decoder output. */
  public static final float CENTER = 0.5f;

  /** The name of the encoder output in messages. */
  public static final String ENCODER_OUTPUT = "the encoder output";

  /** Explains a value that is not finite. */
  public static final String DIVERGED =
      "the model has diverged, or the images have pixels far outside [0, 1]. Retrain the model with"
          + " a smaller learning rate, or load an earlier checkpoint";

  private ModelImages() {}

  /** Returns the label of each image, -1 for images without one. */
  public static int[] labels(Dataset images) {
    return IntStream.range(0, images.size()).map(images::label).toArray();
  }

  /**
   * Copies images out of a step.
   *
   * @param model the model that computed them, for messages
   * @throws NonFiniteException if a pixel is NaN or infinite
   */
  public static Images images(Layer model, Tensor tensor) {
    long[] s = tensor.shape();
    Tensor pixels = checkFinite(model, "a pixel of the output", tensor);
    return Images.of(pixels.toFloats(), (int) s[0], (int) s[1], (int) s[2], (int) s[3]);
  }

  /**
   * Copies images out of a step and cuts them to the {@linkplain Codes#imageSize size} before they
   * were padded.
   *
   * @param codes the codes that were decoded
   * @throws IllegalArgumentException if the size is larger than the decoded images
   */
  public static Images images(Layer model, Tensor tensor, Codes codes) {
    Optional<int[]> size = codes.imageSize();
    if (size.isEmpty()) {
      return images(model, tensor);
    }
    int height = size.get()[0];
    int width = size.get()[1];
    checkImageSize(model, codes, (int) tensor.size(1), (int) tensor.size(2));
    return images(model, tensor.slice(1, 0, height).slice(2, 0, width));
  }

  /** Throws IllegalArgumentException if the image size is larger than the decoded images. */
  static void checkImageSize(Layer model, Codes codes, int... decoded) {
    int[] size = codes.imageSize().orElse(decoded);
    if (size[0] > decoded[0] || size[1] > decoded[1]) {
      throw new IllegalArgumentException(
          model.getClass().getSimpleName()
              + ".decode: expected codes of images of at most "
              + decoded[0]
              + "x"
              + decoded[1]
              + " pixels, the size of the decoder's output, got "
              + codes
              + ". Decode codes with the image size that encode has set.");
    }
  }

  /**
   * Returns the tensor.
   *
   * @throws NonFiniteException if an element is NaN or infinite
   */
  public static Tensor checkFinite(Layer model, String what, Tensor tensor) {
    long index = NonFinite.index(tensor);
    if (index >= 0) {
      throw new NonFiniteException(
          model.getClass().getSimpleName(), what, tensor.toDoubles()[(int) index], DIVERGED);
    }
    return tensor;
  }

  /** Throws IllegalArgumentException if there are no images. */
  public static void checkNotEmpty(Layer model, Dataset images) {
    if (images.size() == 0) {
      throw new IllegalArgumentException(
          model.getClass().getSimpleName() + ": expected at least one image, got none.");
    }
  }

  /** Throws IllegalArgumentException unless reconstructions and images have the same shape. */
  public static void checkSameShape(Layer model, long[] reconstructions, long[] images) {
    if (!Arrays.equals(reconstructions, images)) {
      throw new IllegalArgumentException(
          model.getClass().getSimpleName()
              + ": expected reconstructions of the shape of the images, "
              + Arrays.toString(images)
              + ", got "
              + Arrays.toString(reconstructions)
              + " from the decoder. Build encoder and decoder for the same size and channels, and"
              + " with equal upsampling and downsampling factors.");
    }
  }

  /**
   * Checks the shape like {@link #checkSameShape(Layer, long[], long[])} and returns the
   * reconstructions, with the labels of the images, and marked as unbounded if the images are.
   */
  public static Images checkSameShape(Layer model, Images reconstructions, Dataset images) {
    checkSameShape(model, shape(reconstructions), shape(images));
    Images labeled = reconstructions.withLabels(labels(images));
    return images.unitRange() ? labeled : labeled.unbounded();
  }

  private static long[] shape(Dataset data) {
    return new long[] {data.size(), data.height(), data.width(), data.channels()};
  }
}
