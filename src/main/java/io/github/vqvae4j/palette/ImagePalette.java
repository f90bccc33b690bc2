package io.github.vqvae4j.palette;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.image.PaletteFile;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.model.vqvae.VqVae;
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
 * A color palette, optimized for one or more images: classical vector quantization of pixels, the
 * pixel-space counterpart of a {@link VqVae}. The code of a pixel is the index of the nearest color
 * by squared distance.
 *
 * <pre>{@code
 * Images photo = Images.read(Path.of("photo.png"));
 * ImagePalette palette = ImagePalette.fit(photo, KMeansConfig.of(64), new Rng(42));
 * Codes codes = palette.encode(photo);
 * palette.write(codes, Path.of("photo-64.png"));
 * }</pre>
 *
 * <p>Pixels and colors are rounded to the 256 levels of a file in each channel, so that a file is
 * bit-identical to the result of {@link #decode}. If the images have at most K colors, the palette
 * consists of these. Otherwise it consists of K distinct colors, each of which is used: the centers
 * of {@link KMeans} over all pixels. A center that is equal to another after rounding, or that is
 * not nearest to any pixel, is replaced by the pixel color with the largest error.
 */
public final class ImagePalette {
  private final float[] colors;
  private final int channels;

  private ImagePalette(float[] colors, int channels) {
    this.colors = colors;
    this.channels = channels;
  }

  /**
   * Fits a palette to images.
   *
   * @param images one or more images with 1 or 3 channels; all pixels have equal weight
   * @param config the number of colors K and the stopping criterion; {@link KMeansConfig#batchSize}
   *     speeds up the search for many images
   * @param rng the random number generator
   * @return a palette of K distinct colors, or of all colors of the images if there are at most K
   * @throws IllegalArgumentException if there are no images, if they are too many for one array,
   *     have a different number of channels or unbounded values, or if a value is NaN or infinite
   * @throws InsufficientMemoryException if the heap is too small for several copies of the pixels
   */
  public static ImagePalette fit(Dataset images, KMeansConfig config, Rng rng) {
    int channels = images.channels();
    checkPixels("fit", images);
    if (images.size() == 0 || channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "ImagePalette: expected one or more images with 1 or 3 channels, got "
              + images.size()
              + " of "
              + channels
              + ". Pass at least one image, and convert images with toGray or toColor.");
    }
    return withMemoryGuard("fit", images, images.size(), () -> fitTo(images, config, rng));
  }

  private static ImagePalette fitTo(Dataset images, KMeansConfig config, Rng rng) {
    int channels = images.channels();
    float[] pixels = PaletteColors.rounded(images.pixels(0, images.size()), channels);
    return new ImagePalette(PaletteColors.of(pixels, channels, config, rng), channels);
  }

  /**
   * Runs {@code work} on {@code count} images at a time, which are copied and rounded into another
   * copy.
   */
  private static <T> T withMemoryGuard(String method, Dataset images, int count, Supplier<T> work) {
    int[] shape = {count, images.height(), images.width(), images.channels()};
    return MemoryGuard.run(
        "ImagePalette." + method + " of images " + Arrays.toString(shape),
        ArrayLengths.size(shape, 2L * Float.BYTES),
        work);
  }

  private static void checkPixels(String method, Dataset images) {
    if (!images.unitRange()) {
      throw new IllegalArgumentException(
          "ImagePalette."
              + method
              + ": expected pixels in [0, 1], got unbounded values, such as those of a series."
              + " Quantize them with KMeans.");
    }
  }

  /**
   * Returns the colors as an image of one row.
   *
   * @return [1, 1, K, channels]
   */
  public Images colors() {
    return Images.of(colors, 1, 1, colors.length / channels, channels);
  }

  /**
   * Returns the code of each pixel.
   *
   * @param images the images that the palette was fitted to, or others with the same number of
   *     channels
   * @return codes [images, height, width], each from 0 to K - 1, with the labels of the images
   * @throws IllegalArgumentException if there are no images, they have a different number of
   *     channels, or a value is NaN or infinite
   * @throws InsufficientMemoryException as for {@link #fit}
   */
  public Codes encode(Dataset images) {
    if (images.size() == 0 || images.channels() != channels) {
      throw new IllegalArgumentException(
          "ImagePalette.encode: expected one or more images of "
              + channels
              + " channels, like those the palette was fitted to, got "
              + images.size()
              + " of "
              + images.channels()
              + ". Convert images with toGray or toColor.");
    }
    return withMemoryGuard("encode", images, 1, () -> codes(images));
  }

  private Codes codes(Dataset images) {
    int size = images.height() * images.width();
    int[] values =
        new int[ArrayLengths.ofImages("ImagePalette.encode", images.size(), size, "pixels")];
    for (int i = 0; i < images.size(); i++) {
      float[] pixels = PaletteColors.rounded(images.pixels(i, i + 1), channels);
      int[] nearest = KMeans.nearest(pixels, channels, colors);
      System.arraycopy(nearest, 0, values, i * size, size);
    }
    return Codes.of(
            values, colors.length / channels, images.size(), images.height(), images.width())
        .withLabels(ModelImages.labels(images));
  }

  /**
   * Decodes codes to images.
   *
   * @param codes codes [count, height, width] of this palette
   * @return the images in the colors of the palette, with the labels of the codes
   * @throws IllegalArgumentException if the codes were computed with a different number of colors,
   *     or a code is missing
   */
  public Images decode(Codes codes) {
    check("decode", codes);
    int[] shape = codes.shape();
    Images images =
        MemoryGuard.run(
            "ImagePalette.decode of " + codes,
            ArrayLengths.size(shape, Float.BYTES * channels),
            () -> lookup(codes.values(), shape));
    return codes.labels().map(images::withLabels).orElse(images);
  }

  private Images lookup(int[] values, int[] shape) {
    float[] pixels =
        new float
            [ArrayLengths.of(
                "ImagePalette.decode",
                values.length,
                "pixels",
                channels,
                "channels",
                "pass fewer at a time")];
    for (int i = 0; i < values.length; i++) {
      System.arraycopy(colors, values[i] * channels, pixels, i * channels, channels);
    }
    return Images.of(pixels, shape[0], shape[1], shape[2], channels);
  }

  private void check(String method, Codes codes) {
    Codebooks expected = Codebooks.of(colors.length / channels);
    if (!codes.codebooks().equals(expected) || codes.shape().length != 3) {
      throw new IllegalArgumentException(
          "ImagePalette."
              + method
              + ": expected codes [count, height, width] of "
              + colors.length / channels
              + " colors, got "
              + codes
              + ". Use the palette that encoded them.");
    }
    codes.requireComplete("ImagePalette." + method);
  }

  /**
   * Writes one image as an indexed-color PNG, which is smaller than a truecolor PNG. {@link
   * Images#read} returns the result of {@link #decode} bit for bit, with 1 channel if all colors
   * are gray.
   *
   * @param codes the codes of one image, [1, height, width]
   * @param file a file whose name ends in {@code .png}; an existing file is replaced
   * @throws IllegalArgumentException if there are several images or more than 256 colors, a code is
   *     missing, or the file name has a different extension
   * @throws IOException if the file cannot be written
   */
  public void write(Codes codes, Path file) throws IOException {
    check("write", codes);
    int[] shape = codes.shape();
    if (shape[0] != 1) {
      throw new IllegalArgumentException(
          "ImagePalette.write: expected the codes of 1 image, got "
              + codes
              + ". Write images one at a time, with codes.range(i, i + 1).");
    }
    PaletteFile.write(colors(), codes.values(), shape[1], shape[2], file);
  }

  /**
   * Returns the size and the error of quantized images.
   *
   * @param images images that {@link #encode} accepts
   * @param codes the result of {@link #encode} for these images
   * @return the error and the size in bits
   * @throws IllegalArgumentException if the codes do not belong to these images, a code is missing,
   *     or the images have unbounded values
   */
  public PaletteReport report(Dataset images, Codes codes) {
    check("report", codes);
    checkPixels("report", images);
    int[] expected = {images.size(), images.height(), images.width()};
    if (!Arrays.equals(codes.shape(), expected) || images.channels() != channels) {
      throw new IllegalArgumentException(
          "ImagePalette.report: expected the codes of images "
              + Arrays.toString(expected)
              + " of "
              + channels
              + " channels, got "
              + codes
              + " and "
              + images.channels()
              + " channels. Pass the images that were encoded.");
    }
    return withMemoryGuard("report", images, 1, () -> measure(images, codes));
  }

  private PaletteReport measure(Dataset images, Codes codes) {
    int[] values = codes.values();
    int size = values.length / images.size();
    double sum = 0;
    for (int i = 0; i < images.size(); i++) {
      float[] pixels = images.pixels(i, i + 1);
      for (int j = 0; j < pixels.length; j++) {
        double color = colors[values[i * size + j / channels] * channels + j % channels];
        sum += (pixels[j] - color) * (pixels[j] - color);
      }
    }
    CodeUsage usage = CodeUsage.of(values, codes.codebookSize());
    return new PaletteReport(values.length, channels, sum / values.length / channels, usage);
  }
}
