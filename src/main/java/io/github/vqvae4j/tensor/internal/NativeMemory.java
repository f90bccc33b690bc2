package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.DType;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A block of off-heap memory, aligned for vector instructions, which can be wrapped by arrays. */
public final class NativeMemory implements AutoCloseable {
  /** The size of a cache line in bytes; oneDNN's kernels are fastest on aligned memory. */
  static final int ALIGNMENT = 64;

  /** The total size of each thread's open workspaces, in bytes. */
  private static final ThreadLocal<AtomicLong> WORKSPACES =
      ThreadLocal.withInitial(AtomicLong::new);

  private final BytePointer block;
  private final Pointer start;
  private final long address;
  private final long bytes;

  /** The counter of total bytes that includes this block. */
  private final AtomicLong counter;

  /**
   * Allocates a block with undefined contents.
   *
   * @param bytes the size of the block
   * @param what the purpose of the block, for error messages
   * @throws InsufficientMemoryException if there is not enough memory
   * @throws IllegalStateException if the natives cannot be loaded or their versions are mixed
   */
  public NativeMemory(long bytes, String what) {
    this(bytes, what, new AtomicLong());
  }

  private NativeMemory(long bytes, String what, AtomicLong counter) {
    Natives.load();
    MemoryLimits.check(bytes, what);
    try {
      block = new BytePointer(bytes + ALIGNMENT);
    } catch (OutOfMemoryError e) {
      throw MemoryLimits.insufficientNative(bytes, what, e);
    }
    address = align(block.address());
    start = pointerAt(address, DType.FLOAT, bytes / Float.BYTES);
    this.bytes = bytes;
    this.counter = counter;
    counter.addAndGet(bytes);
  }

  /**
   * Allocates a block that an operation keeps for subsequent calls.
   *
   * @param bytes the size of the block
   * @param what the purpose of the block, for error messages
   */
  static NativeMemory workspace(long bytes, String what) {
    return new NativeMemory(bytes, what, WORKSPACES.get());
  }

  /** Returns the total size of this thread's open workspaces, in bytes. */
  public static long workspaceBytes() {
    return WORKSPACES.get().get();
  }

  static long align(long value) {
    return (value + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Returns the address of the block. */
  public long address() {
    return address;
  }

  /** Returns the size of the block in bytes. */
  long bytes() {
    return bytes;
  }

  /** Returns a pointer to the first {@code length} elements. */
  Pointer pointer(DType dtype, long length) {
    return pointerAt(address, dtype, length);
  }

  /** Returns a pointer to the whole block, as floats. */
  Pointer pointer() {
    return start;
  }

  /** Releases the block. Arrays that wrap it must not be used afterwards. */
  @Override
  public void close() {
    if (!block.isNull()) {
      counter.addAndGet(-bytes);
      block.deallocate();
    }
  }

  /** Returns whether the block has been freed. */
  boolean isClosed() {
    return block.isNull();
  }

  /** Wraps memory, which the caller must keep alive, in an array. */
  public static INDArray wrap(long address, DType dtype, long... shape) {
    long length = 1;
    for (long d : shape) {
      length *= d;
    }
    DataBuffer buffer = Nd4j.createBuffer(pointerAt(address, dtype, length), length, type(dtype));
    return Nd4j.create(buffer, shape);
  }

  /** Returns ND4J's type for a data type. */
  public static DataType type(DType dtype) {
    return switch (dtype) {
      case FLOAT -> DataType.FLOAT;
      case DOUBLE -> DataType.DOUBLE;
      case INT -> DataType.INT32;
    };
  }

  /** Returns the data type of an array created by {@link #wrap}. */
  public static DType dtypeOf(INDArray array) {
    return switch (array.dataType()) {
      case FLOAT -> DType.FLOAT;
      case DOUBLE -> DType.DOUBLE;
      default -> DType.INT;
    };
  }

  private static Pointer pointerAt(long target, DType dtype, long length) {
    // JavaCPP lets only a subclass set the address of a pointer to foreign memory.
    return switch (dtype) {
      case FLOAT ->
          new FloatPointer((Pointer) null) {
            {
              address = target;
              limit = length;
              capacity = length;
            }
          };
      case DOUBLE ->
          new DoublePointer((Pointer) null) {
            {
              address = target;
              limit = length;
              capacity = length;
            }
          };
      case INT ->
          new IntPointer((Pointer) null) {
            {
              address = target;
              limit = length;
              capacity = length;
            }
          };
    };
  }
}
