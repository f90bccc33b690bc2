package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions, their transposes, and upsampling. */
final class Convolutions {
  private static final int[] PIXELS = {0, 1, 2};

  private Convolutions() {}

  static Tensor conv2d(
      String name,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      Window window) {
    checkOperands(name, x, weight, bias, window, false);
    checkNoOutputPadding(name, window);
    long height = window.height(x.size(1), weight.size(0));
    long width = window.width(x.size(2), weight.size(1));
    long[] shape = resultShape(name, x, weight, window, height, width, weight.size(3));
    checkResidual(name, x, residual, shape);

    INDArray xs = x.array();
    INDArray ws = weight.array();
    INDArray y = x.allocate(shape);
    x.kernels().conv2d(xs, ws, weight.stamp(), arrayOf(bias), arrayOf(residual), relu, window, y);
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              INDArray dy = beforeRelu(result, y, relu);
              INDArray dx = gradientFor(x);
              INDArray dWeight = gradientFor(weight);
              INDArray dBias = gradientFor(bias);
              x.kernels().conv2dGradients(xs, ws, weight.stamp(), dy, window, dx, dWeight, dBias);
              give(x, dx);
              give(weight, dWeight);
              give(bias, dBias);
              finish(result, dy, relu, residual);
            },
            x,
            weight,
            bias,
            residual);
  }

  static Tensor convTranspose2d(
      String name,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      Window window) {
    checkOperands(name, x, weight, bias, window, true);
    long height = window.transposedHeight(x.size(1), weight.size(0));
    long width = window.transposedWidth(x.size(2), weight.size(1));
    long out = weight.size(2) * window.groups();
    long[] shape = resultShape(name, x, weight, window, height, width, out);
    checkResidual(name, x, residual, shape);

    INDArray xs = x.array();
    INDArray ws = weight.array();
    INDArray y = x.allocate(shape);
    x.kernels()
        .convTranspose2d(xs, ws, weight.stamp(), arrayOf(bias), arrayOf(residual), relu, window, y);
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              // This is the gradient of a convolution, so its own gradients are that convolution's
              // result and, with input and output exchanged, that convolution's weight gradient.
              INDArray dy = beforeRelu(result, y, relu);
              Kernels kernels = x.kernels();
              if (x.isTracked()) {
                INDArray dx = x.allocate(x.dims());
                kernels.conv2d(dy, ws, weight.stamp(), null, null, false, window, dx);
                x.give(dx);
              }
              if (weight.isTracked()) {
                INDArray dWeight = weight.allocate(weight.dims());
                kernels.conv2dGradients(dy, ws, weight.stamp(), xs, window, null, dWeight, null);
                weight.give(dWeight);
              }
              if (bias != null && bias.isTracked()) {
                INDArray dBias = bias.allocate(bias.dims());
                kernels.sum(dy, PIXELS, bias.view(dBias, 1, 1, 1, bias.length()));
                bias.give(dBias);
              }
              finish(result, dy, relu, residual);
            },
            x,
            weight,
            bias,
            residual);
  }

  static Tensor upsample(Tensor x, int factor) {
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
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              INDArray dx = x.allocate(x.dims());
              x.kernels().upsampleGradient(result.incoming(), factor, dx);
              x.give(dx);
            },
            x);
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

  private static INDArray gradientFor(Tensor optional) {
    return optional != null && optional.isTracked() ? optional.allocate(optional.dims()) : null;
  }

  private static void give(Tensor receiver, INDArray gradient) {
    if (gradient != null) {
      receiver.give(gradient);
    }
  }

  /** The gradient where the fused relu's input was; the result's own if there is no relu. */
  private static INDArray beforeRelu(Tensor result, INDArray y, boolean relu) {
    if (!relu) {
      return result.incoming();
    }
    INDArray dy = result.allocate(result.dims());
    result.kernels().unaryGradient(Unary.RELU, y, y, result.incoming(), dy);
    return dy;
  }

  /** Hands the gradient on to the residual, whose derivative is 1. */
  private static void finish(Tensor result, INDArray dy, boolean relu, Tensor residual) {
    if (relu && residual != null) {
      residual.give(dy);
    } else if (relu) {
      result.release(dy);
    } else if (residual != null) {
      result.passGradient(residual, dy);
    }
  }
}
