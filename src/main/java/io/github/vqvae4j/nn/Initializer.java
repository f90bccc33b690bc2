package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;

/**
 * How weights start. fan_in is the number of inputs that one output sums over, fan_out the number
 * of outputs that one input goes to; for a convolution both count the kernel's positions.
 */
public enum Initializer {
  /**
   * Uniform in +-1/sqrt(fan_in), biases too: what PyTorch's layers do ({@code kaiming_uniform_}
   * with a = sqrt 5).
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
  /** Uniform in +-sqrt(6 / fan_in), for relu (He et al. 2015, equation 10). */
  KAIMING_UNIFORM {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return uniform(rng, Math.sqrt(6.0 / fanIn));
    }
  },
  /** Normal with sigma sqrt(2 / fan_in), for relu (He et al. 2015, equation 10). */
  KAIMING_NORMAL {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return rng.nextGaussian() * Math.sqrt(2.0 / fanIn);
    }
  },
  /** Uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, equation 16). */
  XAVIER_UNIFORM {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return uniform(rng, Math.sqrt(6.0 / (fanIn + fanOut)));
    }
  },
  /** Normal with sigma sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio 2010, equation 12). */
  XAVIER_NORMAL {
    @Override
    double draw(Rng rng, long fanIn, long fanOut) {
      return rng.nextGaussian() * Math.sqrt(2.0 / (fanIn + fanOut));
    }
  },
  /** Normal with sigma 1/sqrt(fan_in), drawn again beyond 2 sigma: what Sonnet's layers do. */
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

  /** One weight. */
  abstract double draw(Rng rng, long fanIn, long fanOut);

  /** One bias; zero unless the scheme says otherwise. */
  double drawBias(Rng rng, long fanIn) {
    return 0;
  }

  private static double uniform(Rng rng, double bound) {
    return (2 * rng.nextDouble() - 1) * bound;
  }

  /**
   * Weights for a layer.
   *
   * @param rng where they are drawn from
   * @param fanIn inputs that one output sums over
   * @param fanOut outputs that one input goes to
   * @param size how many
   * @return the weights
   */
  public float[] weights(Rng rng, long fanIn, long fanOut, long size) {
    float[] values = new float[Math.toIntExact(size)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) draw(rng, fanIn, fanOut);
    }
    return values;
  }

  /**
   * Biases for a layer.
   *
   * @param rng where they are drawn from
   * @param fanIn inputs that one output sums over
   * @param size how many
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
