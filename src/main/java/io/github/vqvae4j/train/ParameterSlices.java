package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.Arrays;

/**
 * Walks through a parameter and its gradient in slices that stay in the first-level cache: copied
 * to the heap, where plain loops become vector instructions, and back.
 *
 * <p>An optimizer's state is cut the same way, since a loop becomes vector instructions only if all
 * its arrays are read at the same index.
 */
final class ParameterSlices {
  /** Numbers in a slice. */
  static final int LENGTH = 2048;

  /** Changes the first {@code length} numbers of {@code values}, the slice-th of a parameter. */
  interface Change {
    void apply(float[] values, float[] gradient, int slice, int length);
  }

  private final float[] values = new float[LENGTH];
  private final float[] gradients = new float[LENGTH];

  /** Zeros for a parameter of so many numbers, cut into its slices. */
  static float[][] zeros(int size) {
    float[][] slices = new float[count(size)][];
    for (int i = 0; i < slices.length; i++) {
      slices[i] = new float[Math.min(LENGTH, size - i * LENGTH)];
    }
    return slices;
  }

  /** How many slices so many numbers make. */
  static int count(int size) {
    return (int) ((size + (LENGTH - 1L)) / LENGTH);
  }

  /** Sets numbers of a row of a parameter's state to 0. */
  static void clear(float[][] slices, int row, int rowLength) {
    long end = (row + 1L) * rowLength;
    for (long place = (long) row * rowLength; place < end; ) {
      float[] slice = slices[(int) (place / LENGTH)];
      int from = (int) (place % LENGTH);
      int length = (int) Math.min(slice.length - from, end - place);
      Arrays.fill(slice, from, from + length, 0);
      place += length;
    }
  }

  /** Updates a parameter that has a gradient. */
  void update(Parameter parameter, Gradients all, Change change) {
    int size = parameter.size();
    for (int slice = 0; slice < count(size); slice++) {
      int offset = slice * LENGTH;
      int length = Math.min(LENGTH, size - offset);
      parameter.read(offset, values, 0, length);
      all.read(parameter, offset, gradients, length);
      change.apply(values, gradients, slice, length);
      parameter.write(offset, values, 0, length);
    }
  }
}
