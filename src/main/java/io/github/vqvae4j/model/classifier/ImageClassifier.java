package io.github.vqvae4j.model.classifier;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.internal.BlockFile;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.model.internal.PassMemory;
import io.github.vqvae4j.nn.Activation;
import io.github.vqvae4j.nn.BatchNorm2d;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.MaxPool;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.BatchLoss;
import io.github.vqvae4j.train.Trainable;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A small convolutional classifier of images, with which generated images are measured: whether
 * they are recognized as what they should be, and how their features are distributed ({@link
 * io.github.vqvae4j.metrics.PrecisionRecall}).
 *
 * <pre>{@code
 * ImageClassifier classifier = ImageClassifier.mnist();
 * double recognized = classifier.accuracy(images); // by their labels
 * float[][] features = classifier.features(images);
 * }</pre>
 *
 * <p>Each layer is a 3x3 convolution, batch normalization, a ReLU and, except for the last, 2x2 max
 * pooling as long as there are two rows and columns. The features are the outputs of the last
 * layer, averaged over all positions; a linear layer maps them to the logits of the classes. The
 * loss is the cross-entropy of the labels, in nats. As a layer, a classifier maps images [b, h, w,
 * channels], in [0, 1], to logits [b, classes].
 *
 * <p>All methods but training may be called from any number of threads, but not while the
 * classifier is being trained.
 */
public final class ImageClassifier extends Layer implements Trainable<ImageBatch> {
  /** The metric that is the fraction of images whose most probable class is their label. */
  public static final String ACCURACY = "accuracy";

  private static final String MNIST = "mnist-classifier.safetensors";

  private static final BlockFile<ImageClassifierConfig, ImageClassifier> FILE =
      new BlockFile<>(
          "ImageClassifier",
          "vqvae4j.classifier",
          "conv-classifier",
          ImageClassifierConfig.class,
          ImageClassifierConfig::build);

  private final ImageClassifierConfig config;
  private final Sequential body;
  private final Linear head;

  ImageClassifier(ImageClassifierConfig config, Rng rng) {
    this.config = config;
    List<Layer> layers = new ArrayList<>();
    int in = config.channels();
    int side = Math.min(config.height(), config.width());
    for (int out : config.widths()) {
      if (!layers.isEmpty() && side >= 2) {
        layers.add(new MaxPool(2));
        side /= 2;
      }
      layers.add(new Conv2d(ConvConfig.of(in, out, 3).same().bias(false), rng));
      layers.add(new BatchNorm2d(out));
      layers.add(Activation.RELU);
      in = out;
    }
    body = child("body", Sequential.of(layers));
    head = child("head", new Linear(in, config.classes(), rng));
  }

  /**
   * Returns the default settings of a classifier with ten classes.
   *
   * @param height the height of the images
   * @param width the width of the images
   * @param channels the number of channels of the images
   * @return the settings
   */
  public static ImageClassifierConfig images(int height, int width, int channels) {
    return new ImageClassifierConfig(height, width, channels, 10, List.of(16, 32, 64, 64));
  }

  /**
   * Returns a new classifier of handwritten digits, grayscale images of 28x28 pixels like MNIST's,
   * white on black. Its accuracy on MNIST's 10,000 test images is 99.34 %. It was trained on the
   * 60,000 training images of MNIST by {@link ClassificationAccuracy#trainer}, and its weights are
   * part of this library's jar.
   *
   * @return the classifier, whose classes are the digits
   * @throws UncheckedIOException if the jar has no intact file of the weights
   */
  public static ImageClassifier mnist() {
    try (InputStream in = ImageClassifier.class.getResourceAsStream(MNIST)) {
      if (in == null) {
        throw new IOException(
            MNIST + ": not on the class path, expected it next to the classes of vqvae4j");
      }
      Path name = Path.of(MNIST);
      return FILE.load(name, Safetensors.read(name, in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "ImageClassifier.mnist: the jar of vqvae4j is incomplete or corrupt; get a new copy, and"
              + " keep its resources if several jars are combined into one",
          e);
    }
  }

  /**
   * Loads a classifier.
   *
   * @param file a file written by {@link #save}
   * @return a new classifier
   * @throws IOException if the file does not exist, is corrupt, or is not the file of a classifier;
   *     the message names the problem and its location
   */
  public static ImageClassifier load(Path file) throws IOException {
    return FILE.load(file, Safetensors.read(file));
  }

  /**
   * Saves the settings and weights to a file that {@link #load} can read.
   *
   * @param file a safetensors file; an existing file is replaced only after the new one is complete
   * @throws IOException if the file cannot be written
   * @throws IllegalStateException if a weight is NaN or infinite
   */
  @Override
  public void save(Path file) throws IOException {
    FILE.save(file, config, this, Map.of());
  }

  /**
   * Returns the settings.
   *
   * @return the settings that the classifier was built with
   */
  public ImageClassifierConfig config() {
    return config;
  }

  @Override
  public Map<String, Optional<?>> settings() {
    return Map.of("model", Optional.of(config));
  }

  @Override
  protected Tensor compute(Tensor images) {
    return head.forward(features(images));
  }

  private Tensor features(Tensor images) {
    checkSize(images.shape());
    return body.forward(images.add(-ModelImages.CENTER)).mean(1, 2);
  }

  private void checkSize(long... shape) {
    long[] expected = {shape[0], config.height(), config.width(), config.channels()};
    if (!Arrays.equals(shape, expected)) {
      throw new IllegalArgumentException(
          "ImageClassifier: expected images [batch, "
              + config.height()
              + ", "
              + config.width()
              + ", "
              + config.channels()
              + "], got "
              + Arrays.toString(shape)
              + ". Resize or convert the images, or train a classifier for their size.");
    }
  }

  /**
   * Computes the cross-entropy of the labels, in nats, and the {@link #ACCURACY}.
   *
   * @throws IllegalArgumentException if the images have another size, or a label is missing or not
   *     one of the classes
   */
  @Override
  public BatchLoss loss(Step step, ImageBatch batch, TrainingProgress progress) {
    int[] labels = batch.labels();
    for (int i = 0; i < labels.length; i++) {
      checkLabel("loss", labels[i], batch.indices()[i]);
    }
    Tensor logits = forward(batch.in(step));
    Tensor targets = step.tensor(labels, labels.length);
    double accuracy = logits.argmax(-1).eq(targets).to(DType.FLOAT).mean().item();
    return BatchLoss.of("crossEntropy", logits.crossEntropy(targets))
        .withMetric(ACCURACY, accuracy);
  }

  private void checkLabel(String method, int label, int index) {
    if (label < 0 || label >= config.classes()) {
      throw new IllegalArgumentException(
          "ImageClassifier."
              + method
              + ": expected labels from 0 to "
              + (config.classes() - 1)
              + ", got "
              + (label == -1 ? "none" : label)
              + " for image "
              + index
              + ". Use images with labels, or a classifier of more classes.");
    }
  }

  /** Returns the number of images that are processed at once, as in {@link #probabilities}. */
  @Override
  public int evaluationBatch(Source<ImageBatch> data) {
    return ImageChunks.size(data.size(), (long) config.height() * config.width());
  }

  /**
   * Returns the most probable class of each image.
   *
   * @param images images of the classifier's size, in [0, 1]
   * @return the classes, from 0; of equally probable ones, the lowest
   * @throws IllegalArgumentException if there are no images, or they have another size
   * @throws NonFiniteException if the classifier has diverged: a logit is NaN or infinite
   * @throws InsufficientMemoryException if an image needs more memory than is available
   */
  public int[] classify(Dataset images) {
    float[][] logits = rows("classify", images, this::forward);
    return Arrays.stream(logits).mapToInt(ImageClassifier::argmax).toArray();
  }

  private static int argmax(float... values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  /**
   * Returns the probabilities of all classes, the softmax of the logits.
   *
   * @param images images of the classifier's size, in [0, 1]
   * @return [n][classes]; each row sums to 1
   * @throws IllegalArgumentException as for {@link #classify}
   * @throws NonFiniteException as for {@link #classify}
   * @throws InsufficientMemoryException as for {@link #classify}
   */
  public float[][] probabilities(Dataset images) {
    return rows("probabilities", images, pixels -> forward(pixels).softmax(-1));
  }

  /**
   * Returns the features, the inputs of the last layer.
   *
   * @param images images of the classifier's size, in [0, 1]
   * @return [n][D], at least 0, where D is the last of the {@linkplain ImageClassifierConfig#widths
   *     widths}
   * @throws IllegalArgumentException as for {@link #classify}
   * @throws NonFiniteException as for {@link #classify}
   * @throws InsufficientMemoryException as for {@link #classify}
   */
  public float[][] features(Dataset images) {
    return rows("features", images, this::features);
  }

  /**
   * Returns the fraction of images whose most probable class is their label. For samples whose
   * labels are the classes they were sampled for, such as decoded codes of a prior, this is the
   * fraction that is recognized.
   *
   * @param images images of the classifier's size, in [0, 1], with labels
   * @return the accuracy, from 0 to 1
   * @throws IllegalArgumentException as for {@link #classify}, or if a label is missing or not one
   *     of the classes
   * @throws NonFiniteException as for {@link #classify}
   * @throws InsufficientMemoryException as for {@link #classify}
   */
  public double accuracy(Dataset images) {
    int[] labels = ModelImages.labels(images);
    for (int i = 0; i < labels.length; i++) {
      checkLabel(ACCURACY, labels[i], i);
    }
    int[] classes = classify(images);
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      correct += classes[i] == labels[i] ? 1 : 0;
    }
    return (double) correct / labels.length;
  }

  private float[][] rows(String method, Dataset images, UnaryOperator<Tensor> pass) {
    ModelImages.checkNotEmpty(this, images);
    checkSize(images.size(), images.height(), images.width(), images.channels());
    return PassMemory.guard(
        this,
        "ImageClassifier." + method,
        images,
        () -> {
          List<float[]> rows = new ArrayList<>(images.size());
          ImageChunks.forEach(
              images, chunk -> rowsOf(chunk, pass), chunk -> rows.addAll(List.of(chunk)));
          return rows.toArray(float[][]::new);
        });
  }

  private float[][] rowsOf(ImageChunks.Chunk chunk, UnaryOperator<Tensor> pass) {
    try (Step step = Step.inference()) {
      Tensor result = pass.apply(chunk.in(step));
      float[] values = ModelImages.checkFinite(this, "the output", result).toFloats();
      int length = values.length / chunk.count();
      float[][] rows = new float[chunk.count()][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Arrays.copyOfRange(values, i * length, (i + 1) * length);
      }
      return rows;
    }
  }
}
