package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Derived;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Window;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.List;
import java.util.function.Supplier;

/**
 * A convolution 3x3 of stride 2, with bias and rectified linear unit, that halves an even size or,
 * transposed, doubles any size, as Keras's with padding "same": [b, h, w, in] to [b, h/2, w/2, out]
 * or [b, 2h, 2w, out].
 *
 * <p>Keras pads such images with one row of zeros at the bottom and one column at the right. That
 * is what a kernel of 4x4 does whose first row and column are zero, with padding 1 on all sides; so
 * it is computed, and for the transposed convolution oneDNN is several times faster in that form.
 *
 * <p>Parameters: {@code weight} [3, 3, in, out], transposed [3, 3, out, in]; {@code bias} [out].
 */
final class StridedConv extends Layer {
  private static final int KERNEL = 3;
  private static final Window WINDOW = Window.of(2, 1);

  private final boolean transposed;
  private final Parameter weight;
  private final Parameter bias;
  private final Derived evenKernel;

  StridedConv(int in, int out, boolean transposed, Initializer initializer, Rng rng) {
    this.transposed = transposed;
    long fanIn = (long) KERNEL * KERNEL * in;
    long fanOut = (long) KERNEL * KERNEL * out;
    Supplier<float[]> start = () -> initializer.weights(rng, fanIn, fanOut, fanIn * out);
    weight =
        transposed
            ? parameter("weight", start, KERNEL, KERNEL, out, in)
            : parameter("weight", start, KERNEL, KERNEL, in, out);
    bias = parameter("bias", () -> initializer.biases(rng, fanIn, out), out);
    evenKernel = new Derived(weight, StridedConv::evenKernel);
  }

  @Override
  protected Tensor compute(Tensor images) {
    Step step = images.step();
    Tensor kernel = evenKernel.in(step);
    Tensor shift = bias.in(step);
    return transposed
        ? FusedConvolution.of(Form.CONV_TRANSPOSE_2D, images, kernel, shift, null, true, WINDOW)
        : FusedConvolution.of(Form.CONV_2D, images, kernel, shift, null, true, WINDOW);
  }

  /** The weights with a row and a column of zeros before them: [4, 4, .., ..]. */
  private static Tensor evenKernel(Tensor weight) {
    long[] shape = weight.shape();
    Tensor row = zeros(weight, 1, KERNEL, shape[2], shape[3]);
    Tensor column = zeros(weight, KERNEL + 1, 1, shape[2], shape[3]);
    Tensor withRow = Tensor.concat(0, List.of(row, weight));
    return Tensor.concat(1, List.of(column, withRow));
  }

  private static Tensor zeros(Tensor like, long... shape) {
    int size = Math.toIntExact(shape[0] * shape[1] * shape[2] * shape[3]);
    return like.dtype() == DType.DOUBLE
        ? like.step().tensor(new double[size], shape)
        : like.step().tensor(new float[size], shape);
  }
}
