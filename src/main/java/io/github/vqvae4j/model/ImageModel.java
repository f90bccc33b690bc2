package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
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
 * A model that reconstructs images, and what {@code train.Trainer} needs to train it: its loss on a
 * batch. As a layer it maps images to reconstructions, both with pixels in 0..1.
 */
public abstract class ImageModel extends Layer {
  /** What is taken from pixels before a network sees them, and added to what one gives. */
  static final float CENTER = 0.5f;

  /** What is checked behind an encoder, as messages call it. */
  static final String ENCODED = "the encoder's output";

  /** At most so many images go through a model at once. */
  private static final int MOST_IMAGES = 64;

  /** And so many pixels, since the memory of a pass grows with them. */
  private static final int MOST_PIXELS = 1 << 16;

  private final WeightCheck weights = new WeightCheck(this);

  /** For subclasses. */
  protected ImageModel() {}

  /**
   * Runs the model on a batch for its loss. In a step for training this is what is trained; in one
   * for inference, what is evaluated.
   *
   * @param images [b, h, w, channels], in 0..1
   * @param progress where the training is
   * @return the terms of the loss, and the reconstruction
   */
  public abstract BatchLoss loss(Tensor images, TrainingProgress progress);

  /**
   * The size of the codebook that {@link BatchLoss#usage} counts in.
   *
   * @return K; 0 for a model without one
   */
  public int codebookSize() {
    return 0;
  }

  /**
   * Looks at the data before the first step of a training run. By default there is nothing to do.
   *
   * @param data what will be trained on
   * @param batch images in a batch
   * @param seed of the order in which training will see them
   * @param rng where random choices come from
   */
  public void initialize(Dataset data, int batch, long seed, Rng rng) {}

  /**
   * Images through the whole model.
   *
   * @param images of the size and channels that the model takes, in 0..1
   * @return their reconstructions
   * @throws NonFiniteException if the model has diverged: a parameter, a buffer or a pixel is NaN
   *     or infinite
   * @throws InsufficientMemoryException if the pass of one image, which grows with its area, needs
   *     more memory than there is; smaller images go on as before
   */
  public abstract Images reconstruct(Dataset images);

  /**
   * The settings of the model and its parts, as they are saved with it.
   *
   * @return by the part's name, {@code model} for its own; empty for a part of one's own
   */
  public abstract Map<String, Optional<?>> settings();

  /**
   * Writes the model to a file.
   *
   * @param file safetensors; an existing one is replaced once the new one is complete
   * @throws IOException if it cannot be written
   */
  public abstract void save(Path file) throws IOException;

  /** Whether the model has all that it takes from data before its first training step. */
  boolean isStarted() {
    return true;
  }

  /**
   * Checks that all parameters and buffers are finite, once after each change. Encoding, decoding
   * and evaluations do so by themselves. Logs one warning if the model was neither trained nor
   * loaded, or if its codebook should start from data and was not started.
   *
   * @throws NonFiniteException if one is NaN or infinite; the message names it
   */
  public final void checkWeights() {
    weights.check();
  }

  /** Ends a constructor: all parameters and buffers are there, and not trained yet. */
  final void built() {
    weights.built();
  }

  /**
   * Returns how many images of a data set should go through a model at once where all of them do,
   * as in evaluations. It depends on their size alone, so that results do not depend on who asks,
   * and is small enough that a pass needs no more memory than a step of training: 64 images of
   * 32x32 pixels, or one of 256x256.
   *
   * @param data one or more images
   * @return from 1 to 64, and at most as many as there are
   */
  public static int inferenceBatchSize(Dataset data) {
    return Math.min(part((long) data.height() * data.width()), data.size());
  }

  /** How many images go through the model at once. */
  static int part(long pixelsOfImage) {
    return (int) Math.max(1, Math.min(MOST_IMAGES, MOST_PIXELS / pixelsOfImage));
  }

  /** Some images of a data set in a step. */
  static Tensor pixels(Step step, Dataset images, int from, int to) {
    return step.tensor(
        images.pixels(from, to), to - from, images.height(), images.width(), images.channels());
  }

  /** The label of each image, -1 where it has none. */
  static int[] labels(Dataset images) {
    return IntStream.range(0, images.size()).map(images::label).toArray();
  }

  /** Does work on images for a method; if memory runs out, says how much a pass takes. */
  final <T> T withinMemory(String who, Dataset images, Supplier<T> work) {
    int[] shape = {images.height(), images.width(), images.channels()};
    int part = part((long) images.height() * images.width());
    try {
      return MemoryGuard.run(
          who + " of images " + Arrays.toString(shape), size(shape, 4L * part), work);
    } catch (InsufficientMemoryException e) {
      throw PassMemory.ofImage(this, shape[0], shape[1], shape[2]).explain(e);
    }
  }

  /** Bytes of numbers of a shape. */
  static long size(int[] shape, long each) {
    return Arrays.stream(shape).asLongStream().reduce(each, (a, b) -> a * b);
  }

  /** Images out of a step; throws NonFiniteException if a pixel is NaN or infinite. */
  final Images images(Tensor tensor) {
    long[] s = tensor.shape();
    Tensor pixels = checkFinite("a pixel of the result", tensor);
    return Images.of(pixels.toFloats(), (int) s[0], (int) s[1], (int) s[2], (int) s[3]);
  }

  /** The tensor itself; throws NonFiniteException if a number in it is NaN or infinite. */
  final Tensor checkFinite(String what, Tensor tensor) {
    long index = NonFinite.index(tensor);
    if (index >= 0) {
      throw new NonFiniteException(
          getClass().getSimpleName(),
          what,
          tensor.toDoubles()[(int) index],
          "the model has diverged, or the images have pixels far outside 0..1. Retrain it with a"
              + " smaller learning rate, or load an earlier file of it");
    }
    return tensor;
  }

  /** Throws if there is no image to encode. */
  final void checkSome(Dataset images) {
    if (images.size() == 0) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": expected at least one image, got none.");
    }
  }

  /** Throws unless a decoder gave what the encoder had got. */
  final void checkSameShape(long[] reconstructions, long[] images) {
    if (!Arrays.equals(reconstructions, images)) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": the decoder gave images "
              + Arrays.toString(reconstructions)
              + " for images "
              + Arrays.toString(images)
              + ". Build encoder and decoder for the same size and channels, and with as many"
              + " doublings as halvings.");
    }
  }

  /** As {@link #checkSameShape(long[], long[])}; gives reconstructions of the images' range. */
  final Images checkSameShape(Images reconstructions, Dataset images) {
    checkSameShape(shape(reconstructions), shape(images));
    return images.unitRange() ? reconstructions : reconstructions.unbounded();
  }

  private static long[] shape(Dataset data) {
    return new long[] {data.size(), data.height(), data.width(), data.channels()};
  }
}
