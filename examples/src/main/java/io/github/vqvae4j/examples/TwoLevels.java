package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.quantize.Codes;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Shows what each level of a model carries: images are decoded with the codes of one level replaced
 * by those of another image. What then changes was carried by that level.
 *
 * @param model a model of two levels
 */
record TwoLevels(VqVae2 model) {
  /** The maximum number of images that are measured. */
  private static final int MEASURED = 1_000;

  /** The maximum number of their values, of which there are six copies. */
  private static final int VALUES = 1 << 22;

  /**
   * Returns a grid of images; decoded from the top level only; with the top codes of the next
   * image; with its bottom codes; from both levels. After the last image comes the first.
   */
  ImageGrid grid(Images images) {
    List<Images> decoded = decoded(images);
    return new ImageGrid()
        .row("original", images)
        .row("top level only", decoded.get(0))
        .row("top level of\nthe next image", decoded.get(1))
        .row("bottom level of\nthe next image", decoded.get(2))
        .row("both levels", decoded.get(3));
  }

  /** Returns the rows of the grid below the images. */
  List<Images> decoded(Dataset images) {
    List<Codes> codes = model.encode(images);
    Codes top = codes.get(0);
    Codes bottom = codes.get(1);
    return List.of(
        model.decode(codes, 1),
        model.decode(List.of(next(top), bottom)),
        model.decode(List.of(top, next(bottom))),
        model.decode(codes));
  }

  private static Codes next(Codes codes) {
    int count = codes.count();
    return codes.select(IntStream.range(0, count).map(i -> (i + 1) % count).toArray());
  }

  /** Returns the mean squared errors of the same decoded images, and that of the mean image. */
  GenerateMetrics.Levels errors(Dataset test) {
    Images images =
        Images.from(Spread.of(test, Math.max(1, Math.min(MEASURED, VALUES / test.imageLength()))));
    int count = images.size();
    float[] pixels = images.pixels();
    List<Images> decoded = decoded(images);
    return new GenerateMetrics.Levels(
        count,
        error(pixels, decoded.get(0).pixels()),
        error(pixels, decoded.get(1).pixels()),
        error(pixels, decoded.get(2).pixels()),
        error(pixels, decoded.get(3).pixels()),
        error(pixels, means(pixels, pixels.length / count)));
  }

  /** Returns the mean of all images, once for each of them. */
  private static float[] means(float[] pixels, int length) {
    double[] sums = new double[length];
    for (int i = 0; i < pixels.length; i++) {
      sums[i % length] += pixels[i];
    }
    float[] means = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      means[i] = (float) (sums[i % length] * length / pixels.length);
    }
    return means;
  }

  private static double error(float[] pixels, float... others) {
    double sum = 0;
    for (int i = 0; i < pixels.length; i++) {
      double difference = pixels[i] - others[i];
      sum += difference * difference;
    }
    return sum / pixels.length;
  }
}
