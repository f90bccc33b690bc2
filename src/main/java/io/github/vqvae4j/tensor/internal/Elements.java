package io.github.vqvae4j.tensor.internal;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads and writes single elements of an array in any number format, as doubles, which hold them
 * exactly. Indices count all elements, row by row.
 */
final class Elements {
  private final FloatIndexer floats;
  private final DoubleIndexer doubles;
  private final IntIndexer ints;

  Elements(INDArray array) {
    Pointer elements = array.data().pointer();
    floats = elements instanceof FloatPointer some ? FloatIndexer.create(some) : null;
    doubles = elements instanceof DoublePointer some ? DoubleIndexer.create(some) : null;
    ints = elements instanceof IntPointer some ? IntIndexer.create(some) : null;
  }

  double get(long index) {
    if (floats != null) {
      return floats.get(index);
    }
    return doubles != null ? doubles.get(index) : ints.get(index);
  }

  void set(long index, double number) {
    if (floats != null) {
      floats.put(index, (float) number);
    } else if (doubles != null) {
      doubles.put(index, number);
    } else {
      ints.put(index, (int) number);
    }
  }

  void add(long index, double addend) {
    set(index, get(index) + addend);
  }
}
