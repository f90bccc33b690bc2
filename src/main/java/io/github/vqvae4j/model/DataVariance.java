package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Variance;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;
import io.github.vqvae4j.train.TrainingData;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** The variance of the training data, computed once and kept for further runs on the same data. */
final class DataVariance {
  /** The number of images that determine the variance if the data is not a {@link Dataset}. */
  private static final int SAMPLE_IMAGES = 1_000;

  /** The number of values of a stream after which no more images are read: they stay in memory. */
  private static final long MAX_STREAM_VALUES = 1L << 26;

  private static final String STATE = "variance";

  private final ImageModel model;

  /** NaN before data was seen; not above 0 if all values of the data are equal. */
  private double value = Double.NaN;

  /** The source that the value was computed from; null for a stream, or if it was set. */
  private Object origin;

  /** Whether the value is that of training data rather than of evaluated data. */
  private boolean ofTraining;

  DataVariance(ImageModel model) {
    this.model = model;
  }

  void set(double newValue) {
    value = new ReconstructionLoss(newValue).variance();
    origin = null;
    ofTraining = true;
  }

  /**
   * Computes the variance of training data, unless it is that of this data already. The variance of
   * a stream is only an estimate, which does not replace a known value.
   */
  void take(TrainingData<ImageBatch> data) {
    Source<ImageBatch> source = data.source().orElse(null);
    if (source == null ? ofTraining().isEmpty() : source != origin) {
      value = source == null ? ofFirstBatches(data) : of(source);
      origin = source;
    }
    ofTraining = true;
  }

  private static double ofFirstBatches(TrainingData<ImageBatch> data) {
    Variance variance = new Variance();
    int images = 0;
    int limit = SAMPLE_IMAGES;
    Iterator<ImageBatch> batches = data.firstBatches();
    while (images < limit && batches.hasNext()) {
      ImageBatch batch = batches.next();
      long length = batch.images().length / batch.count();
      limit = (int) Math.min(SAMPLE_IMAGES, Math.max(1, MAX_STREAM_VALUES / length));
      int count = Math.min(batch.count(), limit - images);
      variance.add(first(batch, count));
      images += count;
    }
    if (images == 0) {
      throw new IllegalStateException(
          "ImageModel: expected at least one batch of images, but the data ended.");
    }
    return variance.value();
  }

  /** Returns the first images of a batch, so that the sample does not depend on its size. */
  private static ImageBatch first(ImageBatch batch, int count) {
    return new ImageBatch(
        Arrays.copyOf(batch.images(), batch.images().length / batch.count() * count),
        count,
        batch.height(),
        batch.width(),
        batch.channels(),
        Arrays.copyOf(batch.labels(), count),
        Arrays.copyOf(batch.indices(), count));
  }

  private double of(Source<ImageBatch> data) {
    return data instanceof Dataset dataset ? dataset.variance() : ofSample(data);
  }

  private double ofSample(Source<ImageBatch> data) {
    Variance variance = new Variance();
    Source<ImageBatch> sample = data.select(sample(data.size()));
    int batch = Math.min(model.evaluationBatch(data), sample.size());
    try (Batches<ImageBatch> batches = Batches.inOrder(sample, batch)) {
      for (ImageBatch next = batches.next(); next != null; next = batches.next()) {
        variance.add(next);
      }
    }
    return variance.value();
  }

  /**
   * Returns the indices of one image at a random place in each of 1,000 stretches of equal length,
   * since the data may be sorted, or its classes may come in turn; of all images if there are
   * fewer.
   */
  private static int[] sample(int size) {
    int images = Math.min(SAMPLE_IMAGES, size);
    int[] sample = new int[images];
    for (int i = 0; i < images; i++) {
      long from = (long) i * size / images;
      long to = (i + 1L) * size / images;
      sample[i] = (int) (from + Rng.at(0, RngStream.VARIANCE, i).nextInt((int) (to - from)));
    }
    return sample;
  }

  /** Returns the state for a checkpoint: empty before training. */
  Map<String, String> state() {
    return ofTraining ? Map.of(STATE, String.valueOf(value)) : Map.of();
  }

  /** Sets the state to that of a checkpoint. */
  void restore(Map<String, String> state) {
    if (!state.keySet().equals(Set.of(STATE))) {
      throw new IllegalArgumentException(
          "ImageModel.restoreTrainingState: expected the "
              + STATE
              + " of the training data, got "
              + state.keySet()
              + ". Resume from a checkpoint of an image model.");
    }
    value = Double.parseDouble(state.get(STATE));
    ofTraining = true;
  }

  /** Computes the variance of data that is evaluated, unless that of training data is known. */
  void takeIfUnknown(Source<ImageBatch> data) {
    if (!ofTraining && data != origin) {
      value = of(data);
      origin = data;
    }
  }

  /** Returns the variance of the training data; empty if it is unknown or cannot normalize. */
  OptionalDouble ofTraining() {
    return ofTraining ? known() : OptionalDouble.empty();
  }

  /** Returns the variance of training or evaluated data; empty if unknown or not above 0. */
  OptionalDouble known() {
    boolean normalizes = value > 0 && value <= Double.MAX_VALUE;
    return normalizes ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  /**
   * Returns the variance; throws IllegalStateException if it is unknown, and
   * IllegalArgumentException if it is not above 0.
   */
  double get() {
    if (Double.isNaN(value)) {
      throw new IllegalStateException(
          model.getClass().getSimpleName()
              + ": the variance of the training data, which normalizes the reconstruction error, is"
              + " not known. Call dataVariance(images.variance()) first; a Trainer does it.");
    }
    return new ReconstructionLoss(value).variance();
  }
}
