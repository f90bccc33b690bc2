package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Range;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases of both convolutions for all settings of kernel, stride, padding, bias, residual and ReLU.
 */
final class ConvolutionCases {
  /** The operations fused into a convolution. */
  private record Fused(boolean bias, boolean residual, boolean relu) {
    static Fused of(int bits) {
      return new Fused((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
    }

    @Override
    public String toString() {
      return (bias ? "+bias" : "") + (residual ? "+residual" : "") + (relu ? "+relu" : "");
    }
  }

  private static final Fused BIAS = Fused.of(1);
  private static final Fused ALL = Fused.of(7);

  private final List<OperationCase> cases = new ArrayList<>();

  private ConvolutionCases() {}

  static List<OperationCase> all() {
    ConvolutionCases lists = new ConvolutionCases();
    lists.addEverySetting();
    lists.addUnevenSettings();
    lists.addChannels();
    lists.addDilations();
    lists.addGroups();
    lists.addOutputPaddings();
    return lists.cases;
  }

  /** Kernels 1 to 4, strides 1 to 3 and paddings 0 to 2, with alternating fused operations. */
  private void addEverySetting() {
    int count = 0;
    for (int kernel = 1; kernel <= 4; kernel++) {
      for (int stride = 1; stride <= 3; stride++) {
        for (int padding = 0; padding <= 2; padding++) {
          ConvOptions options = ConvOptions.of(stride, padding);
          addBoth(shape(2, 5, 6, 3), shape(kernel, kernel), 2, options, Fused.of(count++ % 8));
        }
      }
    }
    for (int bits = 0; bits < 8; bits++) {
      addBoth(shape(1, 4, 3, 5), shape(3, 3), 4, ConvOptions.of(1, 1), Fused.of(bits));
      addBoth(shape(2, 3, 4, 8), shape(4, 4), 16, ConvOptions.of(2, 1), Fused.of(bits));
    }
  }

  private void addUnevenSettings() {
    addBoth(
        shape(2, 7, 4, 3), shape(3, 2), 2, ConvOptions.of(1, 0).stride(2, 1).padding(1, 0), ALL);
    addBoth(
        shape(1, 4, 9, 2), shape(1, 4), 3, ConvOptions.of(1, 0).stride(1, 3).padding(0, 2), BIAS);
    addBoth(
        shape(3, 6, 5, 2), shape(4, 1), 3, ConvOptions.of(1, 0).stride(3, 2).padding(2, 0), ALL);
    addBoth(shape(2, 7, 5, 3), shape(3, 3), 5, ConvOptions.of(1, 0).padding(2, 0, 1, 1), ALL);
    addBoth(shape(1, 5, 7, 5), shape(3, 5), 5, ConvOptions.of(1, 0).padding(2, 0, 0, 4), BIAS);
    addBoth(shape(2, 6, 4, 3), shape(3, 3), 4, ConvOptions.of(2, 0).padding(0, 1, 0, 1), ALL);
    addBoth(shape(1, 5, 5, 16), shape(2, 4), 16, ConvOptions.of(1, 0).padding(1, 0, 2, 1), BIAS);
    addBoth(
        shape(2, 5, 3, 4), shape(2, 2), 6, ConvOptions.of(3, 0).padding(0, 2, 1, 0).groups(2), ALL);
    addBoth(
        shape(1, 7, 9, 2),
        shape(3, 2),
        3,
        ConvOptions.of(1, 0).dilation(2, 3).padding(4, 0, 3, 1),
        BIAS);
    addBoth(shape(1, 1, 1, 2), shape(1, 1), 3, ConvOptions.of(1, 0).padding(0, 1, 2, 0), BIAS);
    addBoth(shape(1, 3, 3, 2), shape(2, 2), 3, ConvOptions.of(1, 0).padding(0, 5, 4, 0), BIAS);
    addBoth(
        shape(1, 5, 5, 1), shape(2, 3), 1, ConvOptions.of(1, 0).stride(1, 2).padding(0, 1), BIAS);
    addBoth(
        shape(1, 11, 1, 2), shape(3, 1), 2, ConvOptions.of(1, 0).stride(2, 1).padding(1, 0), ALL);
    // Kernels larger than the unpadded image.
    addBoth(shape(2, 2, 2, 3), shape(4, 4), 2, ConvOptions.of(1, 1), ALL);
    addBoth(shape(1, 1, 1, 2), shape(3, 3), 3, ConvOptions.of(1, 1), BIAS);
    addBoth(
        shape(1, 1, 2, 2), shape(4, 3), 3, ConvOptions.of(1, 0).stride(3, 1).padding(2, 1), BIAS);
    // The last rows and columns have no effect on the result.
    addBoth(shape(1, 8, 7, 2), shape(2, 2), 3, ConvOptions.of(3, 0), ALL);
    addBoth(shape(2, 9, 9, 4), shape(1, 1), 3, ConvOptions.of(2, 0), BIAS);
  }

  private void addChannels() {
    addBoth(shape(1, 1, 1, 1), shape(1, 1), 1, ConvOptions.of(1, 0), ALL);
    addBoth(shape(1, 5, 5, 1), shape(3, 3), 1, ConvOptions.of(1, 1), ALL);
    addBoth(shape(1, 5, 5, 1), shape(4, 4), 16, ConvOptions.of(2, 1), BIAS);
    addBoth(shape(2, 4, 4, 16), shape(3, 3), 16, ConvOptions.of(1, 1), ALL);
    addBoth(shape(2, 4, 4, 16), shape(1, 1), 32, ConvOptions.of(1, 0), BIAS);
    addBoth(shape(1, 4, 4, 17), shape(3, 3), 9, ConvOptions.of(1, 1), ALL);
    addBoth(shape(1, 6, 6, 3), shape(4, 4), 33, ConvOptions.of(2, 1), ALL);
    addBoth(shape(1, 4, 4, 64), shape(4, 4), 3, ConvOptions.of(2, 1), BIAS);
  }

  private void addDilations() {
    int count = 0;
    for (int kernel = 1; kernel <= 3; kernel++) {
      for (int stride = 1; stride <= 2; stride++) {
        for (int padding = 0; padding <= 2; padding++) {
          ConvOptions options = ConvOptions.of(stride, padding).dilation(2, 3);
          addBoth(shape(2, 5, 8, 3), shape(kernel, kernel), 2, options, Fused.of(count++ % 8));
        }
      }
    }
    addBoth(shape(1, 9, 7, 16), shape(3, 3), 8, ConvOptions.of(1, 2).dilation(2, 2), ALL);
    addBoth(
        shape(1, 7, 5, 3),
        shape(3, 1),
        2,
        ConvOptions.of(1, 0).stride(2, 1).padding(3, 0).dilation(3, 1),
        ALL);
    addBoth(
        shape(2, 4, 7, 2),
        shape(2, 4),
        3,
        ConvOptions.of(1, 0).stride(1, 2).padding(0, 3).dilation(1, 2),
        BIAS);
    // Shapes for which optimized algorithms would be chosen without the dilation.
    addBoth(shape(1, 12, 12, 32), shape(3, 3), 32, ConvOptions.of(1, 1).dilation(2, 2), BIAS);
    addBoth(shape(2, 16, 16, 8), shape(4, 4), 3, ConvOptions.of(2, 1).dilation(2, 2), BIAS);
  }

  private void addGroups() {
    for (int groups : new int[] {2, 3, 6}) {
      for (int bits : new int[] {0, 1, 7}) {
        addBoth(
            shape(2, 5, 4, 6),
            shape(3, 3),
            12,
            ConvOptions.of(1, 1).groups(groups),
            Fused.of(bits));
        addBoth(
            shape(1, 4, 5, 12),
            shape(4, 4),
            6,
            ConvOptions.of(2, 1).groups(groups),
            Fused.of(bits));
      }
      addBoth(shape(2, 3, 3, 6), shape(1, 1), 6, ConvOptions.of(1, 0).groups(groups), ALL);
      addBoth(
          shape(1, 7, 6, 6),
          shape(3, 2),
          6,
          ConvOptions.of(2, 2).dilation(2, 1).groups(groups),
          ALL);
    }
    addBoth(shape(2, 6, 6, 32), shape(3, 3), 32, ConvOptions.of(1, 1).groups(32), BIAS);
    addBoth(shape(1, 5, 5, 16), shape(3, 3), 32, ConvOptions.of(1, 1).groups(2), ALL);
    addBoth(shape(1, 12, 12, 64), shape(3, 3), 64, ConvOptions.of(1, 1).groups(2), BIAS);
    addBoth(shape(2, 8, 8, 34), shape(4, 4), 2, ConvOptions.of(2, 1).groups(2), BIAS);
  }

  private void addOutputPaddings() {
    for (int kernel = 1; kernel <= 4; kernel++) {
      ConvOptions options = ConvOptions.of(2, kernel / 2).outputPadding(1, 1);
      transposed(shape(2, 3, 4, 3), shape(kernel, kernel), 2, options, Fused.of(kernel));
    }
    transposed(shape(1, 3, 3, 8), shape(4, 4), 3, ConvOptions.of(2, 1).outputPadding(1, 0), BIAS);
    transposed(
        shape(1, 12, 12, 32), shape(4, 4), 32, ConvOptions.of(2, 1).outputPadding(0, 1), BIAS);
    ConvOptions uneven =
        ConvOptions.of(1, 0)
            .stride(3, 1)
            .padding(1, 2)
            .dilation(1, 2)
            .outputPadding(2, 1)
            .groups(2);
    transposed(shape(2, 3, 5, 4), shape(3, 2), 6, uneven, ALL);
  }

  /** Adds the convolution and the transposed convolution, if their results are not empty. */
  private void addBoth(long[] image, long[] kernel, long out, ConvOptions options, Fused fused) {
    long[] result = {
      image[0],
      options.height().size(image[1], kernel[0]),
      options.width().size(image[2], kernel[1]),
      out
    };
    if (result[1] > 0 && result[2] > 0) {
      long in = image[3] / options.groups();
      add(false, image, shape(kernel[0], kernel[1], in, out), result, options, fused);
    }
    transposed(image, kernel, out, options, fused);
  }

  private void transposed(long[] image, long[] kernel, long out, ConvOptions options, Fused fused) {
    long[] result = {
      image[0],
      options.height().transposedSize(image[1], kernel[0]),
      options.width().transposedSize(image[2], kernel[1]),
      out
    };
    if (result[1] > 0 && result[2] > 0) {
      long[] weight = shape(kernel[0], kernel[1], out / options.groups(), image[3]);
      add(true, image, weight, result, options, fused);
    }
  }

  private void add(
      boolean transposed,
      long[] image,
      long[] weight,
      long[] result,
      ConvOptions options,
      Fused fused) {
    List<long[]> shapes = new ArrayList<>(List.of(image, weight));
    int bias = fused.bias ? shapes.size() : -1;
    if (fused.bias) {
      shapes.add(shape(result[3]));
    }
    int residual = fused.residual ? shapes.size() : -1;
    if (fused.residual) {
      shapes.add(result);
    }
    cases.add(
        OperationCase.of(
            (transposed ? "convTranspose2d" : "conv2d") + fused + " " + abbreviation(options),
            Range.NORMAL,
            t -> {
              Tensor b = fused.bias ? t[bias] : null;
              Tensor r = fused.residual ? t[residual] : null;
              return transposed
                  ? FusedConvolution.of(
                      Form.CONV_TRANSPOSE_2D, t[0], t[1], b, r, fused.relu, options)
                  : FusedConvolution.of(Form.CONV_2D, t[0], t[1], b, r, fused.relu, options);
            },
            n -> {
              NdArray y =
                  transposed
                      ? ReferenceConvolutions.convTranspose2d(n[0], n[1], options)
                      : ReferenceConvolutions.conv2d(n[0], n[1], options);
              y = fused.bias ? Reference.zip(y, n[bias], Double::sum) : y;
              y = fused.residual ? Reference.zip(y, n[residual], Double::sum) : y;
              return fused.relu ? Reference.map(y, v -> Math.max(v, 0)) : y;
            },
            shapes.toArray(long[][]::new)));
  }

  /**
   * Abbreviates the settings: in full only for asymmetric padding, dilation, groups or output
   * padding.
   */
  private static String abbreviation(ConvOptions w) {
    String basic =
        w.height().stride()
            + ","
            + w.width().stride()
            + " "
            + w.height().before()
            + ","
            + w.width().before();
    boolean even =
        w.height().before() == w.height().after() && w.width().before() == w.width().after();
    return even && w.isPlain() ? basic : w.toString();
  }
}
