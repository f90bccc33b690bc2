package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.model.internal.PassMemory;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Computes maps of a model's errors, one value per pixel, smoothed by a moving average. */
final class ErrorMaps {
  /** Receives the maps of each image. */
  interface Consumer {
    /**
     * Receives the maps of one image.
     *
     * @param image the index of the image
     * @param reconstruction the mean over channels of (x - x')^2, [height, width]
     * @param quantization the mean over D of (z_e - e_k)^2 at the latent position of each pixel,
     *     [height, width]; zeros for a model without a codebook
     */
    void accept(int image, double[] reconstruction, double[] quantization);
  }

  private ErrorMaps() {}

  /** Computes the maps of all images, a chunk of images at a time. */
  static void forEach(ImageModel model, Dataset images, int smoothing, Consumer consumer) {
    PassMemory.guard(
        model,
        "AnomalyDetector",
        images,
        () -> {
          forEachInChunks(model, images, smoothing, consumer);
          return null;
        });
  }

  private static void forEachInChunks(
      ImageModel model, Dataset images, int smoothing, Consumer consumer) {
    ModelImages.checkNotEmpty(model, images);
    model.checkWeights();
    ImageChunks.forEach(
        images,
        chunk -> maps(model, chunk, smoothing),
        maps ->
            maps.forEach(map -> consumer.accept(map.image, map.reconstruction, map.quantization)));
  }

  /** The maps of one image. */
  private record Maps(int image, double[] reconstruction, double[] quantization) {}

  private static List<Maps> maps(ImageModel model, ImageChunks.Chunk chunk, int smoothing) {
    int height = (int) chunk.shape()[1];
    int width = (int) chunk.shape()[2];
    List<Maps> maps = new ArrayList<>();
    try (Step step = Step.inference()) {
      Errors errors = errors(model, chunk.in(step));
      for (int i = 0; i < chunk.count(); i++) {
        double[] reconstruction = errors.reconstruction.upsample(i, height, width);
        double[] quantization =
            errors.quantization == null
                ? new double[height * width]
                : errors.quantization.upsample(i, height, width);
        checkFinite(chunk.from() + i, reconstruction, quantization);
        maps.add(
            new Maps(
                chunk.from() + i,
                smooth(reconstruction, height, width, smoothing),
                smooth(quantization, height, width, smoothing)));
      }
    }
    return maps;
  }

  /** The errors of some images; {@code quantization} is null for a model without a codebook. */
  private record Errors(Grid reconstruction, Grid quantization) {}

  private static Errors errors(ImageModel model, Tensor images) {
    if (!(model instanceof VqVae vqVae)) {
      return new Errors(
          Grid.between(checkShape(model, model.forward(images), images), images), null);
    }
    Tensor latents = vqVae.encoderOutput(images);
    if (latents.rank() != 4) {
      throw new IllegalArgumentException(
          "AnomalyDetector: expected an encoder output [b, h, w, D], got "
              + Arrays.toString(latents.shape())
              + ". Use an encoder that returns a map of latents, such as ConvEncoder.");
    }
    Tensor quantized = vqVae.quantizer().lookup(vqVae.quantizer().encode(latents));
    Tensor reconstruction = vqVae.decoder().forward(quantized).add(ModelImages.CENTER);
    return new Errors(
        Grid.between(checkShape(vqVae, reconstruction, images), images),
        Grid.between(latents, quantized));
  }

  private static Tensor checkShape(ImageModel model, Tensor reconstructions, Tensor images) {
    ModelImages.checkSameShape(model, reconstructions.shape(), images.shape());
    return reconstructions;
  }

  /**
   * Squared differences, averaged over the last axis.
   *
   * @param values [images, height, width], at the resolution of the compared tensors
   */
  private record Grid(float[] values, int height, int width) {
    static Grid between(Tensor a, Tensor b) {
      return new Grid(
          a.sub(b).square().mean(-1).toFloats(),
          Math.toIntExact(a.size(1)),
          Math.toIntExact(a.size(2)));
    }

    /** Returns the values of an image, upsampled to its pixels by nearest neighbor. */
    double[] upsample(int image, int rows, int columns) {
      double[] map = new double[rows * columns];
      for (int y = 0; y < rows; y++) {
        int row = (image * height + (int) ((long) y * height / rows)) * width;
        for (int x = 0; x < columns; x++) {
          map[y * columns + x] = values[row + (int) ((long) x * width / columns)];
        }
      }
      return map;
    }
  }

  private static void checkFinite(int image, double[]... maps) {
    for (double[] map : maps) {
      double sum = Arrays.stream(map).sum();
      if (!Double.isFinite(sum)) {
        throw new NonFiniteException(
            "AnomalyDetector",
            "the model's error for image " + image,
            sum,
            "use a trained model and pixels in [0, 1], or retrain the model with a smaller learning"
                + " rate");
      }
    }
  }

  /**
   * Returns the mean over a square around each pixel, without the part of the square that is
   * outside the image.
   */
  private static double[] smooth(double[] map, int height, int width, int side) {
    return side == 1 ? map : means(means(map, width, 1, side), height, width, side);
  }

  /** Returns moving averages along one axis, whose adjacent elements are {@code stride} apart. */
  private static double[] means(double[] map, int length, int stride, int side) {
    double[] means = new double[map.length];
    for (int i = 0; i < map.length; i++) {
      int position = i / stride % length;
      int from = Math.max(0, position - side / 2);
      int to = Math.min(length, position + side / 2 + 1);
      double sum = 0;
      for (int j = from; j < to; j++) {
        sum += map[i + (j - position) * stride];
      }
      means[i] = sum / (to - from);
    }
    return means;
  }
}
