package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Random numbers of the shape of the input [examples, ..]. Those of an example are a function of
 * the step's {@link io.github.vqvae4j.random.RngKey}, the draw and the example's place.
 *
 * @param distribution what is drawn
 * @param rate of dropout; else 0
 * @param draw which one of the step's draws it is
 */
record RandomNumbers(Distribution distribution, double rate, long draw) implements Kind {
  enum Distribution {
    /** Of mean 0 and variance 1. */
    NORMAL,
    /** From 0 to below 1. */
    UNIFORM,
    /** 0, with the probability of the rate, or else 1 / (1 - rate). */
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
  public Value of(Tensor... inputs) {
    Tensor like = inputs[0];
    like.step().drawn(draw);
    INDArray y = like.allocate(like.dims());
    if (like.dtype() == DType.DOUBLE) {
      HeapCopy.write(numbers(like), y);
      return Value.of(y, DType.DOUBLE, null);
    }
    int each = Math.toIntExact(like.length() / like.dims()[0]);
    float[] numbers = new float[each];
    for (long i = 0; i < like.dims()[0]; i++) {
      Rng rng = like.step().key().example(draw, i);
      for (int j = 0; j < each; j++) {
        numbers[j] = distribution == Distribution.UNIFORM ? belowOne(next(rng)) : (float) next(rng);
      }
      HeapCopy.write(numbers, 0, each, y, i * each);
    }
    return Value.of(y, DType.FLOAT, null);
  }

  /** A float that rounding did not make 1. */
  private static float belowOne(double number) {
    return Math.min((float) number, Math.nextDown(1f));
  }

  private double[] numbers(Tensor like) {
    double[] numbers = new double[Math.toIntExact(like.length())];
    int each = Math.toIntExact(like.length() / like.dims()[0]);
    for (int from = 0; from < numbers.length; from += each) {
      Rng rng = like.step().key().example(draw, from / each);
      for (int j = from; j < from + each; j++) {
        numbers[j] = next(rng);
      }
    }
    return numbers;
  }

  private double next(Rng rng) {
    return switch (distribution) {
      case NORMAL -> rng.nextGaussian();
      case UNIFORM -> rng.nextDouble();
      case DROPOUT -> rng.nextDouble() < rate ? 0 : 1 / (1 - rate);
    };
  }
}
