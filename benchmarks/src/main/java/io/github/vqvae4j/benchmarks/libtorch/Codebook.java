package io.github.vqvae4j.benchmarks.libtorch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The codebook and its zero-debiased moving averages. To be used without gradients. */
final class Codebook {
  static final int DIMENSION = 64;
  private static final double DECAY = 0.99;
  private static final double EPSILON = 1e-5;

  private final int size;
  private final Tensor vectors;
  private final Tensor squares;
  private final Tensor count;
  private final Tensor sum;
  private final Scalar one = new Scalar(1f);
  private final Scalar minusTwo = new Scalar(-2f);
  private final Scalar newShare = new Scalar((float) (1 - DECAY));
  private final TensorOptional unweighted = new TensorOptional();
  private double weight;

  Codebook(int size, Weights weights) {
    this.size = size;
    vectors = torch.tensor(weights.codebook(size, DIMENSION)).view(size, DIMENSION).clone();
    squares = vectors.square().sum(1);
    count = torch.zeros(size);
    sum = torch.zeros(size, DIMENSION);
  }

  long parameterCount() {
    return vectors.numel();
  }

  /**
   * The nearest codes.
   *
   * @param points [n, D]
   * @return [n]; ||p||^2 is the same for all codes and left out
   */
  Tensor nearest(Tensor points) {
    return torch.min(torch.addmm(squares, points, vectors.t(), one, minusTwo), 1, false).get1();
  }

  Tensor lookup(Tensor codes) {
    return torch.index_select(vectors, 0, codes);
  }

  /** Moves averages and codebook. */
  void update(Tensor points, Tensor codes) {
    Tensor newCount = torch.bincount(codes, unweighted, size).to(torch.ScalarType.Float);
    Tensor newSum = torch.zeros(size, DIMENSION).index_add_(0, codes, points);
    count.lerp_(newCount, newShare);
    sum.lerp_(newSum, newShare);
    weight = DECAY * weight + 1 - DECAY;
    Tensor counts = count.div(new Scalar(weight));
    Tensor total = counts.sum();
    Tensor smoothed =
        counts
            .add_(new Scalar(EPSILON))
            .mul_(total.div(total.add(new Scalar(size * EPSILON))))
            .mul_(new Scalar(weight));
    torch.div_out(vectors, sum, smoothed.unsqueeze(1));
    torch.sum_out(squares, vectors.square(), 1);
  }
}
