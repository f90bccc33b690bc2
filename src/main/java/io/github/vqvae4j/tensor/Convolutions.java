package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions, their transposes, and upsampling. */
final class Convolutions {
  private static final int[] PIXELS = {0, 1, 2};

  private Convolutions() {}

  /**
   * A convolution with what follows it in one pass, relu?(x * weight + bias + residual): bias and
   * residual may be null.
   *
   * @param name in errors
   */
  static Tensor conv2d(
      String name,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      Window window) {
    return x.step().apply(new Conv2d(name, relu, window), x, weight, bias, residual);
  }

  /** As {@link #conv2d}, of a transposed convolution. */
  static Tensor convTranspose2d(
      String name,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      Window window) {
    return x.step().apply(new ConvTranspose2d(name, relu, window), x, weight, bias, residual);
  }

  /** The form that layers reach by {@link FusedConvolution}. */
  static Tensor fused(
      Form form,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      Window window) {
    return switch (form) {
      case CONV_1D -> Convolutions1d.conv1d(x, weight, bias, residual, relu, window);
      case CONV_2D -> conv2d("conv2d", x, weight, bias, residual, relu, window);
      case CONV_TRANSPOSE_1D ->
          Convolutions1d.convTranspose1d(x, weight, bias, residual, relu, window);
      case CONV_TRANSPOSE_2D ->
          convTranspose2d("convTranspose2d", x, weight, bias, residual, relu, window);
    };
  }

  /** A convolution, with a relu perhaps, of x, weight, bias or null, and residual or null. */
  private interface Fused extends Kind {
    boolean relu();

    /** Without what follows it. */
    Fused alone();

    @Override
    default boolean isFused(Tensor... inputs) {
      return relu() || inputs[3] != null;
    }

    @Override
    default Tensor oneByOne(Tensor... inputs) {
      Tensor y = inputs[0].step().apply(alone(), inputs[0], inputs[1], inputs[2], null);
      Tensor sum = inputs[3] == null ? y : y.add(inputs[3]);
      return relu() ? sum.relu() : sum;
    }
  }

  record Conv2d(String name, boolean relu, Window window) implements Fused {
    @Override
    public Fused alone() {
      return new Conv2d(name, false, window);
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor weight = inputs[1];
      Tensor bias = inputs[2];
      Tensor residual = inputs[3];
      checkOperands(name, x, weight, bias, window, false);
      checkNoOutputPadding(name, window);
      long height = window.height(x.size(1), weight.size(0));
      long width = window.width(x.size(2), weight.size(1));
      long[] shape = resultShape(name, x, weight, window, height, width, weight.size(3));
      checkResidual(name, x, residual, shape);

      INDArray xs = x.array();
      INDArray ws = weight.array();
      long stamp = weight.stamp();
      INDArray y = x.allocate(shape);
      x.kernels().conv2d(xs, ws, stamp, arrayOf(bias), arrayOf(residual), relu, window, y);
      return Value.of(
          y,
          x.dtype(),
          (dOut, back) -> {
            GradientArray dy = beforeRelu(x, y, dOut, relu);
            INDArray dx = back.arrayFor(x);
            INDArray dWeight = back.arrayFor(weight);
            INDArray dBias = back.arrayFor(bias);
            if (dx != null || dWeight != null || dBias != null) {
              x.kernels().conv2dGradients(xs, ws, stamp, dy.array(), window, dx, dWeight, dBias);
            }
            back.give(x, dx);
            back.give(weight, dWeight);
            back.give(bias, dBias);
            back.share(residual, dy);
            dy.release();
          });
    }
  }

  record ConvTranspose2d(String name, boolean relu, Window window) implements Fused {
    @Override
    public Fused alone() {
      return new ConvTranspose2d(name, false, window);
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor weight = inputs[1];
      Tensor bias = inputs[2];
      Tensor residual = inputs[3];
      checkOperands(name, x, weight, bias, window, true);
      long height = window.transposedHeight(x.size(1), weight.size(0));
      long width = window.transposedWidth(x.size(2), weight.size(1));
      long out = weight.size(2) * window.groups();
      long[] shape = resultShape(name, x, weight, window, height, width, out);
      checkResidual(name, x, residual, shape);

      INDArray xs = x.array();
      INDArray ws = weight.array();
      long stamp = weight.stamp();
      INDArray y = x.allocate(shape);
      x.kernels().convTranspose2d(xs, ws, stamp, arrayOf(bias), arrayOf(residual), relu, window, y);
      return Value.of(
          y,
          x.dtype(),
          (dOut, back) -> {
            // This is the gradient of a convolution, so its own gradients are that convolution's
            // result and, with input and output exchanged, that convolution's weight gradient.
            GradientArray dy = beforeRelu(x, y, dOut, relu);
            INDArray dys = dy.array();
            Kernels kernels = x.kernels();
            if (back.wants(x)) {
              INDArray dx = x.allocate(x.dims());
              kernels.conv2d(dys, ws, stamp, null, null, false, window, dx);
              back.give(x, dx);
            }
            if (back.wants(weight)) {
              INDArray dWeight = weight.allocate(weight.dims());
              kernels.conv2dGradients(dys, ws, stamp, xs, window, null, dWeight, null);
              back.give(weight, dWeight);
            }
            if (back.wants(bias)) {
              INDArray dBias = bias.allocate(1, 1, 1, bias.length());
              kernels.sum(dys, PIXELS, dBias);
              back.give(bias, dBias);
            }
            back.share(residual, dy);
            dy.release();
          });
    }
  }

  /** Each pixel repeated in both directions. */
  record Upsample(int factor) implements Kind {
    @Override
    public String name() {
      return "upsample";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      if (x.rank() != 4 || factor < 1) {
        throw new IllegalArgumentException(
            "upsample: expected images [batch, height, width, channels] and a factor of at least 1,"
                + " got shape "
                + Arrays.toString(x.dims())
                + " and factor "
                + factor
                + ".");
      }
      INDArray y = x.allocate(x.size(0), x.size(1) * factor, x.size(2) * factor, x.size(3));
      x.kernels().upsample(x.array(), factor, y);
      return Value.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            x.kernels().upsampleGradient(dy.array(), factor, dx);
            back.give(x, dx);
          });
    }
  }

  private static void checkOperands(
      String name, Tensor x, Tensor weight, Tensor bias, Window window, boolean transposed) {
    x.checkWith(name, weight);
    long groups = window.groups();
    boolean fits =
        x.rank() == 4
            && weight.rank() == 4
            && weight.size(3) % groups == 0
            && x.size(3) == (transposed ? weight.size(3) : weight.size(2) * groups);
    if (!fits) {
      String part = groups == 1 ? "" : " / " + groups;
      throw new IllegalArgumentException(
          name
              + ": expected images [batch, height, width, in] and weights [kernel height, kernel"
              + " width, "
              + (transposed ? "out" + part + ", in]" : "in" + part + ", out]")
              + ", got "
              + Arrays.toString(x.dims())
              + " and "
              + Arrays.toString(weight.dims())
              + (groups == 1 ? "." : ". Both in and out must be divisible by the groups."));
    }
    if (bias != null) {
      x.checkWith(name, bias);
      long out = transposed ? weight.size(2) * groups : weight.size(3);
      if (bias.rank() != 1 || bias.length() != out) {
        throw new IllegalArgumentException(
            name + ": expected a bias [" + out + "], got " + Arrays.toString(bias.dims()) + ".");
      }
    }
  }

  private static void checkNoOutputPadding(String name, Window window) {
    if (window.outputPaddingHeight() > 0 || window.outputPaddingWidth() > 0) {
      throw new IllegalArgumentException(
          name
              + ": expected no output padding, which is of transposed convolutions, got "
              + window
              + ".");
    }
  }

  private static long[] resultShape(
      String name, Tensor x, Tensor weight, Window window, long height, long width, long out) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          name
              + ": images "
              + Arrays.toString(x.dims())
              + " are too small for a kernel "
              + weight.size(0)
              + "x"
              + weight.size(1)
              + " with "
              + window
              + ".");
    }
    return new long[] {x.size(0), height, width, out};
  }

  private static void checkResidual(String name, Tensor x, Tensor residual, long[] shape) {
    if (residual != null) {
      x.checkWith(name, residual);
      if (!Arrays.equals(residual.dims(), shape)) {
        throw new IllegalArgumentException(
            name
                + ": expected a residual of the result's shape "
                + Arrays.toString(shape)
                + ", got "
                + Arrays.toString(residual.dims())
                + ".");
      }
    }
  }

  private static INDArray arrayOf(Tensor optional) {
    return optional == null ? null : optional.array();
  }

  /**
   * The gradient where the fused relu's input was; the result's own, counted once more, if there is
   * no relu.
   */
  private static GradientArray beforeRelu(Tensor x, INDArray y, GradientArray dOut, boolean relu) {
    if (!relu) {
      return dOut.retain();
    }
    INDArray dy = x.allocate(y.shape());
    x.kernels().unaryGradient(Unary.RELU, y, y, dOut.array(), dy);
    return GradientArray.of(x.step().arena(), x.dtype(), dy);
  }
}
