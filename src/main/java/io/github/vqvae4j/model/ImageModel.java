package io.github.vqvae4j.model;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

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

  /**
   * Returns whether everything that is initialized from data has been initialized. The default
   * implementation returns true.
   *
   * @return false if the outputs are meaningless until {@link #initialize} or a file has set values
   */
  protected boolean isInitialized() {
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
  protected final void markBuilt() {
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
    return Math.min(ModelImages.chunkSize((long) data.height() * data.width()), data.size());
  }
}
