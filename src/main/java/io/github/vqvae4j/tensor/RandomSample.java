package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Random values of the shape of the input [examples, ..]. The values of an example depend on the
 * step's {@link io.github.vqvae4j.random.RngKey}, the index of the random operation, and the
 * position of the example.
 *
 * @param distribution the distribution to sample from
 * @param rate the dropout probability; 0 for other distributions
 * @param draw the index of this operation among the random operations of the step
 */
record RandomSample(Distribution distribution, double rate, long draw) implements OperationKind {
  enum Distribution {
    /** The standard normal distribution. */
    NORMAL,
    /** The uniform distribution on [0, 1). */
    UNIFORM,
    /** 0 with probability rate, else 1 / (1 - rate). */
    DROPOUT
  }

  @Override
  public String name() {
    return switch (distribution) {
      case NORMAL -> "normalLike";
      case UNIFORM -> "uniformLike";
      case DROPOUT -> "dropout";
    };
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor like = inputs[0];
    like.step().drawn(draw);
    INDArray y = like.allocate(like.dims());
    if (like.dtype() == DType.DOUBLE) {
      HeapCopy.write(values(like), y);
      return ForwardResult.of(y, DType.DOUBLE, null);
    }
    int exampleLength = Math.toIntExact(like.length() / like.dims()[0]);
    float[] values = new float[exampleLength];
    for (long i = 0; i < like.dims()[0]; i++) {
      Rng rng = like.step().key().example(draw, i);
      for (int j = 0; j < exampleLength; j++) {
        values[j] = distribution == Distribution.UNIFORM ? belowOne(next(rng)) : (float) next(rng);
      }
      HeapCopy.write(values, 0, exampleLength, y, i * exampleLength);
    }
    return ForwardResult.of(y, DType.FLOAT, null);
  }

  /** Rounds to float, but never up to 1. */
  private static float belowOne(double value) {
    return Math.min((float) value, Math.nextDown(1f));
  }

  private double[] values(Tensor like) {
    double[] values = new double[Math.toIntExact(like.length())];
    int exampleLength = Math.toIntExact(like.length() / like.dims()[0]);
    for (int start = 0; start < values.length; start += exampleLength) {
      Rng rng = like.step().key().example(draw, start / exampleLength);
      for (int j = start; j < start + exampleLength; j++) {
        values[j] = next(rng);
      }
    }
    return values;
  }

  private double next(Rng rng) {
    return switch (distribution) {
      case NORMAL -> rng.nextGaussian();
      case UNIFORM -> rng.nextDouble();
      case DROPOUT -> rng.nextDouble() < rate ? 0 : 1 / (1 - rate);
    };
  }
}
