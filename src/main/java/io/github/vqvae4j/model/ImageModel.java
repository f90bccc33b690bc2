package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.metrics.Psnr;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.ModelFile;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.BatchLoss;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.Metric;
import io.github.vqvae4j.train.Trainable;
import io.github.vqvae4j.train.TrainingData;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * The base class of models that reconstruct images. A {@link io.github.vqvae4j.train.Trainer
 * Trainer} minimizes their loss. As a layer, a model maps images to reconstructions, both with
 * pixels in [0, 1].
 *
 * <pre>{@code
 * ImageModel model = ImageModel.load(Path.of("digits.safetensors"));
 * Images reconstructions = model.reconstruct(digits.test());
 * }</pre>
 */
public abstract class ImageModel extends Layer implements Trainable<ImageBatch> {
  /** The metric of evaluations that is the mean squared error over all pixels of all images. */
  public static final String MSE = "mse";

  /**
   * The metric of evaluations that is the MSE divided by the variance of the training images'
   * pixels. A value of 1 is the error of predicting the mean pixel value.
   */
  public static final String NORMALIZED_MSE = "normalizedMse";

  /**
   * The metric of evaluations that is the peak signal-to-noise ratio of the MSE, in decibels;
   * present for a dataset of {@linkplain Dataset#unitRange pixels in [0, 1]} only: other values
   * have no known peak.
   */
  public static final String PSNR = "psnr";

  /**
   * The settings of a model and of its parts, with which {@link ModelRegistry} registers a kind of
   * models.
   *
   * @param <M> the type of the model
   */
  public interface Config<M extends ImageModel> {
    /**
     * Builds the model.
     *
     * @return a new model with these settings
     */
    M build();
  }

  private final WeightCheck weights = new WeightCheck(this);
  private final WeightHash hash = new WeightHash(this);
  private final DataVariance variance = new DataVariance(this);
  private CustomReconstructionLoss customLoss;

  /** Constructor for subclasses. */
  protected ImageModel() {}

  /**
   * Computes the loss of a batch of images. In a training step, this is the loss that is minimized;
   * in an inference step, it is the evaluation loss.
   *
   * @param images [b, h, w, channels], in [0, 1]
   * @param progress the position of the training run or evaluation
   * @return the loss terms and the reconstructions
   */
  public abstract ImageLoss loss(Tensor images, TrainingProgress progress);

  /**
   * Computes {@link #loss(Tensor, TrainingProgress)}; in inference steps, also the {@link #MSE},
   * and {@linkplain #checkWeights checks the weights}.
   */
  @Override
  public final BatchLoss loss(Step step, ImageBatch batch, TrainingProgress progress) {
    ImageLoss loss = loss(batch.in(step), progress);
    List<Metric> metrics = new ArrayList<>(loss.metrics());
    if (!step.isTraining()) {
      checkWeights();
      metrics.add(error(loss));
    }
    return new BatchLoss(loss.terms(), metrics, loss.usage());
  }

  private Metric error(ImageLoss loss) {
    double error = loss.reconstruction().meanSquaredError(loss.target()).item();
    if (!Double.isFinite(error)) {
      throw new NonFiniteException(
          getClass().getSimpleName(), "the reconstruction error", error, ModelImages.DIVERGED);
    }
    return new Metric(MSE, error);
  }

  /**
   * Returns the reconstruction term or terms: the custom ones if there are any, otherwise the mean
   * squared error divided by the variance of the training data ({@link ReconstructionLoss}).
   *
   * @param reconstruction the reconstructions, [b, h, w, channels]
   * @param target the images, of the same shape and range
   * @param progress the position of the training run or evaluation
   * @return the terms
   */
  protected final List<LossTerm> reconstructionTerms(
      Tensor reconstruction, Tensor target, TrainingProgress progress) {
    if (customLoss == null) {
      return List.of(new ReconstructionLoss(variance.get()).term(reconstruction, target));
    }
    List<LossTerm> terms = customLoss.terms(reconstruction, target, progress);
    if (terms == null || terms.isEmpty()) {
      throw new IllegalStateException(
          "CustomReconstructionLoss.terms: expected one or more loss terms, got "
              + (terms == null ? "null" : "an empty list")
              + ".");
    }
    for (LossTerm term : terms) {
      if (List.of(MSE, NORMALIZED_MSE, PSNR).contains(term.name())) {
        throw new IllegalArgumentException(
            "CustomReconstructionLoss.terms: expected other names than those of the metrics of image"
                + " models, got \""
                + term.name()
                + "\". Rename the term, for example to l2.");
      }
      checkGradient(term, reconstruction);
    }
    return List.copyOf(terms);
  }

  private static void checkGradient(LossTerm term, Tensor reconstruction) {
    if (reconstruction.requiresGradient() && term.isConstant()) {
      throw new IllegalStateException(
          "CustomReconstructionLoss.terms: expected terms with a gradient, got \""
              + term.name()
              + "\", which is a constant to the training. Compute it from the reconstruction by"
              + " operations of Tensor, without stopGradient and without copying values to arrays;"
              + " round, comparisons and argmax have no gradient. Give a term that is only reported"
              + " the weight 0.");
    }
  }

  /**
   * Returns the custom reconstruction loss.
   *
   * @return the loss; empty if there is none
   */
  public final Optional<CustomReconstructionLoss> customLoss() {
    return Optional.ofNullable(customLoss);
  }

  /** Sets the custom reconstruction loss; null for none. */
  final void setCustomLoss(CustomReconstructionLoss loss) {
    customLoss = loss;
  }

  /**
   * Takes the variance of the training data, unless it is known from an earlier run on the same
   * data. For a {@link Source} that is not a {@link Dataset}, it is that of a sample of 1,000
   * images. For a stream, it is that of the first 1,000 images, or fewer large ones (2^26 values),
   * unless it is known already. Subclasses that override this method call it first.
   */
  @Override
  public void initialize(TrainingData<ImageBatch> data, Rng rng) {
    variance.take(data);
  }

  /** Returns the variance of the training data, unless it is unknown. */
  @Override
  public Map<String, String> trainingState() {
    return variance.state();
  }

  @Override
  public void restoreTrainingState(Map<String, String> state) {
    variance.restore(state);
  }

  /** Takes the variance of this data unless that of the training data is known. */
  @Override
  public final void prepare(Source<ImageBatch> data) {
    variance.takeIfUnknown(data);
  }

  /**
   * Returns the variance of the training data's pixels, which normalizes the reconstruction error.
   *
   * @return the variance
   * @throws IllegalStateException if the model has never been trained or evaluated, and {@link
   *     #dataVariance(double)} was not called
   * @throws IllegalArgumentException if the variance is 0: all images are of one uniform color
   */
  public final double dataVariance() {
    return variance.get();
  }

  /**
   * Returns the variance of the training data's pixels if it is known, as saved with the model.
   *
   * @return the variance, above 0; empty if the model has never been trained, even if it has been
   *     evaluated, or if all training images are of one uniform color
   */
  public final OptionalDouble trainingVariance() {
    return variance.ofTraining();
  }

  /**
   * Sets the variance of the training data's pixels. The trainer computes that of a {@link Source};
   * call this method before training on a stream whose variance is known, or to compute losses
   * without a trainer.
   *
   * @param value the variance, above 0; see {@link Dataset#variance}
   */
  public final void dataVariance(double value) {
    variance.set(value);
  }

  /**
   * Returns the number of images that are processed at once. It only depends on the number and the
   * size of the images, so results are reproducible, and is small enough that inference needs no
   * more memory than a training step: at most 16 images of 32x32 pixels, or one of 128x128.
   */
  @Override
  public final int evaluationBatch(Source<ImageBatch> data) {
    List<Integer> shape = data.exampleShape();
    long pixels = shape.size() == 3 ? (long) shape.get(0) * shape.get(1) : 1L << 16;
    return ImageChunks.size(data.size(), pixels);
  }

  /**
   * Returns the means and, if one of them is {@link #MSE}, also {@link #NORMALIZED_MSE}, unless the
   * variance is 0, and, for a dataset of {@linkplain Dataset#unitRange pixels in [0, 1]}, {@link
   * #PSNR}. With several objectives, the MSE is that of the first that reports it.
   */
  @Override
  public List<Metric> evaluationMetrics(List<Metric> means, Source<ImageBatch> data) {
    Optional<Metric> mse = mse(means);
    if (mse.isEmpty()) {
      return means;
    }
    List<Metric> metrics = new ArrayList<>(means);
    double error = mse.get().value();
    if (!mse.get().name().equals(MSE)) {
      metrics.add(new Metric(MSE, error));
    }
    variance.known().ifPresent(v -> metrics.add(new Metric(NORMALIZED_MSE, error / v)));
    if (data instanceof Dataset dataset && dataset.unitRange()) {
      metrics.add(new Metric(PSNR, Psnr.fromMeanSquaredError(error)));
    }
    return metrics;
  }

  /**
   * Returns the {@link #MSE}, by which evaluations are compared; without one, the loss, or NaN if
   * there are several.
   */
  @Override
  public double score(Evaluation evaluation) {
    return mse(evaluation.metrics())
        .map(Metric::value)
        .orElseGet(() -> Trainable.super.score(evaluation));
  }

  /** Returns the MSE of the first objective that reports it. */
  private static Optional<Metric> mse(List<Metric> metrics) {
    return metrics.stream()
        .filter(metric -> metric.name().equals(MSE) || metric.name().endsWith("/" + MSE))
        .findFirst();
  }

  /**
   * Returns a supplier of image grids that show the progress of training: rows of ten sample
   * images, each followed by a row of their reconstructions, with labels. For {@link
   * io.github.vqvae4j.train.RunFolder#images(Supplier)}.
   *
   * @param heldOut the sample images; the first 40 are used
   * @return the supplier; it throws NonFiniteException if a reconstruction is not finite
   * @throws IllegalArgumentException if there are no images
   */
  public final Supplier<Images> reconstructions(Dataset heldOut) {
    return new SampleReconstructions(this, heldOut);
  }

  /**
   * Returns the reconstructions of images.
   *
   * @param images images of the size and channels that the model expects, in [0, 1]
   * @return the reconstructions, with the labels of the images
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
  @Override
  public abstract Map<String, Optional<?>> settings();

  /**
   * Saves the model to a file that {@link #load(Path)} can read.
   *
   * @param file a safetensors file; an existing file is replaced only after the new one is complete
   * @throws IOException if the file cannot be written
   * @throws IllegalStateException if the class of the model is not {@linkplain ModelRegistry
   *     registered}, or a parameter or buffer is NaN or infinite
   */
  @Override
  public void save(Path file) throws IOException {
    ModelFile.save(file, this);
  }

  /**
   * Loads a model of any kind. Its encoder, decoder and quantizer are those of the library or
   * {@linkplain ModelRegistry registered}.
   *
   * @param file a file written by {@link #save}
   * @return a new model
   * @throws IOException if the file does not exist, is corrupt, or is not the file of a model; the
   *     message names the problem and its location
   */
  public static ImageModel load(Path file) throws IOException {
    return ModelFile.load(file, ImageModel.class);
  }

  /**
   * Loads parameters, buffers and the variance of the training data into an existing model. This is
   * how a model is loaded whose layers have no settings that could be {@linkplain ModelRegistry
   * registered}, such as one built around a pretrained network.
   *
   * @param file a file written by {@link #save}
   * @param into a model built like the one that was saved; unchanged if loading fails
   * @param <M> the type of the model
   * @return {@code into}
   * @throws IOException as for {@link #load(Path)}, or if names or shapes differ
   */
  public static <M extends ImageModel> M load(Path file, M into) throws IOException {
    return ModelFile.load(file, into);
  }

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
   * Returns the SHA-256 of the names, shapes and values of all parameters and buffers. It is
   * computed again only after they have changed. Codes have the hash of the model that encoded
   * them.
   *
   * @return 64 hexadecimal digits
   */
  public final String weightHash() {
    return hash.digits();
  }

  /**
   * Checks that codes, if they have a {@linkplain Codes#modelHash hash}, were encoded by this model
   * with its current weights.
   *
   * @param codes the codes to decode
   * @throws IllegalArgumentException if they were not
   */
  protected final void checkModelHash(Codes codes) {
    codes.modelHash().ifPresent(this::checkModelHash);
  }

  private void checkModelHash(String ofCodes) {
    if (!ofCodes.equals(weightHash())) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ".decode: expected codes of this model, whose weights have the hash "
              + weightHash()
              + ", got codes encoded by a model with the hash "
              + ofCodes
              + ". Load the model that encoded them, or encode the images again; further training"
              + " of a model changes its hash.");
    }
  }

  /**
   * Marks the end of construction: the current weights are untrained. Constructors call this last.
   */
  protected final void markBuilt() {
    weights.markBuilt();
  }
}
