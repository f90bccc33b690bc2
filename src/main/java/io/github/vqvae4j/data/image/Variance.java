package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.data.internal.View;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;

/**
 * The population variance of the values of images, mean((x - mean(x))^2), computed in one pass: of
 * data that is not a {@link Dataset}, which has {@link Dataset#variance}.
 *
 * <pre>{@code
 * Variance variance = new Variance();
 * try (Batches<ImageBatch> batches = Batches.inOrder(images, 100)) {
 *   for (ImageBatch batch = batches.next(); batch != null; batch = batches.next()) {
 *     variance.add(batch);
 *   }
 * }
 * model.dataVariance(variance.value());
 * }</pre>
 */
public final class Variance {
  private static final Logger LOG = Log.ofProgress(Dataset.class);
  private static final long LOG_INTERVAL_NANOS = 5_000_000_000L;

  /** The maximum number of values for which all images are read. */
  private static final long MAX_VALUES = 1L << 28;

  /** The number of values in the sample of larger datasets. */
  private static final long SAMPLE_VALUES = 1L << 26;

  private static final int MIN_SAMPLE_IMAGES = 1_000;

  private double count;
  private double mean;

  /** The sum of the squared deviations from the mean. */
  private double squares;

  /** Creates the variance of no values. */
  public Variance() {}

  /**
   * Adds the images of a batch.
   *
   * @param batch the images
   * @throws IllegalArgumentException if an image contains NaN or infinity
   * @throws CancellationException if the thread is interrupted; its interrupt status stays set
   */
  public void add(ImageBatch batch) {
    int length = batch.images().length / batch.count();
    for (int i = 0; i < batch.count(); i++) {
      add(
          batch.images(),
          i * length,
          batch.height(),
          batch.width(),
          batch.channels(),
          batch.indices()[i]);
    }
  }

  /**
   * Adds an image. Its mean and sum of squared deviations are computed first and then merged (Chan,
   * Golub and LeVeque, 1983), which avoids the cancellation of sum(x^2) - sum(x)^2 / n.
   */
  private void add(float[] pixels, int offset, int height, int width, int channels, int index) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted while computing the variance of the images");
    }
    Checks.finite(pixels, offset, height, width, channels, "image " + index);
    int length = height * width * channels;
    double sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += pixels[i];
    }
    double imageMean = sum / length;
    double imageSquares = 0;
    for (int i = offset; i < offset + length; i++) {
      imageSquares += (pixels[i] - imageMean) * (pixels[i] - imageMean);
    }
    double difference = imageMean - mean;
    double merged = count + length;
    squares += imageSquares + difference * difference * (count * length / merged);
    mean += difference * length / merged;
    count = merged;
  }

  /**
   * Returns the number of values.
   *
   * @return the number of pixels times that of channels, of all images so far
   */
  public long count() {
    return (long) count;
  }

  /**
   * Returns the variance of the values.
   *
   * @return the variance, at least 0
   * @throws IllegalStateException if there are no values
   */
  public double value() {
    if (count == 0) {
      throw new IllegalStateException(
          "Variance: expected at least 1 image, got none; the variance of no images is undefined."
              + " Add images first.");
    }
    return squares / count;
  }

  static double of(Dataset data) {
    if (data.size() == 0) {
      throw new IllegalStateException(
          "got a dataset of 0 images, expected at least 1; the variance of no images is undefined");
    }
    int length = data.imageLength();
    float[] image = new float[length];
    Variance variance = new Variance();
    int interval = interval(data.size(), length);
    long lastLog = System.nanoTime();
    for (long stretch = 0; stretch * interval < data.size(); stretch++) {
      long place = stretch * interval + Rng.at(0, RngStream.VARIANCE, stretch).nextInt(interval);
      if (place >= data.size()) {
        break;
      }
      int i = (int) place;
      if (System.nanoTime() - lastLog >= LOG_INTERVAL_NANOS) {
        lastLog = System.nanoTime();
        LOG.info("Computing the variance of the images: read {} of {}.", i, data.size());
      }
      View.read(data, () -> data.image(i, image, 0));
      variance.add(image, 0, data.height(), data.width(), data.channels(), i);
    }
    return variance.value();
  }

  /**
   * Returns the length of the stretches of images, from each of which one image at a random place
   * is used; 1 if all images are used. The images are not at equal distances, because classes may
   * come in turn.
   */
  static int interval(int size, int imageLength) {
    long values = (long) size * imageLength;
    if (values <= MAX_VALUES) {
      return 1;
    }
    long sample = Math.max(MIN_SAMPLE_IMAGES, SAMPLE_VALUES / imageLength);
    return (int) Math.max(1, size / sample);
  }
}
