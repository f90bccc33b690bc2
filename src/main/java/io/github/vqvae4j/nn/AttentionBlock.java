package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * The self-attention block of VQGAN's encoder and decoder (Esser et al. 2021, table 7). Maps [b, h,
 * w, channels] to the same shape: {@code x + out(attention(query(n), key(n), value(n)))}, where n
 * is x after group normalization with epsilon 1e-6. Attention is single-head, and every pixel
 * attends to all pixels of its image, so memory grows quadratically with the number of pixels.
 *
 * <p>{@code query}, {@code key}, {@code value} and {@code out} are 1x1 convolutions.
 */
public final class AttentionBlock extends Layer {
  private final GroupNorm norm;
  private final Conv2d query;
  private final Conv2d key;
  private final Conv2d value;
  private final Conv2d out;

  /**
   * Creates a layer.
   *
   * @param channels the number of image channels
   * @param groups the number of normalization groups; VQGAN uses 32
   * @param rng the random number generator for the initial weights
   */
  public AttentionBlock(int channels, int groups, Rng rng) {
    norm = child("norm", new GroupNorm(ResnetBlock.norm(groups, channels)));
    ConvConfig projection = ConvConfig.of(channels, channels, 1);
    query = child("query", new Conv2d(projection, rng));
    key = child("key", new Conv2d(projection, rng));
    value = child("value", new Conv2d(projection, rng));
    out = child("out", new Conv2d(projection, rng));
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(
          "AttentionBlock: expected images [batch, height, width, channels], got "
              + Arrays.toString(x.shape())
              + ".");
    }
    Tensor normalized = norm.forward(x);
    long[] rows = {x.size(0), x.size(1) * x.size(2), x.size(3)};
    Tensor queries = query.forward(normalized).reshape(rows);
    Tensor keys = key.forward(normalized).reshape(rows);
    Tensor values = value.forward(normalized).release(normalized).reshape(rows);
    Tensor attended =
        Tensor.scaledDotProductAttention(queries, keys, values, false)
            .release(queries)
            .release(keys)
            .release(values);
    return out.addTo(x, attended.reshape(x.shape())).release(attended);
  }
}
