package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A two-dimensional convolution, optionally transposed, with a fused residual connection and ReLU:
 * relu?(x * weight + bias + residual). The inputs are x, weight, bias or null, and residual or
 * null.
 *
 * @param name the name used in errors
 */
record Convolution2d(String name, boolean transposed, boolean relu, ConvOptions options)
    implements OperationKind {
  private static final int[] PIXELS = {0, 1, 2};

  @Override
  public boolean isFused(Tensor... inputs) {
    return relu || inputs[3] != null;
  }

  @Override
  public Tensor unfused(Tensor... inputs) {
    Convolution2d unfused = new Convolution2d(name, transposed, false, options);
    Tensor y = inputs[0].step().apply(unfused, inputs[0], inputs[1], inputs[2], null);
    Tensor sum = inputs[3] == null ? y : y.add(inputs[3]);
    return relu ? sum.relu() : sum;
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor x = inputs[0];
    Tensor weight = inputs[1];
    Tensor bias = inputs[2];
    Tensor residual = inputs[3];
    checkOperands(x, weight, bias);
    long[] shape = resultShape(x, weight);
    checkResidual(x, residual, shape);

    INDArray xs = x.array();
    INDArray ws = weight.array();
    INDArray bs = arrayOf(bias);
    INDArray rs = arrayOf(residual);
    long version = weight.version();
    INDArray y = x.allocate(shape);
    if (transposed) {
      x.kernels().convTranspose2d(xs, ws, version, bs, rs, relu, options, y);
    } else {
      x.kernels().conv2d(xs, ws, version, bs, rs, relu, options, y);
    }
    return ForwardResult.of(
        y,
        x.dtype(),
        (dResult, back) -> {
          GradientArray dy = beforeRelu(x, y, dResult);
          INDArray dx = back.allocateFor(x);
          INDArray dWeight = back.allocateFor(weight);
          INDArray dBias = back.allocateFor(bias);
          if (transposed) {
            transposedGradients(x, ws, version, dy.array(), dx, dWeight, dBias);
          } else if (dx != null || dWeight != null || dBias != null) {
            x.kernels().conv2dGradients(xs, ws, version, dy.array(), options, dx, dWeight, dBias);
          }
          back.add(x, dx);
          back.add(weight, dWeight);
          back.add(bias, dBias);
          back.addShared(residual, dy);
          dy.release();
        });
  }

  /**
   * A transposed convolution is the gradient of a convolution. Its input gradient is therefore that
   * convolution's result; its weight gradient is that convolution's weight gradient with input and
   * output swapped.
   */
  private void transposedGradients(
      Tensor x,
      INDArray ws,
      long version,
      INDArray dy,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    Kernels kernels = x.kernels();
    if (dx != null) {
      kernels.conv2d(dy, ws, version, null, null, false, options, dx);
    }
    if (dWeight != null) {
      kernels.conv2dGradients(dy, ws, version, x.array(), options, null, dWeight, null);
    }
    if (dBias != null) {
      kernels.sum(dy, PIXELS, x.view(dBias, 1, 1, 1, dBias.length()));
    }
  }

  private void checkOperands(Tensor x, Tensor weight, Tensor bias) {
    x.checkWith(name, weight);
    long groups = options.groups();
    boolean fits =
        x.rank() == 4
            && weight.rank() == 4
            && weight.size(3) % groups == 0
            && x.size(3) == (transposed ? weight.size(3) : weight.size(2) * groups);
    if (!fits) {
      String divisor = groups == 1 ? "" : " / " + groups;
      throw new IllegalArgumentException(
          name
              + ": expected images [batch, height, width, in] and weights [kernel height, kernel"
              + " width, "
              + (transposed ? "out" + divisor + ", in]" : "in" + divisor + ", out]")
              + ", got "
              + Arrays.toString(x.dims())
              + " and "
              + Arrays.toString(weight.dims())
              + (groups == 1 ? "." : ". The number of groups must divide both in and out."));
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

  private long[] resultShape(Tensor x, Tensor weight) {
    ConvOptions.Axis h = options.height();
    ConvOptions.Axis w = options.width();
    if (!transposed && (h.outputPadding() > 0 || w.outputPadding() > 0)) {
      throw new IllegalArgumentException(
          name
              + ": expected no output padding, which is for transposed convolutions only, got "
              + options
              + ".");
    }
    long height = size(h, x.size(1), weight.size(0));
    long width = size(w, x.size(2), weight.size(1));
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
              + options
              + ".");
    }
    long out = transposed ? weight.size(2) * options.groups() : weight.size(3);
    return new long[] {x.size(0), height, width, out};
  }

  private long size(ConvOptions.Axis axis, long size, long kernel) {
    return transposed ? axis.transposedSize(size, kernel) : axis.size(size, kernel);
  }

  private void checkResidual(Tensor x, Tensor residual, long[] shape) {
    if (residual != null) {
      x.checkWith(name, residual);
      if (!Arrays.equals(residual.dims(), shape)) {
        throw new IllegalArgumentException(
            name
                + ": expected a residual of the shape of the result "
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
   * Returns the gradient of the fused ReLU's input; without ReLU, the gradient of the result,
   * retained once more.
   */
  private GradientArray beforeRelu(Tensor x, INDArray y, GradientArray dResult) {
    if (!relu) {
      return dResult.retain();
    }
    INDArray dy = x.allocate(y.shape());
    x.kernels().unaryGradient(Unary.RELU, y, y, dResult.array(), dy);
    return GradientArray.of(x.step().arena(), x.dtype(), dy);
  }
}
