package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;

/**
 * Weight initialization schemes. fan_in is the number of inputs that contribute to one output,
 * fan_out the number of outputs that one input contributes to. For a convolution, both include the
 * number of kernel positions.
 */
public enum Initializer {
  /**
   * Uniform in [-1/sqrt(fan_in), 1/sqrt(fan_in)] for weights and biases, the default of PyTorch's
   * layers ({@code kaiming_uniform_} with a = sqrt 5).
   */
  TORCH {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return uniform(rng, 1 / Math.sqrt(fanIn));
    }

    @Override
    double drawBias(Rng rng, long fanIn) {
      return uniform(rng, 1 / Math.sqrt(fanIn));
    }
  },
  /**
   * Uniform in [-a, a] with a = sqrt(6 / fan_in), for ReLU networks (He et al. 2015, equation 10).
   */
  KAIMING_UNIFORM {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return uniform(rng, Math.sqrt(6.0 / fanIn));
    }
  },
  /**
   * Normal with standard deviation sqrt(2 / fan_in), for ReLU networks (He et al. 2015, equation
   * 10).
   */
  KAIMING_NORMAL {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return rng.nextGaussian() * Math.sqrt(2.0 / fanIn);
    }
  },
  /**
   * Uniform in [-a, a] with a = sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, equation 16).
   */
  XAVIER_UNIFORM {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return uniform(rng, Math.sqrt(6.0 / (fanIn + fanOut)));
    }
  },
  /**
   * Normal with standard deviation sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio 2010, equation
   * 12).
   */
  XAVIER_NORMAL {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return rng.nextGaussian() * Math.sqrt(2.0 / (fanIn + fanOut));
    }
  },
  /**
   * Normal with standard deviation 1/sqrt(fan_in), truncated at 2 standard deviations, the default
   * of Sonnet's layers.
   */
  TRUNCATED_NORMAL {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      double z = rng.nextGaussian();
      while (Math.abs(z) > 2) {
        z = rng.nextGaussian();
      }
      return z / Math.sqrt(fanIn);
    }
  };

  /** Draws one weight. */
  abstract double draw(Rng rng, long fanIn, long fanOut);

  /** Draws one bias; 0 unless overridden. */
  double drawBias(Rng rng, long fanIn) {
    return 0;
  }

  private static double uniform(Rng rng, double bound) {
    return (2 * rng.nextDouble() - 1) * bound;
  }

  /**
   * Draws the weights of a layer.
   *
   * @param rng the random number generator for the initial weights
   * @param fanIn the number of inputs that contribute to one output
   * @param fanOut the number of outputs that one input contributes to
   * @param size the number of weights
   * @return the weights
   * @throws IllegalArgumentException if there are more weights than fit into an array
   */
  public float[] weights(Rng rng, long fanIn, long fanOut, long size) {
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Initializer: expected fewer than 2^31 weights in a layer, got "
              + size
              + ". Use fewer channels, classes or codes, or a smaller kernel.");
    }
    float[] values = new float[(int) size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) draw(rng, fanIn, fanOut);
    }
    return values;
  }

  /**
   * Draws the biases of a layer.
   *
   * @param rng the random number generator for the initial biases
   * @param fanIn the number of inputs that contribute to one output
   * @param size the number of biases
   * @return the biases
   */
  public float[] biases(Rng rng, long fanIn, long size) {
    float[] values = new float[Math.toIntExact(size)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) drawBias(rng, fanIn);
    }
    return values;
  }
}
