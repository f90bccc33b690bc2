package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/** What a model makes wrong in an image, pixel by pixel, smoothed. */
final class ErrorMaps {
  /** Takes the maps of one image after another. */
  interface Consumer {
    /**
     * Of one image.
     *
     * @param image its index
     * @param reconstruction mean over channels of (x - x')^2, [height, width]
     * @param quantization mean over D of (z_e - e_k)^2 of each pixel's code, [height, width]; zeros
     *     for a model without a codebook
     */
    void accept(int image, double[] reconstruction, double[] quantization);
  }

  private ErrorMaps() {}

  /** Gives the maps of all images, some of them at a time going through the model. */
  static void each(ImageModel model, Dataset images, int smoothing, Consumer consumer) {
    model.withinMemory(
        "AnomalyDetector",
        images,
        () -> {
          eachInParts(model, images, smoothing, consumer);
          return null;
        });
  }

  private static void eachInParts(
      ImageModel model, Dataset images, int smoothing, Consumer consumer) {
    model.checkSome(images);
    model.checkWeights();
    int height = images.height();
    int width = images.width();
    int part = ImageModel.part((long) height * width);
    for (int from = 0, to; from < images.size(); from = to) {
      to = Lengths.end(from, part, images.size());
      try (Step step = Step.inference()) {
        Errors errors = errors(model, ImageModel.pixels(step, images, from, to));
        for (int i = from; i < to; i++) {
          double[] reconstruction = errors.reconstruction.of(i - from, height, width);
          double[] quantization =
              errors.quantization == null
                  ? new double[height * width]
                  : errors.quantization.of(i - from, height, width);
          checkFinite(i, reconstruction, quantization);
          consumer.accept(
              i,
              smooth(reconstruction, height, width, smoothing),
              smooth(quantization, height, width, smoothing));
        }
      }
    }
  }

  /** Both errors of some images; {@code quantization} is null where there is no codebook. */
  private record Errors(Grid reconstruction, Grid quantization) {}

  private static Errors errors(ImageModel model, Tensor images) {
    if (!(model instanceof VqVae vqVae)) {
      return new Errors(Grid.between(checked(model, model.forward(images), images), images), null);
    }
    Tensor vectors = vqVae.vectors(images);
    if (vectors.rank() != 4) {
      throw new IllegalArgumentException(
          "AnomalyDetector: expected an encoder that gives vectors [b, h, w, D], got "
              + Arrays.toString(vectors.shape())
              + "; give it an encoder that keeps the places in an image apart.");
    }
    Tensor chosen = vqVae.quantizer().lookup(vqVae.quantizer().encode(vectors));
    Tensor reconstruction = vqVae.decoder().forward(chosen).add(ImageModel.CENTER);
    return new Errors(
        Grid.between(checked(vqVae, reconstruction, images), images),
        Grid.between(vectors, chosen));
  }

  private static Tensor checked(ImageModel model, Tensor reconstructions, Tensor images) {
    model.checkSameShape(reconstructions.shape(), images.shape());
    return reconstructions;
  }

  /**
   * Squared differences, averaged over the last axis.
   *
   * @param values [images, height, width], of a height and width of their own
   */
  private record Grid(float[] values, int height, int width) {
    static Grid between(Tensor a, Tensor b) {
      return new Grid(
          a.sub(b).square().mean(-1).toFloats(),
          Math.toIntExact(a.size(1)),
          Math.toIntExact(a.size(2)));
    }

    /** The values of an image at each of its pixels, which several may share. */
    double[] of(int image, int rows, int columns) {
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
            "use a trained model and pixels in 0..1, or retrain it with a smaller learning rate");
      }
    }
  }

  /** The mean over a square around each pixel, as far as the square lies in the image. */
  private static double[] smooth(double[] map, int height, int width, int side) {
    return side == 1 ? map : along(along(map, width, 1, side), height, width, side);
  }

  /** The means along one axis, whose neighbours are {@code stride} apart. */
  private static double[] along(double[] map, int length, int stride, int side) {
    double[] means = new double[map.length];
    for (int i = 0; i < map.length; i++) {
      int at = i / stride % length;
      int from = Math.max(0, at - side / 2);
      int to = Math.min(length, at + side / 2 + 1);
      double sum = 0;
      for (int j = from; j < to; j++) {
        sum += map[i + (j - at) * stride];
      }
      means[i] = sum / (to - from);
    }
    return means;
  }
}
