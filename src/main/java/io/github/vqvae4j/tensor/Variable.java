package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import io.github.vqvae4j.tensor.internal.VersionStamp;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers that outlive a step: the base of a model's parameters and buffers. It owns native memory,
 * which {@link #close} frees (the garbage collector does, if nobody closes it).
 *
 * <p>Many threads may read one variable in their steps; nobody may write meanwhile.
 */
public class Variable implements AutoCloseable {
  private final long[] shape;
  private final boolean trainable;
  private volatile boolean frozen;
  private DType dtype = DType.FLOAT;
  private NativeMemory memory;
  private INDArray array;
  private long stamp;
  private volatile Cached cached;
  private Replacements replaced = new Replacements(0, null);

  /**
   * Which rows were replaced; never written, so that it can be kept and put back.
   *
   * @param count of all replacements
   * @param lastOfRow the last of them that each row was part of; null before the first
   */
  private record Replacements(long count, long[] lastOfRow) {}

  /** What was made of the content with this stamp. */
  private record Cached(long stamp, Object value) {}

  /**
   * A variable in {@link DType#FLOAT}.
   *
   * @param trainable whether training steps find its gradient
   * @param values row by row, the last axis fastest; null for none yet: it takes its memory when it
   *     is first {@linkplain #set(float[]) set}, and is of no use before
   * @param shape each dimension at least 1
   * @throws IllegalArgumentException if values and shape differ in size
   */
  protected Variable(boolean trainable, float[] values, long... shape) {
    this.shape = shape.clone();
    this.trainable = trainable;
    long size = Shape.size(shape);
    if (values == null) {
      return;
    }
    if (size != values.length) {
      throw new IllegalArgumentException(
          "Variable: shape "
              + Arrays.toString(shape)
              + " does not hold "
              + values.length
              + " values.");
    }
    set(values);
  }

  private void allocate(DType in) {
    memory =
        new NativeMemory(
            (long) size() * in.bytes(), "a variable of shape " + Arrays.toString(shape));
    array = NativeMemory.wrap(memory.address(), in, shape);
    dtype = in;
  }

  /**
   * Returns what error messages call it.
   *
   * @return the name within its model, such as {@code encoder.project.weight}, where it has one
   */
  public String name() {
    return "a variable of shape " + Arrays.toString(shape);
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
  public final DType dtype() {
    return dtype;
  }

  /**
   * Whether training finds its gradient.
   *
   * @return true for parameters that are not frozen, false for buffers
   */
  public final boolean isTrainable() {
    return trainable && !frozen;
  }

  /**
   * Keeps training from changing it: steps that use it from now on find no gradient of it, and
   * leave out updates that would write it ({@link Step#onCommit}). Gradients still go to what it is
   * computed with. It may be written otherwise, as by loading a file.
   */
  public final void freeze() {
    frozen = true;
  }

  /** Lets training change it again; a new variable is not frozen. */
  public final void unfreeze() {
    frozen = false;
  }

  /**
   * Returns whether training leaves it as it is.
   *
   * @return true after {@link #freeze}
   */
  public final boolean isFrozen() {
    return frozen;
  }

  /** Whether it has gradients unless it is frozen. */
  final boolean isParameter() {
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
   * A copy of its numbers, exact in FLOAT and DOUBLE.
   *
   * @return row by row, the last axis fastest
   */
  public final double[] toDoubles() {
    try {
      return HeapCopy.doublesOf(array());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Overwrites all its numbers.
   *
   * @param values as many as it holds
   */
  public final void set(float[] values) {
    checkLength(values.length);
    if (memory == null) {
      allocate(dtype);
    }
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
    stamp = VersionStamp.next();
  }

  /** Overwrites all its numbers with those of an array of its shape and dtype. */
  final void set(INDArray values) {
    HeapCopy.copy(values, array());
    stamp = VersionStamp.next();
  }

  /**
   * Replaces rows by unrelated ones, as when codes restart at other vectors: statistics of the old
   * rows, such as an optimizer's moments, do not hold for the new ones.
   *
   * @param rows indices along the first axis
   * @param values the rows, one after the other
   * @throws IllegalArgumentException if there are more or fewer values than these rows have, or no
   *     such row; nothing has changed then
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
    double[] all = toDoubles();
    long count = replaced.count + 1;
    long[] last =
        replaced.lastOfRow == null ? new long[(int) shape[0]] : replaced.lastOfRow.clone();
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, i * length, all, rows[i] * length, length);
      last[rows[i]] = count;
    }
    replaced = new Replacements(count, last);
    set(all);
  }

  /**
   * Returns how many times rows were replaced.
   *
   * @return the number of calls of {@link #replaceRows} so far
   */
  public final long replacements() {
    return replaced.count;
  }

  /**
   * Returns whether a row was replaced after a number of replacements.
   *
   * @param row its index along the first axis
   * @param since an earlier result of {@link #replacements}
   * @return true if the row of that time has been replaced
   */
  public final boolean isReplaced(int row, long since) {
    return replaced.count > since && replaced.lastOfRow[row] > since;
  }

  /**
   * Keeps which rows have been replaced so far, for whoever undoes a step.
   *
   * @return takes the replacements since back; the numbers it leaves as they are
   */
  public final Runnable keepReplacements() {
    Replacements before = replaced;
    return () -> replaced = before;
  }

  private void checkLength(int length) {
    if (length != size()) {
      throw new IllegalArgumentException(
          name()
              + ": expected "
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
    try {
      HeapCopy.read(array(), offset, target, start, length);
    } finally {
      Reference.reachabilityFence(this);
    }
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
    stamp = VersionStamp.next();
  }

  private void checkFloat() {
    if (dtype != DType.FLOAT) {
      throw new IllegalStateException(
          "Variable: it is in DOUBLE, for gradient checks; use toDoubles() and set(double[]).");
    }
  }

  /**
   * Changes the number format, keeping the values as far as the format holds them.
   *
   * @param target FLOAT or DOUBLE
   * @throws IllegalArgumentException if it is INT
   */
  public final void convert(DType target) {
    if (target == DType.INT) {
      throw new IllegalArgumentException(name() + ": expected FLOAT or DOUBLE, got INT.");
    }
    double[] values = toDoubles();
    NativeMemory before = memory;
    allocate(target);
    before.close();
    set(values);
  }

  /** Frees its memory; it must not be used any more. */
  @Override
  public final void close() {
    if (array != null) {
      array = null;
      cached = null;
      memory.close();
    }
  }

  final INDArray array() {
    if (array == null) {
      throw new IllegalStateException(
          name() + (memory == null ? ": it has no values yet." : ": its model was closed."));
    }
    return array;
  }

  /**
   * Returns the version of the content: every write of any variable gives a new one, larger than
   * all before.
   *
   * @return above 0
   */
  public final long stamp() {
    return stamp;
  }

  /** What is made of the content, once until the next write; threads may make it side by side. */
  final <T> T cached(Class<T> type, Supplier<T> make) {
    Cached known = cached;
    if (known == null || known.stamp() != stamp || !type.isInstance(known.value())) {
      known = new Cached(stamp, make.get());
      cached = known;
    }
    return type.cast(known.value());
  }
}
