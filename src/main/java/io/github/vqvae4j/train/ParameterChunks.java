package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.Arrays;

/**
 * Processes a parameter and its gradient in chunks that fit into the L1 cache. Each chunk is copied
 * to the heap, where the JIT vectorizes plain loops, and back.
 *
 * <p>Optimizer state is stored in the same chunks, since a loop is vectorized only if it accesses
 * all arrays at the same index.
 */
final class ParameterChunks {
  /** The number of elements in a chunk. */
  static final int LENGTH = 2048;

  /** Updates the first {@code length} elements of {@code values}, a parameter's chunk. */
  interface ChunkUpdate {
    void apply(float[] values, float[] gradient, int chunk, int length);
  }

  private final float[] values = new float[LENGTH];
  private final float[] gradients = new float[LENGTH];

  /** Returns the chunks of an array of zeros. */
  static float[][] zeros(int size) {
    float[][] chunks = new float[count(size)][];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = new float[Math.min(LENGTH, size - i * LENGTH)];
    }
    return chunks;
  }

  /** Returns the number of chunks of an array. */
  static int count(int size) {
    return (int) ((size + (LENGTH - 1L)) / LENGTH);
  }

  /** Returns the number of elements of a chunked array. */
  static int size(float[][] chunks) {
    return Arrays.stream(chunks).mapToInt(chunk -> chunk.length).sum();
  }

  /** Returns the values of a chunked array. */
  static float[] concatenated(float[][] chunks) {
    float[] values = new float[size(chunks)];
    for (int i = 0; i < chunks.length; i++) {
      System.arraycopy(chunks[i], 0, values, i * LENGTH, chunks[i].length);
    }
    return values;
  }

  /** Sets all values of a chunked array. */
  static void copy(float[] values, float[][] chunks) {
    for (int i = 0; i < chunks.length; i++) {
      System.arraycopy(values, i * LENGTH, chunks[i], 0, chunks[i].length);
    }
  }

  /** Sets a row of a chunked array to 0. */
  static void clear(float[][] chunks, int row, int rowLength) {
    long end = (row + 1L) * rowLength;
    for (long index = (long) row * rowLength; index < end; ) {
      float[] chunk = chunks[(int) (index / LENGTH)];
      int start = (int) (index % LENGTH);
      int length = (int) Math.min(chunk.length - start, end - index);
      Arrays.fill(chunk, start, start + length, 0);
      index += length;
    }
  }

  /** Updates all chunks of a parameter that has a gradient. */
  void update(Parameter parameter, Gradients allGradients, ChunkUpdate update) {
    int size = parameter.size();
    for (int chunk = 0; chunk < count(size); chunk++) {
      int offset = chunk * LENGTH;
      int length = Math.min(LENGTH, size - offset);
      parameter.read(offset, values, 0, length);
      allGradients.read(parameter, offset, gradients, length);
      update.apply(values, gradients, chunk, length);
      parameter.write(offset, values, 0, length);
    }
  }
}
