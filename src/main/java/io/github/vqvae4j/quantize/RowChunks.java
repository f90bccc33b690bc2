package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Variable;

/**
 * The rows of a variable [K, D], read and written as doubles: a chunk of rows at a time, since a
 * copy of a large codebook would take as much memory as all codes. A DOUBLE variable, which is for
 * gradient checks, is one chunk.
 */
final class RowChunks {
  /** The approximate number of values of a chunk, which fit into the cache of a core. */
  private static final int VALUES = 1 << 13;

  private final Variable table;
  private final int rows;
  private final int width;
  private final int rowsPerChunk;

  /** The values of a chunk of a FLOAT variable; null for DOUBLE. */
  private final float[] floats;

  private double[] values;
  private int start;
  private int count;

  /** Creates chunks of a variable, positioned before the first. */
  RowChunks(Variable table) {
    this.table = table;
    rows = (int) table.shape()[0];
    width = table.size() / rows;
    boolean whole = table.dtype() == DType.DOUBLE;
    rowsPerChunk = whole ? rows : Math.min(rows, Math.max(1, VALUES / width));
    floats = whole ? null : new float[rowsPerChunk * width];
    values = whole ? null : new double[rowsPerChunk * width];
  }

  /** Reads the next chunk, and returns whether there was one. */
  boolean next() {
    start += count;
    count = Math.min(rowsPerChunk, rows - start);
    if (count == 0) {
      return false;
    }
    if (floats == null) {
      values = table.toDoubles();
      return true;
    }
    int length = count * width;
    table.read((long) start * width, floats, 0, length);
    for (int i = 0; i < length; i++) {
      values[i] = floats[i];
    }
    return true;
  }

  /** Writes the values of the current chunk, rounded if the variable is FLOAT. */
  void write() {
    if (floats == null) {
      table.set(values);
      return;
    }
    int length = count * width;
    for (int i = 0; i < length; i++) {
      floats[i] = (float) values[i];
    }
    table.write((long) start * width, floats, 0, length);
  }

  /** Returns D, the number of values of a row. */
  int width() {
    return width;
  }

  /** Returns the index of the first row of the chunk. */
  int start() {
    return start;
  }

  /** Returns the number of rows of the chunk. */
  int count() {
    return count;
  }

  /** Returns the values of the chunk, from its first row on; they may be modified. */
  double[] values() {
    return values;
  }
}
