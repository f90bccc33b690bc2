package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.DType;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Conversion from and to arrays of ND4J users, which may be views, closed, in workspaces, or in any
 * order.
 */
public final class Nd4jArrays {
  private Nd4jArrays() {}

  /**
   * Returns the tensor data type for an array.
   *
   * @throws IllegalArgumentException if tensors do not support the array
   */
  public static DType dtype(INDArray array) {
    if (array.wasClosed()) {
      throw unsupported("an open array", "a closed one", "Copy it before it is closed");
    }
    if (array.isEmpty()) {
      String shape = Arrays.toString(array.shape());
      throw unsupported("an array with elements", "an empty one of shape " + shape, "Leave it out");
    }
    DataType type = array.dataType();
    return switch (type) {
      case FLOAT -> DType.FLOAT;
      case DOUBLE -> DType.DOUBLE;
      case INT -> DType.INT;
      case HALF, BFLOAT16 -> throw unsupported(type, "Convert it with castTo(DataType.FLOAT)");
      case BOOL, BYTE, UBYTE, SHORT, UINT16 ->
          throw unsupported(type, "Convert it with castTo(DataType.INT32)");
      case LONG, UINT32, UINT64 ->
          throw unsupported(type, "Convert it with castTo(DataType.INT32) if its values fit");
      default -> throw unsupported(type, "Tensors hold numeric values only");
    };
  }

  private static IllegalArgumentException unsupported(DataType type, String remedy) {
    return unsupported("an array in FLOAT, DOUBLE or INT32", "one in " + type, remedy);
  }

  private static IllegalArgumentException unsupported(String expected, String got, String remedy) {
    return new IllegalArgumentException(
        "Step.tensor: expected " + expected + ", got " + got + ". " + remedy + ".");
  }

  /**
   * Returns a copy in row-major order that is managed by ND4J: outside of its workspaces, freed by
   * its owner or the garbage collector.
   *
   * @param array an array of this library, which is dense and in row-major order
   * @throws InsufficientMemoryException if there is not enough memory
   */
  public static INDArray copy(INDArray array) {
    String what = "a copy of a tensor " + Arrays.toString(array.shape());
    MemoryLimits.check(array.length() * array.dataType().width(), what);
    INDArray copy = Nd4j.createUninitializedDetached(array.dataType(), 'c', array.shape());
    HeapCopy.copy(array, copy);
    return copy;
  }
}
