package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.model.internal.PassMemory;
import io.github.vqvae4j.model.internal.WorkProgress;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * Computes maps of the errors of a model, one value per pixel, smoothed by a moving average.
 *
 * @param model the model
 * @param prior the prior over its codes, if there is one
 */
record ErrorMaps(ImageModel model, Optional<CodeSurprise> prior) {
  private static final Logger LOG = Log.ofProgress(AnomalyDetector.class);

  static ErrorMaps of(ImageModel model, Optional<PixelCnn> prior) {
    return new ErrorMaps(model, prior.map(known -> CodeSurprise.of((VqVae) model, known)));
  }

  /** Receives the maps of each image. */
  interface Consumer {
    /**
     * Receives the maps of one image.
     *
     * @param image the index of the image
     * @param errors the smoothed errors of its pixels inside the border, row by row; those of codes
     *     are the errors at the latent position of each pixel
     */
    void accept(int image, Errors errors);
  }

  /** Computes the maps of all images, a chunk of images at a time. */
  void forEach(Dataset images, InnerArea inner, int smoothing, Consumer consumer) {
    PassMemory.guard(
        model,
        "AnomalyDetector",
        images,
        () -> {
          forEachInChunks(images, inner, smoothing, consumer);
          return null;
        });
  }

  private void forEachInChunks(Dataset images, InnerArea inner, int smoothing, Consumer consumer) {
    ModelImages.checkNotEmpty(model, images);
    model.checkWeights();
    WorkProgress progress =
        new WorkProgress(LOG, "errors of " + Counts.of(images.size(), "image"), images.size());
    int[] next = {0};
    ImageChunks.forEach(
        images,
        chunk -> maps(chunk, inner, smoothing),
        maps -> {
          maps.forEach(map -> consumer.accept(next[0]++, map));
          progress.add(maps.size());
        });
  }

  private List<Errors> maps(ImageChunks.Chunk chunk, InnerArea inner, int smoothing) {
    int height = (int) chunk.shape()[1];
    int width = (int) chunk.shape()[2];
    List<Errors> maps = new ArrayList<>();
    try (Step step = Step.inference()) {
      Grids grids = grids(chunk.in(step));
      for (int i = 0; i < chunk.count(); i++) {
        Errors errors =
            new Errors(
                grids.reconstruction.upsample(i, height, width),
                grids.quantization.upsample(i, height, width),
                grids.surprise.upsample(i, height, width));
        checkFinite(chunk.from() + i, errors);
        maps.add(errors.map(map -> smooth(inner.crop(map), inner, smoothing)));
      }
    }
    return maps;
  }

  /** The errors of some images, at the resolutions at which they are computed. */
  private record Grids(Grid reconstruction, Grid quantization, Grid surprise) {}

  private Grids grids(Tensor images) {
    Grid none = Grid.zeros(images);
    if (!(model instanceof VqVae vqVae)) {
      return new Grids(Grid.between(checkShape(model.forward(images), images), images), none, none);
    }
    Tensor latents = vqVae.encoderOutput(images);
    if (latents.rank() != 4) {
      throw new IllegalArgumentException(
          "AnomalyDetector: expected an encoder output [b, h, w, D], got "
              + Arrays.toString(latents.shape())
              + ". Use an encoder that returns a map of latents, such as ConvEncoder.");
    }
    Tensor codes = vqVae.quantizer().encode(latents);
    Tensor quantized = vqVae.quantizer().lookup(codes);
    Tensor reconstruction = vqVae.decoder().forward(quantized).add(ModelImages.CENTER);
    return new Grids(
        Grid.between(checkShape(reconstruction, images), images),
        Grid.between(latents, quantized),
        prior.map(known -> Grid.of(known.of(codes))).orElse(none));
  }

  private Tensor checkShape(Tensor reconstructions, Tensor images) {
    ModelImages.checkSameShape(model, reconstructions.shape(), images.shape());
    return reconstructions;
  }

  /**
   * One value per position of each image.
   *
   * @param values [images, height, width]
   */
  private record Grid(double[] values, int height, int width) {
    static Grid of(Tensor values) {
      return new Grid(
          values.toDoubles(), Math.toIntExact(values.size(1)), Math.toIntExact(values.size(2)));
    }

    /** Returns squared differences, averaged over the last axis. */
    static Grid between(Tensor a, Tensor b) {
      return of(a.sub(b).square().mean(-1));
    }

    /** Returns a grid of a single zero for each image. */
    static Grid zeros(Tensor images) {
      return new Grid(new double[(int) images.size(0)], 1, 1);
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

  private static void checkFinite(int image, Errors errors) {
    String retrain = " with a smaller learning rate";
    String remedy = "use a trained model and pixels in [0, 1], or retrain the model" + retrain;
    checkFinite("the model's error for image " + image, errors.reconstruction(), remedy);
    checkFinite("the model's error for image " + image, errors.quantization(), remedy);
    checkFinite(
        "the surprise of the codes of image " + image,
        errors.surprise(),
        "the prior has diverged; retrain it" + retrain);
  }

  private static void checkFinite(String value, double[] map, String remedy) {
    double sum = Arrays.stream(map).sum();
    if (!Double.isFinite(sum)) {
      throw new NonFiniteException("AnomalyDetector", value, sum, remedy);
    }
  }

  /**
   * Returns the mean over a square around each pixel, without the part of the square that is
   * outside the area.
   */
  private static double[] smooth(double[] map, InnerArea inner, int side) {
    boolean isMissing = Arrays.stream(map).allMatch(value -> value == 0);
    return side == 1 || isMissing
        ? map
        : means(means(map, inner.columns(), 1, side), inner.rows(), inner.columns(), side);
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
