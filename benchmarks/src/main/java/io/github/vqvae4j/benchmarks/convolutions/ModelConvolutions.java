package io.github.vqvae4j.benchmarks.convolutions;

import java.util.ArrayList;
import java.util.List;

/** The convolutions of {@code sonnet-cifar10}, in order. */
public final class ModelConvolutions {
  private ModelConvolutions() {}

  /**
   * The shape of a convolution. A transposed convolution is described by the convolution whose
   * input gradient it computes.
   *
   * @param name the name in tables
   * @param in the number of input channels
   * @param out the number of output channels
   * @param size the height and width of the input
   * @param kernel the height and width of the kernel
   * @param stride the stride, 1 or 2
   * @param padding the padding on each side
   * @param transposed whether the model uses the transposed convolution
   * @param first whether the input is the image, whose gradient is not needed
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
     * Returns the height and width of the output.
     *
     * @return the size in pixels
     */
    public int outSize() {
      return (size + 2 * padding - kernel) / stride + 1;
    }

    /**
     * Returns the number of floating-point operations of one pass.
     *
     * @param batch the batch size
     * @return the number of multiplications and additions
     */
    public double flops(int batch) {
      return 2.0 * batch * outSize() * outSize() * out * in * kernel * kernel;
    }
  }

  /**
   * Returns the convolutions of the model.
   *
   * @param imageSize the height and width of the images in pixels
   * @return the 15 convolutions
   */
  public static List<Shape> of(int imageSize) {
    List<Shape> all = encoder(imageSize);
    all.addAll(decoder(imageSize));
    return all;
  }

  /**
   * Returns the convolutions of the encoder.
   *
   * @param imageSize the height and width of the images in pixels
   * @return the 8 convolutions
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
   * Returns the convolutions of the decoder.
   *
   * @param imageSize the height and width of the images in pixels
   * @return the 7 convolutions
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
