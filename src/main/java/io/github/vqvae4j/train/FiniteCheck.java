package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.Arrays;

/** Finds NaN and infinity in gradients. */
final class FiniteCheck {
  private static final int LENGTH = ParameterChunks.LENGTH;

  private final float[] chunk = new float[LENGTH];

  /** One sum per position in a chunk: independent additions, which the JIT vectorizes. */
  private final float[] squares = new float[LENGTH];

  /**
   * Returns the sum of squares of a gradient. It is finite only if every element is finite and can
   * be squared without overflow, as optimizers such as Adam require.
   */
  double sumOfSquares(Gradients gradients, Parameter parameter) {
    Arrays.fill(squares, 0);
    int size = parameter.size();
    for (int i = 0; i < ParameterChunks.count(size); i++) {
      int offset = i * LENGTH;
      int length = Math.min(LENGTH, size - offset);
      gradients.read(parameter, offset, chunk, length);
      for (int j = 0; j < length; j++) {
        squares[j] += chunk[j] * chunk[j];
      }
    }
    double sum = 0;
    for (int i = 0; i < Math.min(LENGTH, size); i++) {
      sum += squares[i];
    }
    return sum;
  }

  /** Returns the first NaN or infinity, or else the element of maximum absolute value. */
  float worst(Gradients gradients, Parameter parameter) {
    float worst = 0;
    for (int i = 0; i < ParameterChunks.count(parameter.size()); i++) {
      int offset = i * LENGTH;
      int length = Math.min(LENGTH, parameter.size() - offset);
      gradients.read(parameter, offset, chunk, length);
      for (int j = 0; j < length; j++) {
        if (!Float.isFinite(chunk[j])) {
          return chunk[j];
        }
        worst = Math.abs(chunk[j]) > Math.abs(worst) ? chunk[j] : worst;
      }
    }
    return worst;
  }
}
