package io.github.vqvae4j.benchmarks.libtorch;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A convolution or transposed convolution with bias. */
final class Convolution {
  private static final long[] ONE = {1, 1};
  private static final long[] ZERO = {0, 0};

  private final boolean transposed;
  private final long[] stride;
  private final long[] padding;
  private final Tensor weight;
  private final Tensor bias;
  private final TensorOptional optionalBias;

  /**
   * Creates a convolution. Kernel size 4 has stride 2 and padding 1; others keep the image size.
   *
   * @param name the name of the layer in vqvae4j's model files
   */
  Convolution(
      String name,
      int in,
      int out,
      int kernel,
      boolean transposed,
      Weights weights,
      Layout layout) {
    this.transposed = transposed;
    stride = kernel == 4 ? new long[] {2, 2} : ONE;
    padding = kernel == 1 ? ZERO : ONE;
    int fanIn = kernel * kernel * in;
    float[] values = weights.weight(name + ".weight", fanIn * out, fanIn);
    // vqvae4j's weight shape: [kernel, kernel, in, out], transposed [kernel, kernel, out, in].
    int third = transposed ? out : in;
    int fourth = transposed ? in : out;
    Tensor nchwWeight =
        torch.tensor(values).view(kernel, kernel, third, fourth).permute(3, 2, 0, 1).contiguous();
    weight = layout.convert(nchwWeight).clone();
    weight.set_requires_grad(true);
    bias = torch.tensor(weights.bias(name + ".bias", out));
    bias.set_requires_grad(true);
    optionalBias = new TensorOptional(bias);
  }

  List<Tensor> parameters() {
    return List.of(weight, bias);
  }

  Tensor forward(Tensor images) {
    return transposed
        ? torch.conv_transpose2d(images, weight, optionalBias, stride, padding, ZERO, 1, ONE)
        : torch.conv2d(images, weight, optionalBias, stride, padding, ONE, 1);
  }
}
