package io.github.vqvae4j.prior;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvMask;
import io.github.vqvae4j.nn.Embedding;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Map;

/**
 * A layer of a gated PixelCNN (van den Oord et al. 2016, arXiv:1606.05328, figure 2). With the
 * input v of the vertical stack and h of the horizontal one, both [b, rows, columns, C]:
 *
 * <pre>
 * V  = conv_v(v)                                 rows i - k/2 .. i, columns j - k/2 .. j + k/2
 * v' = gate(V + c)
 * H  = conv1x1(V) + c + conv_h(h)                row i, columns j - k/2 .. j
 * h' = conv1x1(gate(H)) + h                      without "+ h" in the first layer
 * gate(a, b) = tanh(a) sigmoid(b)                the two halves of 2C channels
 * </pre>
 *
 * where c is the bias of the class plus conv1x1(features of the other code map), if the prior is
 * conditioned on them. In the first layer, conv_v sees rows above i only, and conv_h columns before
 * j only. Position (i, j) of the vertical stack then depends on codes in rows above i, and that of
 * the horizontal stack on all codes before (i, j).
 */
final class GatedLayer extends Block {
  /**
   * The values of both stacks.
   *
   * @param vertical [b, rows, columns, C]; null after the last layer, where nothing uses it
   * @param horizontal [b, rows, columns, C]
   */
  record Stacks(Tensor vertical, Tensor horizontal) {}

  private final boolean first;
  private final boolean last;
  private final int half;
  private final Conv2d vertical;
  private final Conv2d horizontal;
  private final Conv2d link;
  private final Conv2d output;

  /** Null without classes. */
  private final Embedding classes;

  /** Null without another code map. */
  private final Conv2d condition;

  GatedLayer(PixelCnnConfig config, int index, Rng rng) {
    first = index == 0;
    last = index == config.layers() - 1;
    int k = first ? config.firstKernel() : config.kernel();
    half = k / 2;
    int c = config.channels();
    ConvConfig gated = ConvConfig.of(c, 2 * c, 1);
    vertical =
        child(
            "vertical",
            new Conv2d(
                gated
                    .kernel(half + 1, k)
                    .padding(half, 0, half, half)
                    .mask(first ? ConvMask.ABOVE : ConvMask.NONE),
                rng));
    horizontal =
        child(
            "horizontal",
            new Conv2d(
                gated
                    .kernel(1, half + 1)
                    .padding(0, 0, half, 0)
                    .mask(first ? ConvMask.A : ConvMask.NONE),
                rng));
    link = child("link", new Conv2d(ConvConfig.of(2 * c, 2 * c, 1), rng));
    output = child("output", new Conv2d(ConvConfig.of(c, c, 1), rng));
    int count = config.classes() + (config.hasNoClass() ? 1 : 0);
    classes = count == 0 ? null : child("classes", new Embedding(count, 2 * c, rng));
    condition =
        config.conditionCodebookSize() == 0
            ? null
            : child("condition", new Conv2d(gated.bias(false), rng));
  }

  /**
   * Returns c: the sum of the class bias and the features of the other code map.
   *
   * @param labels INT [b], or null
   * @param features [b, rows, columns, C], or null
   * @return [b, 1, 1, 2C] or [b, rows, columns, 2C]; null if the prior is not conditioned
   */
  Tensor condition(Tensor labels, Tensor features) {
    Tensor bias =
        classes == null ? null : classes.forward(labels).reshape(labels.size(0), 1, 1, -1);
    return condition == null ? bias : sum(condition.forward(features), bias);
  }

  /** Computes both stacks of whole maps. */
  Stacks forward(Stacks input, Tensor c) {
    Step step = input.horizontal().step();
    return within(step, () -> compute(input, c), Stacks::horizontal);
  }

  private Stacks compute(Stacks input, Tensor c) {
    Tensor v = vertical.forward(input.vertical());
    Tensor sums = sum(link(v), c).add(horizontal.forward(input.horizontal()));
    return new Stacks(last ? null : gate(sum(v, c)), residual(sums, input.horizontal()));
  }

  /**
   * Computes a row of V.
   *
   * @param window rows i - k/2 to i of v, [b, k/2 + 1, columns, C]
   * @return row i, [b, 1, columns, 2C]
   */
  Tensor verticalRow(Tensor window) {
    return vertical.ofRows(window);
  }

  /** Returns conv1x1(V), a part of H. */
  Tensor link(Tensor v) {
    return link.forward(v);
  }

  /**
   * The parameters of the horizontal stack.
   *
   * @param sum conv_h as a map of the columns that a position sees: j - k/2 to j, in the first
   *     layer to j - 1
   * @param output the convolution after the gate
   */
  record Horizontal(Affine sum, Affine output) {}

  /** Returns a copy of the parameters of the horizontal stack. */
  Horizontal horizontal() {
    int c = output.variables().get("bias").size();
    return new Horizontal(affine(horizontal, c * (first ? half : half + 1)), affine(output, c));
  }

  /** Returns a copy of the parameters of a convolution whose kernel has a single row. */
  static Affine affine(Block convolution, int inputs) {
    Map<String, Variable> variables = convolution.variables();
    return Affine.of(inputs, variables.get("weight").toFloats(), variables.get("bias").toFloats());
  }

  private Tensor residual(Tensor sums, Tensor input) {
    Tensor result = output.forward(gate(sums));
    return first ? result : result.add(input);
  }

  private static Tensor sum(Tensor x, Tensor c) {
    return c == null ? x : x.add(c);
  }

  private static Tensor gate(Tensor x) {
    long c = x.size(-1) / 2;
    return x.slice(-1, 0, c).tanh().mul(x.slice(-1, c, 2 * c).sigmoid());
  }
}
