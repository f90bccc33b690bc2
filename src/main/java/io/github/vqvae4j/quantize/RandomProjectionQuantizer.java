package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The random-projection quantizer of BEST-RQ (Chiu, Qin, Zhang, Yu and Wu 2022, "Self-supervised
 * learning with random-projection quantizer for speech recognition", arXiv:2202.01855). It labels
 * vectors x [.., D] with codes that a model then learns to predict from masked inputs:
 *
 * <pre>
 * code = argmax_k cos(e_k, P^T LayerNorm(x))
 * </pre>
 *
 * <p>LayerNorm has no weights and epsilon 1e-5. The projection P [D, d] (normal, with variance 2 /
 * (D + d), as of Xavier) and the codebook e [K, d] (standard normal, of unit length) are random and
 * never trained. With several heads, each has its own P and e.
 *
 * <p>This is a layer from vectors to codes, not a {@link Quantizer}: its codebook vectors are in
 * another space than the inputs, so they cannot be decoded, and codes have no gradient. The same
 * seed makes the same projections and codebooks, bit for bit.
 *
 * <pre>{@code
 * RandomProjectionQuantizer labels = RandomProjectionConfig.of(80).heads(2).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor frames = step.tensor(new float[4 * 100 * 80], 4, 100, 80);
 *   Tensor codes = labels.forward(frames); // [4, 100, 2], from 0 to 8191
 * }
 * }</pre>
 *
 * <p>State: {@code projection} P [heads, D, d] and {@code codebook} e [heads, K, d].
 */
public final class RandomProjectionQuantizer extends Layer {
  private static final double EPSILON = 1e-5;

  private final RandomProjectionConfig config;
  private final Buffer projection;
  private final Buffer codebook;

  /**
   * Creates the projections and codebooks.
   *
   * @param config the settings
   * @param rng the random number generator
   */
  public RandomProjectionQuantizer(RandomProjectionConfig config, Rng rng) {
    this.config = config;
    int heads = config.heads();
    int d = config.codebookDimension();
    double deviation = Math.sqrt(2.0 / (config.dimension() + d));
    projection =
        buffer(
            "projection",
            () -> normal(rng, heads * config.dimension() * d, deviation),
            heads,
            config.dimension(),
            d);
    codebook =
        buffer(
            "codebook",
            () -> unitRows(normal(rng, heads * config.codebookSize() * d, 1), d),
            heads,
            config.codebookSize(),
            d);
  }

  private static float[] normal(Rng rng, int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * rng.nextGaussian());
    }
    return values;
  }

  private static float[] unitRows(float[] values, int d) {
    for (int row = 0; row < values.length; row += d) {
      double squares = 0;
      for (int i = row; i < row + d; i++) {
        squares += (double) values[i] * values[i];
      }
      for (int i = row; i < row + d; i++) {
        values[i] = (float) (values[i] / Math.sqrt(squares));
      }
    }
    return values;
  }

  /**
   * Returns the settings.
   *
   * @return the settings that this was built with
   */
  public RandomProjectionConfig config() {
    return config;
  }

  /**
   * Returns the layout of the codebooks that the codes index.
   *
   * @return one group for each head
   */
  public Codebooks codebooks() {
    return new Codebooks(
        config.heads(), 1, Collections.nCopies(config.heads(), config.codebookSize()));
  }

  /**
   * Computes the codes of vectors.
   *
   * @param x the vectors [.., D]
   * @return an INT tensor [.., heads], or [..] with one head: a constant
   * @throws IllegalArgumentException if the vectors have another dimension
   * @throws NonFiniteException if a value is NaN or infinite
   */
  @Override
  protected Tensor compute(Tensor x) {
    if (x.rank() < 2 || x.size(-1) != config.dimension()) {
      throw new IllegalArgumentException(
          "RandomProjectionQuantizer: expected vectors [.., "
              + config.dimension()
              + "], got "
              + Arrays.toString(x.shape())
              + ". Set the dimension of RandomProjectionConfig to that of the vectors.");
    }
    LatentsCheck.finite(this, x);
    Tensor normalized = x.stopGradient().layerNorm(EPSILON).reshape(-1, config.dimension());
    List<Tensor> codes =
        IntStream.range(0, config.heads()).mapToObj(head -> codes(head, normalized)).toList();
    long[] shape = x.shape();
    shape[shape.length - 1] = config.heads();
    return Tensor.concat(-1, codes)
        .reshape(config.heads() == 1 ? Arrays.copyOf(shape, shape.length - 1) : shape);
  }

  /** Returns a head's codes [n, 1]; of unit vectors, the nearest one has the greatest cosine. */
  private Tensor codes(int head, Tensor normalized) {
    int d = config.codebookDimension();
    Tensor p = projection.in(normalized.step()).slice(0, head, head + 1).reshape(-1, d);
    Tensor e = codebook.in(normalized.step()).slice(0, head, head + 1).reshape(-1, d);
    return normalized.matmul(p).l2Normalize(-1).nearestRows(e).reshape(-1, 1);
  }
}
