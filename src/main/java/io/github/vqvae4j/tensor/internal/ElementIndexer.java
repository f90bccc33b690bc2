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
 * Reads and writes single elements of an array of any data type as doubles, which represent them
 * exactly. Indices are row-major.
 */
final class ElementIndexer {
  private final FloatIndexer floats;
  private final DoubleIndexer doubles;
  private final IntIndexer ints;

  ElementIndexer(INDArray array) {
    Pointer elements = array.data().pointer();
    floats = elements instanceof FloatPointer pointer ? FloatIndexer.create(pointer) : null;
    doubles = elements instanceof DoublePointer pointer ? DoubleIndexer.create(pointer) : null;
    ints = elements instanceof IntPointer pointer ? IntIndexer.create(pointer) : null;
  }

  double get(long index) {
    if (floats != null) {
      return floats.get(index);
    }
    return doubles != null ? doubles.get(index) : ints.get(index);
  }

  void set(long index, double value) {
    if (floats != null) {
      floats.put(index, (float) value);
    } else if (doubles != null) {
      doubles.put(index, value);
    } else {
      ints.put(index, (int) value);
    }
  }

  void add(long index, double addend) {
    set(index, get(index) + addend);
  }
}
