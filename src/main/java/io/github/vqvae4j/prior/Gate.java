package io.github.vqvae4j.prior;

/**
 * The gate tanh(a) sigmoid(b) of a {@link GatedLayer}, on arrays of the Java heap.
 *
 * <p>tanh is a rational function on [-7.9, 7.9], that of the library Eigen (generic_fast_tanh),
 * with an error of at most 5e-7; beyond, it is constant. sigmoid(b) = (1 + tanh(b / 2)) / 2. The
 * loops are short and run over whole arrays, so that the JIT compiler vectorizes them.
 */
final class Gate {
  private static final float LIMIT = 7.90531110763549805f;

  private final int channels;
  private final float[] a;
  private final float[] b;
  private final float[] numerator;
  private final float[] denominator;

  /**
   * Allocates memory.
   *
   * @param positions the number of positions
   * @param channels the number of channels, C
   */
  Gate(int positions, int channels) {
    this.channels = channels;
    int length = Math.multiplyExact(positions, channels);
    a = new float[length];
    b = new float[length];
    numerator = new float[length];
    denominator = new float[length];
  }

  /**
   * Computes the gate.
   *
   * @param sums the sums of all positions, [positions, 2C]: a, then b
   * @param target receives the results, [positions, C]
   */
  void apply(float[] sums, float... target) {
    for (int from = 0; from < a.length; from += channels) {
      System.arraycopy(sums, 2 * from, a, from, channels);
      System.arraycopy(sums, 2 * from + channels, b, from, channels);
    }
    for (int i = 0; i < b.length; i++) {
      b[i] *= 0.5f;
    }
    tanh(a);
    tanh(b);
    for (int i = 0; i < target.length; i++) {
      target[i] = 0.5f * a[i] * (1 + b[i]);
    }
  }

  private void tanh(float... x) {
    clamp(x);
    startNumerator(x, numerator);
    endNumerator(x, numerator);
    denominator(x, denominator);
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] * numerator[i] / denominator[i];
    }
  }

  private static void clamp(float... x) {
    for (int i = 0; i < x.length; i++) {
      float value = x[i] > LIMIT ? LIMIT : x[i];
      x[i] = value < -LIMIT ? -LIMIT : value;
    }
  }

  private static void startNumerator(float[] x, float... p) {
    for (int i = 0; i < x.length; i++) {
      float square = x[i] * x[i];
      float sum = -2.76076847742355e-16f * square + 2.00018790482477e-13f;
      sum = sum * square - 8.60467152213735e-11f;
      sum = sum * square + 5.12229709037114e-08f;
      p[i] = sum * square + 1.48572235717979e-05f;
    }
  }

  private static void endNumerator(float[] x, float... p) {
    for (int i = 0; i < x.length; i++) {
      float square = x[i] * x[i];
      p[i] = (p[i] * square + 6.37261928875436e-04f) * square + 4.89352455891786e-03f;
    }
  }

  private static void denominator(float[] x, float... q) {
    for (int i = 0; i < x.length; i++) {
      float square = x[i] * x[i];
      float sum = 1.19825839466702e-06f * square + 1.18534705686654e-04f;
      sum = sum * square + 2.26843463243900e-03f;
      q[i] = sum * square + 4.89352518554385e-03f;
    }
  }
}
