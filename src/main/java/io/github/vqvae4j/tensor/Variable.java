package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers that outlive a step: the base of a model's parameters and buffers. It owns native memory,
 * which {@link #close} frees (the garbage collector does, if nobody closes it).
 *
 * <p>Many threads may read one variable in their steps; nobody may write meanwhile.
 */
public class Variable implements AutoCloseable {
  private static final AtomicLong STAMPS = new AtomicLong();

  private final long[] shape;
  private final boolean trainable;
  private Precision precision = Precision.FLOAT;
  private NativeMemory memory;
  private INDArray array;
  private long stamp;

  /**
   * A variable in {@link Precision#FLOAT}.
   *
   * @param trainable whether training steps find its gradient
   * @param values row by row, the last axis fastest
   * @param shape each dimension at least 1
   * @throws IllegalArgumentException if values and shape differ in size
   */
  protected Variable(boolean trainable, float[] values, long... shape) {
    this.shape = shape.clone();
    this.trainable = trainable;
    if (Shape.size(shape) != values.length) {
      throw new IllegalArgumentException(
          "Variable: shape "
              + Arrays.toString(shape)
              + " does not hold "
              + values.length
              + " values.");
    }
    allocate();
    set(values);
  }

  private void allocate() {
    memory = new NativeMemory((long) size() * precision.bytes());
    array = NativeMemory.wrap(memory.address(), precision, shape);
  }

  /**
   * The shape.
   *
   * @return a copy
   */
  public final long[] shape() {
    return shape.clone();
  }

  /**
   * How many numbers it holds.
   *
   * @return the product of the shape
   */
  public final int size() {
    return Math.toIntExact(Shape.size(shape));
  }

  /**
   * Its number format.
   *
   * @return FLOAT until {@link #convert} changed it
   */
  public final Precision precision() {
    return precision;
  }

  /**
   * Whether training finds its gradient.
   *
   * @return true for parameters, false for buffers
   */
  public final boolean isTrainable() {
    return trainable;
  }

  /**
   * This variable as a tensor of a step. Asking twice gives the same tensor, so that the gradient
   * is that of all its uses.
   *
   * @param step where it is used
   * @return a tensor whose gradient is recorded if the variable is trainable and the step trains
   */
  public final Tensor in(Step step) {
    return step.leaf(this);
  }

  /**
   * A copy of its numbers.
   *
   * @return row by row, the last axis fastest
   */
  public final float[] toFloats() {
    float[] copy = new float[size()];
    read(0, copy, 0, copy.length);
    return copy;
  }

  /**
   * A copy of its numbers, exact in either precision.
   *
   * @return row by row, the last axis fastest
   */
  public final double[] toDoubles() {
    return HeapCopy.doublesOf(array());
  }

  /**
   * Overwrites all its numbers.
   *
   * @param values as many as it holds
   */
  public final void set(float[] values) {
    checkLength(values.length);
    write(0, values, 0, values.length);
  }

  /**
   * Overwrites all its numbers, rounded if it is in FLOAT.
   *
   * @param values as many as it holds
   */
  public final void set(double[] values) {
    checkLength(values.length);
    HeapCopy.write(values, array());
    stamp = STAMPS.incrementAndGet();
  }

  private void checkLength(int length) {
    if (length != size()) {
      throw new IllegalArgumentException(
          "Variable: expected "
              + size()
              + " values for shape "
              + Arrays.toString(shape)
              + ", got "
              + length
              + ".");
    }
  }

  /**
   * Copies some of its numbers into a part of an array; for variables in FLOAT.
   *
   * @param offset of the first number here
   * @param target where they go
   * @param start where in the target
   * @param length how many
   */
  public final void read(long offset, float[] target, int start, int length) {
    checkFloat();
    HeapCopy.read(array(), offset, target, start, length);
  }

  /**
   * Overwrites some of its numbers; for variables in FLOAT.
   *
   * @param offset of the first number here
   * @param source where they come from
   * @param start where in the source
   * @param length how many
   */
  public final void write(long offset, float[] source, int start, int length) {
    checkFloat();
    HeapCopy.write(source, start, length, array(), offset);
    stamp = STAMPS.incrementAndGet();
  }

  private void checkFloat() {
    if (precision != Precision.FLOAT) {
      throw new IllegalStateException(
          "Variable: it is in DOUBLE, for gradient checks; use toDoubles() and set(double[]).");
    }
  }

  /**
   * Changes the number format, keeping the values as far as the format holds them.
   *
   * @param target the new format
   */
  public final void convert(Precision target) {
    double[] values = toDoubles();
    memory.close();
    precision = target;
    allocate();
    set(values);
  }

  /** Frees its memory; it must not be used any more. */
  @Override
  public final void close() {
    if (array != null) {
      array = null;
      memory.close();
    }
  }

  final INDArray array() {
    if (array == null) {
      throw new IllegalStateException(
          "Variable of shape " + Arrays.toString(shape) + ": its model was closed.");
    }
    return array;
  }

  /**
   * A number for the content: every write of any variable gives a new one, larger than all before.
   *
   * @return above 0
   */
  public final long stamp() {
    return stamp;
  }
}
