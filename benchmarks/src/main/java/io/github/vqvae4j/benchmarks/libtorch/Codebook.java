package io.github.vqvae4j.benchmarks.libtorch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The codebook with its zero-debiased EMA update. Callers disable gradients. */
final class Codebook {
  static final int DIMENSION = 64;
  private static final double DECAY = 0.99;
  private static final double EPSILON = 1e-5;

  private final int size;
  private final Tensor embeddings;
  private final Tensor squaredNorms;
  private final Tensor count;
  private final Tensor sum;
  private final Scalar one = new Scalar(1f);
  private final Scalar minusTwo = new Scalar(-2f);
  private final Scalar oneMinusDecay = new Scalar((float) (1 - DECAY));
  private final TensorOptional noWeights = new TensorOptional();
  private double debiasWeight;

  Codebook(int size, Weights weights) {
    this.size = size;
    embeddings = torch.tensor(weights.codebook(size, DIMENSION)).view(size, DIMENSION).clone();
    squaredNorms = embeddings.square().sum(1);
    count = torch.zeros(size);
    sum = torch.zeros(size, DIMENSION);
  }

  long parameterCount() {
    return embeddings.numel();
  }

  /**
   * Returns the nearest codes. The squared norm of a latent is the same for all codes and omitted.
   *
   * @param latents the latents [n, D]
   * @return the codes [n]
   */
  Tensor nearest(Tensor latents) {
    return torch
        .min(torch.addmm(squaredNorms, latents, embeddings.t(), one, minusTwo), 1, false)
        .get1();
  }

  /** Returns the embeddings [n, D] of codes [n]. */
  Tensor lookup(Tensor codes) {
    return torch.index_select(embeddings, 0, codes);
  }

  /** Updates the moving averages and the codebook. */
  void update(Tensor latents, Tensor codes) {
    Tensor newCount = torch.bincount(codes, noWeights, size).to(torch.ScalarType.Float);
    Tensor newSum = torch.zeros(size, DIMENSION).index_add_(0, codes, latents);
    count.lerp_(newCount, oneMinusDecay);
    sum.lerp_(newSum, oneMinusDecay);
    debiasWeight = DECAY * debiasWeight + 1 - DECAY;
    Tensor counts = count.div(new Scalar(debiasWeight));
    Tensor total = counts.sum();
    Tensor smoothed =
        counts
            .add_(new Scalar(EPSILON))
            .mul_(total.div(total.add(new Scalar(size * EPSILON))))
            .mul_(new Scalar(debiasWeight));
    torch.div_out(embeddings, sum, smoothed.unsqueeze(1));
    torch.sum_out(squaredNorms, embeddings.square(), 1);
  }
}
