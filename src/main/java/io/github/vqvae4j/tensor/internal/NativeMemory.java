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

/** A block of memory outside the heap, aligned for vector instructions, and arrays laid over it. */
public final class NativeMemory implements AutoCloseable {
  /** Bytes of a cache line; slots that start at one are what oneDNN's kernels like best. */
  static final int ALIGNMENT = 64;

  /** Bytes of the open blocks that operations on a thread have for themselves. */
  private static final ThreadLocal<AtomicLong> WORKSPACES =
      ThreadLocal.withInitial(AtomicLong::new);

  private final BytePointer block;
  private final Pointer start;
  private final long address;
  private final long bytes;

  /** What the block is counted in. */
  private final AtomicLong counter;

  /**
   * Allocates a block; its content is undefined.
   *
   * @param bytes its size
   * @param what it is for, as an error calls it
   * @throws InsufficientMemoryException if there is not so much
   * @throws IllegalStateException if the natives cannot be loaded, or their versions are mixed
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
      throw MemoryLimits.outsideHeap(bytes, what, e);
    }
    address = align(block.address());
    start = at(address, DType.FLOAT, bytes / Float.BYTES);
    this.bytes = bytes;
    this.counter = counter;
    counter.addAndGet(bytes);
  }

  /**
   * Allocates a block that an operation keeps for its next calls, as the constructor does.
   *
   * @param bytes its size
   * @param what it is for
   */
  static NativeMemory workspace(long bytes, String what) {
    return new NativeMemory(bytes, what, WORKSPACES.get());
  }

  /** Bytes of this thread's open {@link #workspace}s. */
  public static long workspaces() {
    return WORKSPACES.get().get();
  }

  static long align(long value) {
    return (value + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Where the block begins. */
  public long address() {
    return address;
  }

  /** How many bytes there are. */
  long bytes() {
    return bytes;
  }

  /** Its first numbers. */
  Pointer pointer(DType dtype, long length) {
    return at(address, dtype, length);
  }

  /** All of it, as floats. */
  Pointer pointer() {
    return start;
  }

  /** Frees the block at once; arrays laid over it must not be used any more. */
  @Override
  public void close() {
    if (!block.isNull()) {
      counter.addAndGet(-bytes);
      block.deallocate();
    }
  }

  /** An array over memory that somebody else keeps alive. */
  public static INDArray wrap(long address, DType dtype, long... shape) {
    long length = 1;
    for (long d : shape) {
      length *= d;
    }
    DataBuffer buffer = Nd4j.createBuffer(at(address, dtype, length), length, type(dtype));
    return Nd4j.create(buffer, shape);
  }

  /** The number format as ND4J names it. */
  public static DataType type(DType dtype) {
    return switch (dtype) {
      case FLOAT -> DataType.FLOAT;
      case DOUBLE -> DataType.DOUBLE;
      case INT -> DataType.INT32;
    };
  }

  /** The number format of an array that {@link #wrap} made. */
  public static DType dtypeOf(INDArray array) {
    return switch (array.dataType()) {
      case FLOAT -> DType.FLOAT;
      case DOUBLE -> DType.DOUBLE;
      default -> DType.INT;
    };
  }

  private static Pointer at(long where, DType dtype, long length) {
    // JavaCPP lets only a subclass set the address of a pointer to foreign memory.
    return switch (dtype) {
      case FLOAT ->
          new FloatPointer((Pointer) null) {
            {
              address = where;
              limit = length;
              capacity = length;
            }
          };
      case DOUBLE ->
          new DoublePointer((Pointer) null) {
            {
              address = where;
              limit = length;
              capacity = length;
            }
          };
      case INT ->
          new IntPointer((Pointer) null) {
            {
              address = where;
              limit = length;
              capacity = length;
            }
          };
    };
  }
}
