package io.github.vqvae4j.benchmarks.libtorch;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A convolution, or a transposed one, with its bias. */
final class Convolution {
  private static final long[] ONE = {1, 1};
  private static final long[] NONE = {0, 0};

  private final boolean transposed;
  private final long[] stride;
  private final long[] padding;
  private final Tensor weight;
  private final Tensor bias;
  private final TensorOptional optionalBias;

  /**
   * A convolution: of stride 2 and padding 1 for kernel 4, else one that keeps the size.
   *
   * @param name as in vqvae4j's files
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
    padding = kernel == 1 ? NONE : ONE;
    int fanIn = kernel * kernel * in;
    float[] values = weights.weight(name + ".weight", fanIn * out, fanIn);
    // vqvae4j: [kernel, kernel, in, out], transposed [kernel, kernel, out, in].
    int third = transposed ? out : in;
    int fourth = transposed ? in : out;
    Tensor theirs =
        torch.tensor(values).view(kernel, kernel, third, fourth).permute(3, 2, 0, 1).contiguous();
    weight = layout.of(theirs).clone();
    weight.set_requires_grad(true);
    bias = torch.tensor(weights.bias(name + ".bias", out));
    bias.set_requires_grad(true);
    optionalBias = new TensorOptional(bias);
  }

  List<Tensor> parameters() {
    return List.of(weight, bias);
  }

  Tensor of(Tensor images) {
    return transposed
        ? torch.conv_transpose2d(images, weight, optionalBias, stride, padding, NONE, 1, ONE)
        : torch.conv2d(images, weight, optionalBias, stride, padding, ONE, 1);
  }
}
