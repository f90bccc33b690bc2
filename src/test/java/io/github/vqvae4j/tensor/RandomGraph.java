package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.Tensors.embedded;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * A loss computed by random operations on random previous results. Equal seeds build equal graphs.
 */
final class RandomGraph {
  private static final int OPERATIONS = 30;
  private static final long[] IMAGE = {2, 3, 2, 4};
  private static final ConvOptions SAME = ConvOptions.of(1, 1);
  private static final ConvOptions POINTWISE = ConvOptions.of(1, 0);

  /** Two images, one value per channel, and weights of size 1x1 and 3x3. */
  static final List<long[]> LEAVES =
      List.of(IMAGE, IMAGE, new long[] {4}, new long[] {1, 1, 4, 4}, new long[] {3, 3, 4, 4});

  private final Rng rng;
  private final List<Tensor> images = new ArrayList<>();
  private final Tensor channels;
  private final Tensor pointwise;
  private final Tensor kernel;

  private RandomGraph(long seed, Tensor... leaves) {
    rng = new Rng(seed);
    images.add(leaves[0]);
    images.add(leaves[1]);
    channels = leaves[2];
    pointwise = leaves[3];
    kernel = leaves[4];
  }

  static Tensor loss(long seed, Tensor... leaves) {
    RandomGraph graph = new RandomGraph(seed, leaves);
    for (int i = 0; i < OPERATIONS; i++) {
      Tensor image = graph.next();
      graph.images.add(graph.rng.nextBoolean() ? image.tanh() : image);
    }
    Tensor loss = graph.images.get(graph.images.size() - 1).square().sum();
    for (int i = 0; i < 3; i++) {
      loss = loss.add(graph.any().mul(graph.any()).mean());
    }
    return loss;
  }

  private Tensor next() {
    Tensor a = any();
    Tensor b = any();
    return switch (rng.nextInt(18)) {
      case 0 -> a.add(b);
      case 1 -> a.sub(b);
      case 2 -> a.mul(b.tanh());
      case 3 -> a.div(b.square().add(1));
      case 4 -> a.add(channels);
      case 5 -> channels.mul(a);
      case 6 -> a.reshape(4, 12).add(b.reshape(4, 12)).reshape(IMAGE);
      case 7 -> a.permute(3, 0, 2, 1).permute(1, 3, 2, 0).add(b);
      case 8 -> a.straightThrough(a.stopGradient().add(0.5));
      case 9 -> a.add(-0.25);
      case 10 -> a.neg().sigmoid();
      case 11 -> a.add(b.mean(1, 2).reshape(2, 1, 1, 4));
      case 12 -> Tensor.concat(1, List.of(a.slice(1, 2, 3), b.slice(1, 0, 2)));
      case 13 -> embedded(a.reshape(12, 4), 3, 0, 3, 11, 7, 3, 0, 1, 2, 10, 10, 4).reshape(IMAGE);
      case 14 -> a.reshape(12, 4).matmul(pointwise.reshape(4, 4)).reshape(IMAGE);
      case 15 ->
          FusedConvolution.of(
              Form.CONV_2D, a, pointwise, channels, b, rng.nextBoolean(), POINTWISE);
      case 16 -> FusedConvolution.of(Form.CONV_2D, a, kernel, null, b, rng.nextBoolean(), SAME);
      default ->
          FusedConvolution.of(
              Form.CONV_TRANSPOSE_2D, a, kernel, channels, b, rng.nextBoolean(), SAME);
    };
  }

  /**
   * Returns a previous result, often a recent one for deep graphs, and often one that is used
   * repeatedly.
   */
  private Tensor any() {
    int count = images.size();
    int last = rng.nextBoolean() ? Math.min(3, count) : count;
    return images.get(count - 1 - rng.nextInt(last));
  }
}
