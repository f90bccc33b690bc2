package io.github.vqvae4j.model;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The base class of models that reconstruct images. It defines the loss on a batch, which {@code
 * train.Trainer} minimizes. As a layer, a model maps images to reconstructions, both with pixels in
 * [0, 1].
 *
 * <pre>{@code
 * ImageModel model = VqVae.load(Path.of("digits.safetensors"));
 * Images reconstructions = model.reconstruct(digits.test());
 * }</pre>
 */
public abstract class ImageModel extends Layer {
  /** Subtracted from pixels before the encoder and added to the decoder output. */
  static final float CENTER = 0.5f;

  /** The name of the encoder output in messages. */
  static final String ENCODER_OUTPUT = "the encoder output";

  /** The maximum number of images that are processed at once. */
  private static final int MAX_IMAGES = 64;

  /** The maximum number of pixels that are processed at once, which bounds the memory. */
  private static final int MAX_PIXELS = 1 << 16;

  private final WeightCheck weights = new WeightCheck(this);

  /** Constructor for subclasses. */
  protected ImageModel() {}

  /**
   * Computes the loss of a batch. In a training step, this is the loss that is minimized; in an
   * inference step, it is the evaluation loss.
   *
   * @param images [b, h, w, channels], in [0, 1]
   * @param progress the position of the training run or evaluation
   * @return the loss terms and the reconstructions
   */
  public abstract BatchLoss loss(Tensor images, TrainingProgress progress);

  /**
   * Returns the size of the codebook that {@link BatchLoss#usage} refers to.
   *
   * @return K, or 0 for a model without a codebook
   */
  public int codebookSize() {
    return 0;
  }

  /**
   * Initializes the model from data. The trainer calls this before the first step of a run. The
   * default implementation does nothing.
   *
   * @param data the training data
   * @param batch the batch size
   * @param seed the seed of the order in which training will visit the data
   * @param rng the random number generator for random choices
   */
  public void initialize(Dataset data, int batch, long seed, Rng rng) {}

  /**
   * Returns the reconstructions of images.
   *
   * @param images images of the size and channels that the model expects, in [0, 1]
   * @return the reconstructions
   * @throws NonFiniteException if the model has diverged: a parameter, a buffer or a pixel is NaN
   *     or infinite
   * @throws InsufficientMemoryException if processing one image, whose memory is proportional to
   *     its area, needs more memory than is available; the model remains usable for smaller images
   */
  public abstract Images reconstruct(Dataset images);

  /**
   * Returns the settings of the model and its components, which are saved with it.
   *
   * @return the settings keyed by component name; those of the model itself, if any, are under
   *     {@code model}; empty for a custom component
   */
  public abstract Map<String, Optional<?>> settings();

  /**
   * Saves the model to a file.
   *
   * @param file a safetensors file; an existing file is replaced only after the new one is complete
   * @throws IOException if the file cannot be written
   */
  public abstract void save(Path file) throws IOException;

  /** Returns whether everything that is initialized from data has been initialized. */
  boolean isInitialized() {
    return true;
  }

  /**
   * Checks that all parameters and buffers are finite. The check is repeated only after they have
   * changed. Encoding, decoding and evaluation call it automatically. Logs one warning if the model
   * was neither trained nor loaded, or if its codebook is initialized from data and has not been
   * initialized.
   *
   * @throws NonFiniteException if a value is NaN or infinite; the message names the parameter or
   *     buffer
   */
  public final void checkWeights() {
    weights.check();
  }

  /**
   * Marks the end of construction: the current weights are untrained. Constructors call this last.
   */
  final void markBuilt() {
    weights.markBuilt();
  }

  /**
   * Returns the number of images that are processed at once when a whole dataset is processed, as
   * in evaluations. It only depends on the size of the images, so results are reproducible, and is
   * small enough that inference needs no more memory than a training step: 64 images of 32x32
   * pixels, or one of 256x256.
   *
   * @param data one or more images
   * @return 1 to 64, and at most the number of images
   */
  public static int inferenceBatchSize(Dataset data) {
    return Math.min(chunkSize((long) data.height() * data.width()), data.size());
  }

  /** Returns the number of images that are processed at once. */
  static int chunkSize(long pixelsPerImage) {
    return (int) Math.max(1, Math.min(MAX_IMAGES, MAX_PIXELS / pixelsPerImage));
  }

  /** Returns a range of images as a tensor of a step. */
  static Tensor pixels(Step step, Dataset images, int from, int to) {
    return step.tensor(
        images.pixels(from, to), to - from, images.height(), images.width(), images.channels());
  }

  /** Returns the label of each image, -1 for images without one. */
  static int[] labels(Dataset images) {
    return IntStream.range(0, images.size()).map(images::label).toArray();
  }

  /**
   * Runs {@code work} on images. If memory is insufficient, the exception states the memory that
   * one image requires.
   */
  final <T> T withMemoryGuard(String caller, Dataset images, Supplier<T> work) {
    int[] shape = {images.height(), images.width(), images.channels()};
    int chunk = chunkSize((long) images.height() * images.width());
    try {
      return MemoryGuard.run(
          caller + " of images " + Arrays.toString(shape), size(shape, 4L * chunk), work);
    } catch (InsufficientMemoryException e) {
      throw PassMemory.ofImage(this, shape[0], shape[1], shape[2]).explain(e);
    }
  }

  /**
   * Returns the size of an array in bytes.
   *
   * @param shape the shape of the array
   * @param bytesPerElement the number of bytes per element
   */
  static long size(int[] shape, long bytesPerElement) {
    return Arrays.stream(shape).asLongStream().reduce(bytesPerElement, (a, b) -> a * b);
  }

  /**
   * Copies images out of a step.
   *
   * @throws NonFiniteException if a pixel is NaN or infinite
   */
  final Images images(Tensor tensor) {
    long[] s = tensor.shape();
    Tensor pixels = checkFinite("a pixel of the output", tensor);
    return Images.of(pixels.toFloats(), (int) s[0], (int) s[1], (int) s[2], (int) s[3]);
  }

  /**
   * Returns the tensor.
   *
   * @throws NonFiniteException if an element is NaN or infinite
   */
  final Tensor checkFinite(String what, Tensor tensor) {
    long index = NonFinite.index(tensor);
    if (index >= 0) {
      throw new NonFiniteException(
          getClass().getSimpleName(),
          what,
          tensor.toDoubles()[(int) index],
          "the model has diverged, or the images have pixels far outside [0, 1]. Retrain the model"
              + " with a smaller learning rate, or load an earlier checkpoint");
    }
    return tensor;
  }

  /** Throws IllegalArgumentException if there are no images. */
  final void checkNotEmpty(Dataset images) {
    if (images.size() == 0) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": expected at least one image, got none.");
    }
  }

  /** Throws IllegalArgumentException unless reconstructions and images have the same shape. */
  final void checkSameShape(long[] reconstructions, long[] images) {
    if (!Arrays.equals(reconstructions, images)) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": expected reconstructions of the shape of the images, "
              + Arrays.toString(images)
              + ", got "
              + Arrays.toString(reconstructions)
              + " from the decoder. Build encoder and decoder for the same size and channels, and"
              + " with equal upsampling and downsampling factors.");
    }
  }

  /**
   * Checks the shape like {@link #checkSameShape(long[], long[])} and returns the reconstructions,
   * marked as unbounded if the images are.
   */
  final Images checkSameShape(Images reconstructions, Dataset images) {
    checkSameShape(shape(reconstructions), shape(images));
    return images.unitRange() ? reconstructions : reconstructions.unbounded();
  }

  private static long[] shape(Dataset data) {
    return new long[] {data.size(), data.height(), data.width(), data.channels()};
  }
}
