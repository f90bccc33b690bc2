package io.github.vqvae4j.benchmarks.floor;

import java.util.ArrayList;
import java.util.List;

/** The convolutions of {@code sonnet-cifar10}, in order. */
public final class ModelConvolutions {
  private ModelConvolutions() {}

  /**
   * A convolution, or the one that a transposed one is the backward pass of.
   *
   * @param name in tables
   * @param in channels
   * @param out channels
   * @param size height and width of the input
   * @param kernel height and width
   * @param stride 1 or 2
   * @param padding on each side
   * @param transposed whether the model goes through it backwards
   * @param first whether nobody needs the gradient of its input
   */
  public record Shape(
      String name,
      int in,
      int out,
      int size,
      int kernel,
      int stride,
      int padding,
      boolean transposed,
      boolean first) {
    /**
     * Height and width of the output.
     *
     * @return pixels
     */
    public int outSize() {
      return (size + 2 * padding - kernel) / stride + 1;
    }

    /**
     * Floating-point operations of one pass.
     *
     * @param batch images
     * @return multiplications and additions
     */
    public double flops(int batch) {
      return 2.0 * batch * outSize() * outSize() * out * in * kernel * kernel;
    }
  }

  /**
   * All of them.
   *
   * @param imageSize height and width of the images
   * @return 15 convolutions
   */
  public static List<Shape> of(int imageSize) {
    List<Shape> all = encoder(imageSize);
    all.addAll(decoder(imageSize));
    return all;
  }

  /**
   * Those from images to vectors.
   *
   * @param imageSize height and width of the images
   * @return 8 convolutions
   */
  public static List<Shape> encoder(int imageSize) {
    int half = imageSize / 2;
    int quarter = imageSize / 4;
    List<Shape> all = new ArrayList<>();
    all.add(new Shape("4x4/2 3 to 64", 3, 64, imageSize, 4, 2, 1, false, true));
    all.add(new Shape("4x4/2 64 to 128", 64, 128, half, 4, 2, 1, false, false));
    all.add(new Shape("3x3 128 to 128", 128, 128, quarter, 3, 1, 1, false, false));
    residual(all, quarter);
    all.add(new Shape("1x1 128 to 64", 128, 64, quarter, 1, 1, 0, false, false));
    return all;
  }

  /**
   * Those from vectors to images.
   *
   * @param imageSize height and width of the images
   * @return 7 convolutions
   */
  public static List<Shape> decoder(int imageSize) {
    int half = imageSize / 2;
    int quarter = imageSize / 4;
    List<Shape> all = new ArrayList<>();
    all.add(new Shape("3x3 64 to 128", 64, 128, quarter, 3, 1, 1, false, false));
    residual(all, quarter);
    all.add(new Shape("transposed 4x4/2 128 to 64", 64, 128, half, 4, 2, 1, true, false));
    all.add(new Shape("transposed 4x4/2 64 to 3", 3, 64, imageSize, 4, 2, 1, true, false));
    return all;
  }

  private static void residual(List<Shape> all, int size) {
    for (int i = 0; i < 2; i++) {
      all.add(new Shape("3x3 128 to 32", 128, 32, size, 3, 1, 1, false, false));
      all.add(new Shape("1x1 32 to 128", 32, 128, size, 1, 1, 0, false, false));
    }
  }
}
