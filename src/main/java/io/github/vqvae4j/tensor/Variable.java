package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import io.github.vqvae4j.tensor.internal.OpenSteps;
import io.github.vqvae4j.tensor.internal.VersionStamp;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A mutable array that outlives a step: the base class of parameters and buffers. It owns off-heap
 * memory, which is released by {@link #close}, or when the variable is garbage collected.
 *
 * <pre>{@code
 * try (Step step = Step.training(rng)) {
 *   Tensor w = weight.in(step);             // weight is a Parameter of a layer
 *   x.matmul(w).square().mean().backward();
 *   Tensor gradient = step.gradient(weight);
 * }
 * }</pre>
 *
 * <p>Several threads may read a variable concurrently in their steps, but not while it is written.
 */
public class Variable implements AutoCloseable {
  private final long[] shape;
  private final boolean trainable;
  private volatile boolean frozen;
  private DType dtype = DType.FLOAT;
  private NativeMemory memory;

  /** Null before the first values, and after {@link #close}, which another thread may call. */
  private volatile INDArray array;

  private long version;
  private volatile Cached cached;
  private Replacements replacements = new Replacements(0, null);

  /**
   * The history of row replacements. It is immutable, so that it can be saved and restored.
   *
   * @param count the number of replacements
   * @param lastOfRow the number of the last replacement of each row; null before the first
   */
  private record Replacements(long count, long[] lastOfRow) {}

  /** A value computed from the content of a given version. */
  private record Cached(long version, Object value) {}

  /**
   * Creates a variable of type {@link DType#FLOAT}.
   *
   * @param trainable whether training steps compute its gradient
   * @param values the values in row-major order, or null: memory is then allocated by the first
   *     call of {@link #set(float[])}, which must precede any other use
   * @param shape the shape, with dimensions of at least 1
   * @throws IllegalArgumentException if the number of values does not match the shape
   */
  protected Variable(boolean trainable, float[] values, long... shape) {
    this.shape = shape.clone();
    this.trainable = trainable;
    long size = Shape.checkedSize("Variable", shape);
    if (values == null) {
      return;
    }
    if (size != values.length) {
      throw new IllegalArgumentException(
          "Variable: shape "
              + Arrays.toString(shape)
              + " has "
              + size
              + (size == 1 ? " element, got " : " elements, got ")
              + values.length
              + " values.");
    }
    set(values);
  }

  private void allocate(DType type) {
    memory =
        new NativeMemory(
            (long) size() * type.bytes(), "a variable of shape " + Arrays.toString(shape));
    array = NativeMemory.wrap(memory.address(), type, shape);
    dtype = type;
  }

  /**
   * Returns the name used in error messages.
   *
   * @return the name within its model, such as {@code encoder.project.weight}, if there is one
   */
  public String name() {
    return "a variable of shape " + Arrays.toString(shape);
  }

  /**
   * Returns a copy of the shape.
   *
   * @return the size of each axis
   */
  public final long[] shape() {
    return shape.clone();
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the shape
   */
  public final int size() {
    return Math.toIntExact(Shape.size(shape));
  }

  /**
   * Returns the data type.
   *
   * @return FLOAT, unless changed by {@link #convert}
   */
  public final DType dtype() {
    return dtype;
  }

  /**
   * Returns whether training steps compute the gradient of this variable.
   *
   * @return true for parameters that are not frozen, false for buffers
   */
  public final boolean isTrainable() {
    return trainable && !frozen;
  }

  /**
   * Excludes this variable from training. Steps that use it from now on compute no gradient of it,
   * and skip updates that would write it ({@link Step#onCommit}). Gradients are still propagated to
   * the other operands of its operations. Other writes, such as loading a file, are not affected.
   */
  public final void freeze() {
    frozen = true;
  }

  /** Includes this variable in training again. New variables are not frozen. */
  public final void unfreeze() {
    frozen = false;
  }

  /**
   * Returns whether this variable is excluded from training.
   *
   * @return true after {@link #freeze}
   */
  public final boolean isFrozen() {
    return frozen;
  }

  /** Returns whether this variable has a gradient unless it is frozen. */
  final boolean isParameter() {
    return trainable;
  }

  /**
   * Returns this variable as a tensor of a step. Each step creates the tensor once, so that its
   * gradient is the sum over all uses.
   *
   * @param step the step
   * @return a tensor whose gradient is recorded if the variable is trainable and this is a training
   *     step
   */
  public final Tensor in(Step step) {
    return step.leaf(this);
  }

  /**
   * Copies the values to an array.
   *
   * @return the values in row-major order
   * @throws IllegalStateException if the data type is not FLOAT
   */
  public final float[] toFloats() {
    float[] copy = new float[size()];
    read(0, copy, 0, copy.length);
    return copy;
  }

  /**
   * Copies the values to an array of doubles, without loss of precision.
   *
   * @return the values in row-major order
   */
  public final double[] toDoubles() {
    long number = OpenSteps.add(this);
    try {
      return HeapCopy.doublesOf(array());
    } finally {
      OpenSteps.remove(number);
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Overwrites all values.
   *
   * @param values the new values in row-major order
   * @throws IllegalArgumentException if the number of values does not match the shape
   */
  public final void set(float[] values) {
    checkLength(values.length);
    if (memory == null) {
      allocate(dtype);
    }
    write(0, values, 0, values.length);
  }

  /**
   * Overwrites all values, rounded if the data type is FLOAT.
   *
   * @param values the new values in row-major order
   * @throws IllegalArgumentException if the number of values does not match the shape
   */
  public final void set(double[] values) {
    checkLength(values.length);
    HeapCopy.write(values, array());
    version = VersionStamp.next();
  }

  /** Overwrites all values with those of an array of the same shape and data type. */
  final void set(INDArray values) {
    HeapCopy.copy(values, array());
    version = VersionStamp.next();
  }

  /**
   * Replaces rows with unrelated ones, as when dead codes are reinitialized. Statistics of the old
   * rows, such as an optimizer's moments, are not valid for the new ones.
   *
   * @param rows the indices of the rows along the first axis
   * @param values the concatenated new rows
   * @throws IllegalArgumentException if the number of values does not match the rows, or a row does
   *     not exist; the variable is unchanged then
   */
  public final void replaceRows(int[] rows, double[] values) {
    int length = size() / (int) shape[0];
    if ((long) rows.length * length != values.length
        || Arrays.stream(rows).anyMatch(row -> row < 0 || row >= shape[0])) {
      throw new IllegalArgumentException(
          "Variable.replaceRows: expected rows from 0 to "
              + (shape[0] - 1)
              + " and "
              + length
              + " values for each, got "
              + rows.length
              + " rows "
              + Arrays.toString(rows)
              + " and "
              + values.length
              + " values.");
    }
    long count = replacements.count + 1;
    long[] last =
        replacements.lastOfRow == null ? new long[(int) shape[0]] : replacements.lastOfRow.clone();
    for (int row : rows) {
      last[row] = count;
    }
    writeRows(rows, length, values);
    replacements = new Replacements(count, last);
  }

  private void writeRows(int[] rows, int length, double... values) {
    if (dtype == DType.DOUBLE) {
      double[] all = toDoubles();
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(values, i * length, all, rows[i] * length, length);
      }
      set(all);
      return;
    }
    float[] row = new float[length]; // a copy of all rows could be large
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < length; j++) {
        row[j] = (float) values[i * length + j];
      }
      write((long) rows[i] * length, row, 0, length);
    }
  }

  /**
   * Returns the number of calls of {@link #replaceRows} so far.
   *
   * @return the number of calls
   */
  public final long replacementCount() {
    return replacements.count;
  }

  /**
   * Returns whether a row was replaced after a given number of replacements.
   *
   * @param row the index of the row along the first axis
   * @param since an earlier result of {@link #replacementCount}
   * @return true if the row has been replaced since
   */
  public final boolean isReplaced(int row, long since) {
    return replacements.count > since && replacements.lastOfRow[row] > since;
  }

  /**
   * Saves the history of row replacements, for callers that undo a step.
   *
   * @return an action that restores the history, but not the values
   */
  public final Runnable saveReplacements() {
    Replacements saved = replacements;
    return () -> replacements = saved;
  }

  private void checkLength(int length) {
    if (length != size()) {
      throw new IllegalArgumentException(
          name()
              + ": expected "
              + size()
              + (size() == 1 ? " value for shape " : " values for shape ")
              + Arrays.toString(shape)
              + ", got "
              + length
              + ".");
    }
  }

  /**
   * Copies a range of the values of a FLOAT variable into an array.
   *
   * @param offset the index of the first value to copy, in row-major order
   * @param target the array to copy to
   * @param start the index in {@code target} of the first value
   * @param length the number of values to copy
   * @throws IllegalStateException if the data type is not FLOAT
   * @throws IllegalArgumentException if a range is out of bounds
   */
  public final void read(long offset, float[] target, int start, int length) {
    checkFloat();
    long number = OpenSteps.add(this);
    try {
      HeapCopy.checkRanges(this::name, array(), offset, target.length, start, length);
      HeapCopy.read(array(), offset, target, start, length);
    } finally {
      OpenSteps.remove(number);
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Overwrites a range of the values of a FLOAT variable.
   *
   * @param offset the index of the first value to overwrite, in row-major order
   * @param source the array to copy from
   * @param start the index in {@code source} of the first value
   * @param length the number of values to copy
   * @throws IllegalStateException if the data type is not FLOAT
   * @throws IllegalArgumentException if a range is out of bounds
   */
  public final void write(long offset, float[] source, int start, int length) {
    checkFloat();
    HeapCopy.checkRanges(this::name, array(), offset, source.length, start, length);
    HeapCopy.write(source, start, length, array(), offset);
    version = VersionStamp.next();
  }

  private void checkFloat() {
    if (dtype != DType.FLOAT) {
      throw new IllegalStateException(
          name()
              + ": expected a FLOAT variable, got DOUBLE, which is for gradient checks; use"
              + " toDoubles() and set(double[]).");
    }
  }

  /**
   * Converts to another data type, rounding the values if necessary.
   *
   * @param target FLOAT or DOUBLE
   * @throws IllegalArgumentException if the target is INT
   */
  public final void convert(DType target) {
    if (target == DType.INT) {
      throw new IllegalArgumentException(name() + ": expected FLOAT or DOUBLE, got INT.");
    }
    double[] values = toDoubles();
    NativeMemory previous = memory;
    allocate(target);
    OpenSteps.free(previous::close);
    set(values);
  }

  /**
   * Releases the memory, at the latest when the steps that are now open, in any thread, have been
   * closed. The variable must not be used afterwards: steps then throw an {@link
   * IllegalStateException}.
   */
  @Override
  public final synchronized void close() {
    if (array != null) {
      array = null; // before the open steps are counted
      cached = null;
      OpenSteps.free(memory::close);
    }
  }

  final INDArray array() {
    INDArray current = array;
    if (current == null) {
      throw new IllegalStateException(
          name() + (memory == null ? ": it has no values yet." : ": its model was closed."));
    }
    return current;
  }

  /**
   * Returns the version of the content. Every write of any variable assigns a new version, which is
   * larger than all previous ones.
   *
   * @return the version; 0 if no values have been set
   */
  public final long version() {
    return version;
  }

  /**
   * Returns a value computed from the content, cached until the next write. Threads may compute it
   * concurrently.
   */
  final <T> T cached(Class<T> type, Supplier<T> computation) {
    Cached current = cached;
    if (current == null || current.version() != version || !type.isInstance(current.value())) {
      current = new Cached(version, computation.get());
      cached = current;
    }
    return type.cast(current.value());
  }
}
