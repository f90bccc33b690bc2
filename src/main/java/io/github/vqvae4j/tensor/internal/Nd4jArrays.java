package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.DType;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of users of ND4J: of any order, views, in workspaces, closed. */
public final class Nd4jArrays {
  private Nd4jArrays() {}

  /**
   * The number format of an array that tensors can hold.
   *
   * @throws IllegalArgumentException if they cannot hold it; the message says what to do
   */
  public static DType dtype(INDArray array) {
    if (array.wasClosed()) {
      throw refused("an open array", "one that was closed", "Copy it before it is closed");
    }
    if (array.isEmpty()) {
      String shape = Arrays.toString(array.shape());
      throw refused("an array with elements", "an empty one of shape " + shape, "Leave it out");
    }
    DataType type = array.dataType();
    return switch (type) {
      case FLOAT -> DType.FLOAT;
      case DOUBLE -> DType.DOUBLE;
      case INT -> DType.INT;
      case HALF, BFLOAT16 -> throw refused(type, "Convert it with castTo(DataType.FLOAT)");
      case BOOL, BYTE, UBYTE, SHORT, UINT16 ->
          throw refused(type, "Convert it with castTo(DataType.INT32)");
      case LONG, UINT32, UINT64 ->
          throw refused(type, "Convert it with castTo(DataType.INT32) if its values fit");
      default -> throw refused(type, "Tensors hold numbers only");
    };
  }

  private static IllegalArgumentException refused(DataType type, String remedy) {
    return refused("an array in FLOAT, DOUBLE or INT32", "one in " + type, remedy);
  }

  private static IllegalArgumentException refused(String expected, String got, String remedy) {
    return new IllegalArgumentException(
        "Step.tensor: expected " + expected + ", got " + got + ". " + remedy + ".");
  }

  /**
   * A copy in C order that belongs to ND4J: outside of its workspaces, freed by its owner or by the
   * garbage collector.
   *
   * @param array one of this library, which lies in C order and has no gaps
   * @throws InsufficientMemoryException if there is not so much memory
   */
  public static INDArray copy(INDArray array) {
    String what = "a copy of a tensor " + Arrays.toString(array.shape());
    MemoryLimits.check(array.length() * array.dataType().width(), what);
    INDArray copy = Nd4j.createUninitializedDetached(array.dataType(), 'c', array.shape());
    HeapCopy.copy(array, copy);
    return copy;
  }
}
