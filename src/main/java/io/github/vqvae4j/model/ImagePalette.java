package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.data.PaletteFile;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.KMeans;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.MemoryGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The K colours that an image, or a batch of images, is painted with best: classical vector
 * quantization, the codebook of a {@link VqVae} in the space of pixels. Each pixel's code is that
 * of the nearest colour, by the squared difference of the stored values.
 *
 * <pre>{@code
 * Images photo = Images.read(Path.of("photo.png"));
 * ImagePalette palette = ImagePalette.fit(photo, KMeansConfig.of(64), new Rng(42));
 * Codes codes = palette.encode(photo);
 * palette.write(codes, Path.of("photo-64.png"));
 * }</pre>
 *
 * <p>Pixels and colours are rounded to the 256 steps of a file from 0 to 1 in each channel, so that
 * a file shows bit for bit what {@link #decode} gives. Images of no more than K colours keep just
 * these. Otherwise there are K, all different and each in use: the centers of {@link KMeans} over
 * all pixels; one that by rounding is equal to another, or is nearest to no pixel, moves to that
 * colour of the pixels that loses most.
 */
public final class ImagePalette {
  private final float[] colors;
  private final int channels;

  private ImagePalette(float[] colors, int channels) {
    this.colors = colors;
    this.channels = channels;
  }

  /**
   * Finds the colours of images.
   *
   * @param images one or more, of 1 or 3 channels; their pixels count alike
   * @param config K, the number of colours, and when to stop; {@link KMeansConfig#batch} shortens
   *     the search in many images
   * @param rng for all choices
   * @return the colours: K different ones, or those of the images if they have no more than that
   * @throws IllegalArgumentException if there are no images, too many for one array, or of other
   *     channels or of values without bounds, or one holds NaN or infinity
   * @throws InsufficientMemoryException if the heap is too small for several copies of the pixels
   */
  public static ImagePalette fit(Dataset images, KMeansConfig config, Rng rng) {
    int channels = images.channels();
    checkPixels("fit", images);
    if (images.size() == 0 || channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "ImagePalette: expected one or more images of 1 or 3 channels, got "
              + images.size()
              + " of "
              + channels
              + "; give images, and convert them with toGray or toColor.");
    }
    return withinMemory("fit", images, images.size(), () -> fitTo(images, config, rng));
  }

  private static ImagePalette fitTo(Dataset images, KMeansConfig config, Rng rng) {
    int channels = images.channels();
    float[] pixels = PaletteColors.rounded(images.pixels(0, images.size()), channels);
    return new ImagePalette(PaletteColors.of(pixels, channels, config, rng), channels);
  }

  /** Does work on some images at once, which are copied, and rounded into another copy. */
  private static <T> T withinMemory(String what, Dataset images, int count, Supplier<T> work) {
    int[] shape = {count, images.height(), images.width(), images.channels()};
    return MemoryGuard.run(
        "ImagePalette." + what + " of images " + Arrays.toString(shape),
        ImageModel.size(shape, 2L * Float.BYTES),
        work);
  }

  private static void checkPixels(String what, Dataset images) {
    if (!images.unitRange()) {
      throw new IllegalArgumentException(
          "ImagePalette."
              + what
              + ": expected pixels from 0 to 1, got values without bounds, as of a series; quantize"
              + " them with KMeans.");
    }
  }

  /**
   * The colours, as an image of one row.
   *
   * @return [1, 1, K, channels]
   */
  public Images colors() {
    return Images.of(colors, 1, 1, colors.length / channels, channels);
  }

  /**
   * The code of each pixel.
   *
   * @param images those it was fitted to, or others of as many channels
   * @return [images, height, width], each from 0 to K - 1, with the images' labels
   * @throws IllegalArgumentException if there are no images, or of other channels, or one holds NaN
   *     or infinity
   * @throws InsufficientMemoryException as {@link #fit}
   */
  public Codes encode(Dataset images) {
    if (images.size() == 0 || images.channels() != channels) {
      throw new IllegalArgumentException(
          "ImagePalette.encode: expected one or more images of "
              + channels
              + " channels, as those it was fitted to, got "
              + images.size()
              + " of "
              + images.channels()
              + "; convert them with toGray or toColor.");
    }
    return withinMemory("encode", images, 1, () -> codes(images));
  }

  private Codes codes(Dataset images) {
    int each = images.height() * images.width();
    int[] values = new int[Lengths.ofImages("ImagePalette.encode", images.size(), each, "pixels")];
    for (int i = 0; i < images.size(); i++) {
      float[] pixels = PaletteColors.rounded(images.pixels(i, i + 1), channels);
      int[] nearest = KMeans.nearest(pixels, channels, colors);
      System.arraycopy(nearest, 0, values, i * each, each);
    }
    return Codes.of(
            values, colors.length / channels, images.size(), images.height(), images.width())
        .withLabels(ImageModel.labels(images));
  }

  /**
   * Codes to images.
   *
   * @param codes [count, height, width], made with this palette
   * @return the images, painted with the palette's colours
   * @throws IllegalArgumentException if they are codes of another number of colours, or one is
   *     missing
   */
  public Images decode(Codes codes) {
    check("decode", codes);
    int[] shape = codes.shape();
    return MemoryGuard.run(
        "ImagePalette.decode of " + codes,
        ImageModel.size(shape, Float.BYTES * channels),
        () -> painted(codes.values(), shape));
  }

  private Images painted(int[] values, int[] shape) {
    float[] pixels =
        new float
            [Lengths.of(
                "ImagePalette.decode",
                values.length,
                "pixels",
                channels,
                "channels",
                "take fewer")];
    for (int i = 0; i < values.length; i++) {
      System.arraycopy(colors, values[i] * channels, pixels, i * channels, channels);
    }
    return Images.of(pixels, shape[0], shape[1], shape[2], channels);
  }

  private void check(String what, Codes codes) {
    Codebooks own = Codebooks.of(colors.length / channels);
    if (!codes.codebooks().equals(own) || codes.shape().length != 3) {
      throw new IllegalArgumentException(
          "ImagePalette."
              + what
              + ": expected codes [count, height, width] of "
              + colors.length / channels
              + " colours, got "
              + codes
              + "; use the palette that made them.");
    }
    codes.requireComplete("ImagePalette." + what);
  }

  /**
   * Writes one image as a PNG of indexed colour, which is smaller than one of all colours. {@link
   * Images#read} gives what {@link #decode} does, bit for bit; with 1 channel if all colours are
   * gray.
   *
   * @param codes of one image, [1, height, width]
   * @param file ends in {@code .png}; an older one is replaced
   * @throws IllegalArgumentException if there are several images, more than 256 colours, a code is
   *     missing, or the name ends otherwise
   * @throws IOException if the file cannot be written
   */
  public void write(Codes codes, Path file) throws IOException {
    check("write", codes);
    int[] shape = codes.shape();
    if (shape[0] != 1) {
      throw new IllegalArgumentException(
          "ImagePalette.write: expected the codes of 1 image, got "
              + codes
              + "; write them one at a time, with codes.range(i, i + 1).");
    }
    PaletteFile.write(colors(), codes.values(), shape[1], shape[2], file);
  }

  /**
   * What the palette costs and loses.
   *
   * @param images any it can encode
   * @param theirCodes what {@link #encode} gave for them
   * @return error and bits
   * @throws IllegalArgumentException if these are not codes of so many such images, one is missing,
   *     or the images are values without bounds
   */
  public PaletteReport report(Dataset images, Codes theirCodes) {
    check("report", theirCodes);
    checkPixels("report", images);
    int[] expected = {images.size(), images.height(), images.width()};
    if (!Arrays.equals(theirCodes.shape(), expected) || images.channels() != channels) {
      throw new IllegalArgumentException(
          "ImagePalette.report: expected the codes of images "
              + Arrays.toString(expected)
              + " of "
              + channels
              + " channels, got "
              + theirCodes
              + " and "
              + images.channels()
              + " channels; give the images that were encoded.");
    }
    return withinMemory("report", images, 1, () -> measured(images, theirCodes));
  }

  private PaletteReport measured(Dataset images, Codes theirCodes) {
    int[] values = theirCodes.values();
    int each = values.length / images.size();
    double sum = 0;
    for (int i = 0; i < images.size(); i++) {
      float[] pixels = images.pixels(i, i + 1);
      for (int j = 0; j < pixels.length; j++) {
        double color = colors[values[i * each + j / channels] * channels + j % channels];
        sum += (pixels[j] - color) * (pixels[j] - color);
      }
    }
    CodeUsage usage = CodeUsage.of(values, theirCodes.codebookSize());
    return new PaletteReport(values.length, channels, sum / values.length / channels, usage);
  }
}
