package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;

/**
 * Computes the population variance of all values of a dataset in one pass. The mean and the sum of
 * squared deviations are computed for each image and then merged (Chan, Golub and LeVeque, 1983),
 * which avoids the cancellation of sum(x^2) - sum(x)^2 / n.
 */
final class Variance {
  private Variance() {}

  static double of(Dataset data) {
    if (data.size() == 0) {
      throw new IllegalStateException(
          "got a dataset of 0 images, expected at least 1; the variance of no images is undefined");
    }
    int length = data.imageLength();
    float[] image = new float[length];
    double count = 0;
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < data.size(); i++) {
      data.image(i, image, 0);
      Checks.finite(image, 0, data.height(), data.width(), data.channels(), "image " + i);
      double sum = 0;
      for (float value : image) {
        sum += value;
      }
      double imageMean = sum / length;
      double imageSquares = 0;
      for (float value : image) {
        imageSquares += (value - imageMean) * (value - imageMean);
      }
      double difference = imageMean - mean;
      double merged = count + length;
      squares += imageSquares + difference * difference * (count * length / merged);
      mean += difference * length / merged;
      count = merged;
    }
    return squares / count;
  }
}
