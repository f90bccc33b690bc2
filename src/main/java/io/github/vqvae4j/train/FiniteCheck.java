package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.Arrays;

/** Finds NaN and infinity in gradients. */
final class FiniteCheck {
  private static final int LENGTH = ParameterSlices.LENGTH;

  private final float[] slice = new float[LENGTH];

  /** A sum for each place in a slice: these additions are independent, so they go side by side. */
  private final float[] squares = new float[LENGTH];

  /**
   * The sum of squares, in which every NaN, infinity and number too large to be squared shows: what
   * an optimizer that squares gradients can take is finite here.
   */
  double sumOfSquares(Gradients gradients, Parameter parameter) {
    Arrays.fill(squares, 0);
    int size = parameter.size();
    for (int i = 0; i < ParameterSlices.count(size); i++) {
      int offset = i * LENGTH;
      int length = Math.min(LENGTH, size - offset);
      gradients.read(parameter, offset, slice, length);
      for (int j = 0; j < length; j++) {
        squares[j] += slice[j] * slice[j];
      }
    }
    double sum = 0;
    for (int i = 0; i < Math.min(LENGTH, size); i++) {
      sum += squares[i];
    }
    return sum;
  }

  /** The first NaN or infinity; if there is none, the number that is largest. */
  float worst(Gradients gradients, Parameter parameter) {
    float worst = 0;
    for (int i = 0; i < ParameterSlices.count(parameter.size()); i++) {
      int offset = i * LENGTH;
      int length = Math.min(LENGTH, parameter.size() - offset);
      gradients.read(parameter, offset, slice, length);
      for (int j = 0; j < length; j++) {
        if (!Float.isFinite(slice[j])) {
          return slice[j];
        }
        worst = Math.abs(slice[j]) > Math.abs(worst) ? slice[j] : worst;
      }
    }
    return worst;
  }
}
