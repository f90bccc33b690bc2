package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.RandomSample.Distribution;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import io.github.vqvae4j.tensor.internal.Kernels.PoolingMode;
import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import io.github.vqvae4j.tensor.internal.Nd4jArrays;
import io.github.vqvae4j.tensor.internal.VersionStamp;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An immutable multi-dimensional array computed in a {@link Step}, with automatic differentiation.
 *
 * <p>Every operation returns a new tensor. A training step records each operation; {@link
 * #backward()} on a scalar then computes the gradient with respect to every {@link Variable} that
 * the scalar depends on.
 *
 * <pre>{@code
 * try (Step step = Step.training(new Rng(1))) {
 *   Tensor x = step.tensor(new float[] {1, 2, 3, 4}, 2, 2).requireGradient();
 *   Tensor loss = x.matmul(x).tanh().mean();
 *   loss.backward();
 *   float[] gradient = x.gradient().toFloats();
 * }
 * }</pre>
 *
 * <p>Elements are in row-major order, with the last axis contiguous. Images are [batch, height,
 * width, channels]. A scalar has shape [1].
 *
 * <p>Binary operations broadcast: shapes are aligned at the last axis, and axes of size 1 are
 * repeated. Both operands must belong to the same step and have the same {@link DType}. Negative
 * axes count from the end; reductions without axes reduce over all axes.
 *
 * <p>Every operation throws {@link IllegalArgumentException} if a shape, axis, index, setting or
 * data type is invalid, with a message that states what was expected and what was given. Operations
 * throw {@link IllegalStateException} if the step is closed or belongs to another thread. INT
 * tensors support comparisons, selection, shape and index operations only.
 *
 * <p>A tensor is valid until its step closes; {@link #toFloats()} copies its values to an array.
 */
public final class Tensor {
  static {
    FusedConvolution.provide(Convolutions::of);
  }

  private final Step step;
  private INDArray value;
  private final long[] shape;
  private final DType dtype;

  /** The variable whose storage this tensor views, or null. */
  private final Variable variable;

  /** The node of this tensor in the autograd graph, or null if it is not differentiable. */
  private Node node;

  /** The tensor whose memory this one shares, or null if it has its own memory. */
  private Tensor storageOwner;

  /** Whether this tensor, or a view of its memory, is an operand of a recorded operation. */
  private boolean neededByGradients;

  /** The version of this tensor's own memory, or 0 if it has not been requested yet. */
  private long version;

  Tensor(Step step, INDArray value, DType dtype, Variable variable, Node node) {
    this.step = step;
    this.value = value;
    this.shape = value.shape();
    this.dtype = dtype;
    this.variable = variable;
    this.node = node;
  }

  // --- properties and copies

  /**
   * Returns the step that this tensor belongs to.
   *
   * @return the step
   */
  public Step step() {
    return step;
  }

  /**
   * Returns a copy of the shape.
   *
   * @return the size of each axis
   */
  public long[] shape() {
    return shape.clone();
  }

  /**
   * Returns the number of axes.
   *
   * @return the rank, at least 1
   */
  public int rank() {
    return shape.length;
  }

  /**
   * Returns the size of an axis.
   *
   * @param axis the axis; negative values count from the end
   * @return the size, at least 1
   */
  public long size(int axis) {
    return shape[Shape.axes("size", shape, axis)[0]];
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the shape
   */
  public long length() {
    return Shape.size(shape);
  }

  /**
   * Returns the data type.
   *
   * @return FLOAT, DOUBLE for gradient checks, or INT for codes, labels and indices
   */
  public DType dtype() {
    return dtype;
  }

  /**
   * Copies the values to an array. DOUBLE and INT values are rounded to float.
   *
   * @return the values in row-major order
   */
  public float[] toFloats() {
    if (dtype == DType.FLOAT) {
      try {
        return HeapCopy.floatsOf(array());
      } finally {
        Reference.reachabilityFence(this);
      }
    }
    double[] doubles = toDoubles();
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  /**
   * Copies the values to an array of doubles.
   *
   * @return the values in row-major order
   */
  public double[] toDoubles() {
    try {
      return HeapCopy.doublesOf(array());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Copies the values of an INT tensor to an array.
   *
   * @return the values in row-major order
   * @throws IllegalStateException if the data type is not INT
   */
  public int[] toInts() {
    if (dtype != DType.INT) {
      throw new IllegalStateException(
          "Tensor.toInts: expected an INT tensor, got " + dtype + "; use to(DType.INT).");
    }
    try {
      return HeapCopy.intsOf(array());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Copies the values to an ND4J array, for use with ND4J-based libraries. The array outlives the
   * step. ND4J owns its memory, which is never allocated in a workspace, and frees it on {@code
   * close()} or when the array is garbage collected.
   *
   * @return an array of the same shape in row-major order, of type FLOAT, DOUBLE or INT (32 bits)
   */
  public INDArray toINDArray() {
    try {
      return Nd4jArrays.copy(array());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Copies a range of the values of a FLOAT tensor into an array.
   *
   * @param offset the index of the first value to copy, in row-major order
   * @param target the array to copy to
   * @param start the index in {@code target} of the first value
   * @param length the number of values to copy
   * @throws IllegalStateException if the data type is not FLOAT
   * @throws IllegalArgumentException if a range is out of bounds
   */
  public void read(long offset, float[] target, int start, int length) {
    if (dtype != DType.FLOAT) {
      throw new IllegalStateException(
          "Tensor.read: expected a FLOAT tensor, got " + dtype + "; use toDoubles() or toInts().");
    }
    try {
      HeapCopy.checkRanges(() -> "Tensor.read", array(), offset, target.length, start, length);
      HeapCopy.read(array(), offset, target, start, length);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Returns the value of a tensor with exactly one element.
   *
   * @return the value
   * @throws IllegalStateException if there is more than one element
   */
  public double item() {
    if (length() != 1) {
      throw new IllegalStateException(
          "Tensor.item: expected one element, got shape " + Arrays.toString(shape) + ".");
    }
    return toDoubles()[0];
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape);
  }

  /**
   * Releases the memory of an intermediate result from which this tensor was computed, so that the
   * step can reuse it. A chain of layers then needs the memory of only two results.
   *
   * <p>Memory is released in inference only, and never if a gradient depends on it. The call has no
   * effect in a training step, for operands or results of a computation tracked by {@link
   * #requireGradient()}, and for memory that the step does not own or that this tensor shares.
   *
   * @param intermediate a tensor of the same step; later uses of it or of its views throw
   * @return this tensor
   */
  public Tensor release(Tensor intermediate) {
    if (intermediate.step != step) {
      throw new IllegalArgumentException(
          "release: expected a tensor of the same step, got a tensor of another step.");
    }
    Tensor released = intermediate.storageOwner();
    if (!step.isTraining()
        && !step.keepsIntermediates()
        && !isTracked()
        && !intermediate.isTracked()
        && !released.isTracked()
        && !released.neededByGradients
        && released.value != null
        && !sharesMemoryWith(released)) {
      released.releaseMemory();
    }
    return this;
  }

  /** Marks this tensor as a view of another tensor's memory. */
  Tensor withStorageOf(Tensor other) {
    storageOwner = other.storageOwner();
    return this;
  }

  /** Returns the tensor that owns this tensor's memory, which may be this tensor itself. */
  Tensor storageOwner() {
    return storageOwner == null ? this : storageOwner;
  }

  /** Releases the memory to the step's arena if the arena owns it, and invalidates this tensor. */
  void releaseMemory() {
    if (value != null && step.arena().contains(value)) {
      step.arena().release(value);
      invalidate();
    }
  }

  /** Invalidates this tensor: later uses of it and of its views throw. */
  void invalidate() {
    value = null;
  }

  /**
   * Returns whether both tensors start at the same memory address, for example after a reshape.
   *
   * @param other any tensor
   * @return true if they share memory
   */
  public boolean sharesMemoryWith(Tensor other) {
    return array().data().pointer().address() == other.array().data().pointer().address();
  }

  // --- gradients

  /**
   * Computes the gradients of this scalar with respect to every variable, and every tensor created
   * by {@link #requireGradient()}, that it depends on. Gradients accumulate over several calls.
   *
   * <p>Each intermediate result can be backpropagated through only once. If losses share results,
   * add the losses first.
   *
   * @throws IllegalStateException if this is not a scalar, depends on no variable or {@code
   *     requireGradient()} tensor, depends on a result that an earlier call has already
   *     backpropagated through, or depends on a variable that was written after its use
   */
  public void backward() {
    step.graph().backward(this);
  }

  /**
   * Returns whether {@link #backward} computes a gradient for this tensor.
   *
   * @return true if it depends on a trainable variable of a training step, or on a {@link
   *     #requireGradient()} tensor
   */
  public boolean requiresGradient() {
    return isTracked();
  }

  /**
   * Returns whether {@link #backward} passes a gradient, which may be 0, from this tensor to
   * another one.
   *
   * @param other a tensor of the same step
   * @return true if both require a gradient, and this tensor is the other one or was computed from
   *     it by operations that have a gradient; false for a tensor of another step
   */
  public boolean dependsOn(Tensor other) {
    return isTracked() && other.isTracked() && node.dependsOn(other.node);
  }

  /**
   * Returns a tensor of the same value whose gradient is recorded, for gradients with respect to an
   * input. Replaying a {@link Trace} reproduces only the value.
   *
   * @return a leaf of the autograd graph
   */
  public Tensor requireGradient() {
    if (dtype == DType.INT) {
      throw new IllegalArgumentException("requireGradient: INT tensors have no gradient.");
    }
    Tensor leaf = stopGradient();
    leaf.node = step.graph().leaf();
    return leaf;
  }

  /**
   * Returns the gradient computed by {@link #backward()} for a variable's tensor or a tensor
   * created by {@link #requireGradient()}. Gradients of intermediate results are not retained.
   *
   * @return a constant tensor of the same shape, unaffected by later calls of {@code backward()},
   *     or null if no loss depended on this tensor
   * @throws IllegalStateException if this is an intermediate result
   */
  public Tensor gradient() {
    step.graph().checkComplete();
    if (isTracked() && !node.isLeaf()) {
      throw new IllegalStateException(
          "Tensor.gradient: gradients of intermediate results are not retained."
              + " Call it on a variable's tensor, or on one created by requireGradient().");
    }
    if (node == null || node.gradient() == null) {
      return null;
    }
    // Retained, so that a second backward() accumulates into a separate array.
    Tensor gradient = step.constant(node.gradient().retain().array(), dtype);
    gradient.keepForGradients(); // the memory may be shared, so release() must not free it
    return gradient;
  }

  // --- internals used by operations

  /** Returns the value, after checking that its memory is still valid. */
  INDArray array() {
    step.check();
    if (storageOwner != null) {
      storageOwner.array();
    }
    if (variable != null && variable.array() != value) {
      throw new IllegalStateException(
          "Tensor: the variable has since been converted to another data type; open a new step.");
    }
    if (value == null) {
      throw new IllegalStateException(
          "Tensor of shape "
              + Arrays.toString(shape)
              + ": its memory was released by release(), or at the end of the custom operation"
              + " that created it.");
    }
    return value;
  }

  /** Returns the shape without copying it; it must not be modified. */
  long[] dims() {
    return shape;
  }

  /**
   * Returns the variable whose memory holds the value, possibly through a view, or null if there is
   * none.
   */
  Variable storage() {
    return storageOwner().variable;
  }

  /**
   * Marks this tensor as an operand of a recorded operation, so that its memory is retained until
   * the step closes.
   */
  void keepForGradients() {
    storageOwner().neededByGradients = true;
  }

  /**
   * Returns a version that identifies the content. The content of a tensor never changes while it
   * is valid, except in a variable's memory, which may be written.
   */
  long version() {
    if (variable != null) {
      return variable.version();
    }
    if (storageOwner != null) {
      return storageOwner.version();
    }
    if (version == 0) {
      version = VersionStamp.next();
    }
    return version;
  }

  Node node() {
    return node;
  }

  boolean isTracked() {
    return node != null;
  }

  /** Returns whether this is the tensor of a variable in this step. */
  boolean isVariable() {
    return variable != null;
  }

  Kernels kernels() {
    return step.kernels(dtype);
  }

  INDArray allocate(long... ofShape) {
    return step.arena().allocate(dtype, ofShape);
  }

  INDArray view(INDArray base, long... ofShape) {
    return step.arena().view(base, dtype, ofShape);
  }

  void release(INDArray array) {
    step.arena().release(array);
  }

  /** Checks that another operand belongs to the same step and has the same data type. */
  void checkWith(String operation, Tensor other) {
    if (other.step != step || other.dtype != dtype) {
      throw new IllegalArgumentException(
          operation
              + ": expected tensors of the same step and data type, got "
              + dtype
              + " and "
              + other.dtype
              + (other.step == step ? "." : " of different steps."));
    }
  }

  // --- arithmetic with broadcasting

  /**
   * Adds two tensors element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return this + other
   */
  public Tensor add(Tensor other) {
    return step.apply(new Elementwise.BinaryFunction(Binary.ADD), this, other);
  }

  /**
   * Subtracts a tensor element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return this - other
   */
  public Tensor sub(Tensor other) {
    return step.apply(new Elementwise.BinaryFunction(Binary.SUB), this, other);
  }

  /**
   * Multiplies two tensors element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return this * other
   */
  public Tensor mul(Tensor other) {
    return step.apply(new Elementwise.BinaryFunction(Binary.MUL), this, other);
  }

  /**
   * Divides by a tensor element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return this / other
   */
  public Tensor div(Tensor other) {
    return step.apply(new Elementwise.BinaryFunction(Binary.DIV), this, other);
  }

  /**
   * Returns the element-wise maximum, or NaN if either element is NaN. The gradient is propagated
   * to the larger element; equal elements receive half of it each.
   *
   * @param other a tensor that broadcasts with this one
   * @return max(this, other)
   */
  public Tensor maximum(Tensor other) {
    return step.apply(new Elementwise.BinaryFunction(Binary.MAXIMUM), this, other);
  }

  /**
   * Returns the element-wise minimum, or NaN if either element is NaN. The gradient is propagated
   * to the smaller element; equal elements receive half of it each.
   *
   * @param other a tensor that broadcasts with this one
   * @return min(this, other)
   */
  public Tensor minimum(Tensor other) {
    return step.apply(new Elementwise.BinaryFunction(Binary.MINIMUM), this, other);
  }

  /**
   * Adds a scalar to each element.
   *
   * @param scalar the scalar to add
   * @return this + scalar
   */
  public Tensor add(double scalar) {
    return step.apply(new Elementwise.Affine("add", 1, scalar), this);
  }

  /**
   * Multiplies each element by a scalar.
   *
   * @param scalar the factor
   * @return this * scalar
   */
  public Tensor mul(double scalar) {
    return step.apply(new Elementwise.Affine("mul", scalar, 0), this);
  }

  /**
   * Subtracts a scalar from each element.
   *
   * @param scalar the scalar to subtract
   * @return this - scalar
   */
  public Tensor sub(double scalar) {
    return step.apply(new Elementwise.Affine("sub", 1, -scalar), this);
  }

  /**
   * Subtracts each element from a scalar.
   *
   * @param scalar the scalar to subtract from
   * @return scalar - this
   */
  public Tensor rsub(double scalar) {
    return step.apply(new Elementwise.Affine("rsub", -1, scalar), this);
  }

  /**
   * Divides each element by a scalar, correctly rounded.
   *
   * @param scalar the divisor; division by 0 yields infinities and NaN
   * @return this / scalar
   */
  public Tensor div(double scalar) {
    Step.checkNoIntegers("div", this);
    return div(Constants.scalar("div", this, scalar));
  }

  /**
   * Raises each element to a power, as {@link Math#pow} does. The derivative is exponent *
   * x^(exponent - 1).
   *
   * @param exponent the exponent; x^0 is 1, with derivative 0, for every x
   * @return x^exponent
   */
  public Tensor pow(double exponent) {
    return step.apply(new Elementwise.UnaryFunction(Unary.POW, exponent, 0), this);
  }

  // --- comparisons, selection and data types

  /**
   * Compares two tensors element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return an INT tensor: 1 where {@code this < other}, else 0; comparisons with NaN yield 0
   */
  public Tensor lt(Tensor other) {
    return step.apply(new Comparisons.Compare(Comparison.LESS), this, other);
  }

  /**
   * Compares each element with a scalar, which is rounded to this data type first unless that is
   * INT.
   *
   * @param scalar any value
   * @return an INT tensor: 1 where {@code this < scalar}, else 0; comparisons with NaN yield 0
   */
  public Tensor lt(double scalar) {
    return Comparisons.compare(Comparison.LESS, this, scalar);
  }

  /**
   * Compares two tensors element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return an INT tensor: 1 where {@code this <= other}, else 0; comparisons with NaN yield 0
   */
  public Tensor le(Tensor other) {
    return step.apply(new Comparisons.Compare(Comparison.LESS_EQUAL), this, other);
  }

  /**
   * Compares each element with a scalar, which is rounded to this data type first unless that is
   * INT.
   *
   * @param scalar any value
   * @return an INT tensor: 1 where {@code this <= scalar}, else 0; comparisons with NaN yield 0
   */
  public Tensor le(double scalar) {
    return Comparisons.compare(Comparison.LESS_EQUAL, this, scalar);
  }

  /**
   * Compares two tensors element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return an INT tensor: 1 where {@code this > other}, else 0; comparisons with NaN yield 0
   */
  public Tensor gt(Tensor other) {
    return step.apply(new Comparisons.Compare(Comparison.GREATER), this, other);
  }

  /**
   * Compares each element with a scalar, which is rounded to this data type first unless that is
   * INT.
   *
   * @param scalar any value
   * @return an INT tensor: 1 where {@code this > scalar}, else 0; comparisons with NaN yield 0
   */
  public Tensor gt(double scalar) {
    return Comparisons.compare(Comparison.GREATER, this, scalar);
  }

  /**
   * Compares two tensors element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return an INT tensor: 1 where {@code this >= other}, else 0; comparisons with NaN yield 0
   */
  public Tensor ge(Tensor other) {
    return step.apply(new Comparisons.Compare(Comparison.GREATER_EQUAL), this, other);
  }

  /**
   * Compares each element with a scalar, which is rounded to this data type first unless that is
   * INT.
   *
   * @param scalar any value
   * @return an INT tensor: 1 where {@code this >= scalar}, else 0; comparisons with NaN yield 0
   */
  public Tensor ge(double scalar) {
    return Comparisons.compare(Comparison.GREATER_EQUAL, this, scalar);
  }

  /**
   * Compares two tensors element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return an INT tensor: 1 where {@code this == other}, else 0; comparisons with NaN yield 0
   */
  public Tensor eq(Tensor other) {
    return step.apply(new Comparisons.Compare(Comparison.EQUAL), this, other);
  }

  /**
   * Compares each element with a scalar, which is rounded to this data type first unless that is
   * INT.
   *
   * @param scalar any value
   * @return an INT tensor: 1 where {@code this == scalar}, else 0; comparisons with NaN yield 0
   */
  public Tensor eq(double scalar) {
    return Comparisons.compare(Comparison.EQUAL, this, scalar);
  }

  /**
   * Compares two tensors element by element.
   *
   * @param other a tensor that broadcasts with this one
   * @return an INT tensor: 0 where {@code this == other}, else 1; comparisons with NaN yield 1
   */
  public Tensor ne(Tensor other) {
    return step.apply(new Comparisons.Compare(Comparison.NOT_EQUAL), this, other);
  }

  /**
   * Compares each element with a scalar, which is rounded to this data type first unless that is
   * INT.
   *
   * @param scalar any value
   * @return an INT tensor: 0 where {@code this == scalar}, else 1; comparisons with NaN yield 1
   */
  public Tensor ne(double scalar) {
    return Comparisons.compare(Comparison.NOT_EQUAL, this, scalar);
  }

  /**
   * Selects elements from two tensors depending on a condition. All three shapes broadcast. The
   * gradient is propagated to the selected element; the gradient of the other element is exactly 0.
   *
   * @param condition an INT tensor
   * @param a the values to use where the condition is not 0
   * @param b the values to use where the condition is 0, of the data type of a
   * @return the selected elements
   */
  public static Tensor where(Tensor condition, Tensor a, Tensor b) {
    return a.step.apply(new Conditionals.Where(), condition, a, b);
  }

  /**
   * Replaces elements with a value where a mask is set. The gradient of replaced elements is
   * exactly 0.
   *
   * @param mask an INT tensor that broadcasts to this shape
   * @param fill the value to use where the mask is not 0; it may be infinite
   * @return a tensor of this shape
   */
  public Tensor maskedFill(Tensor mask, double fill) {
    return Conditionals.maskedFill(this, mask, fill);
  }

  /**
   * Converts to another data type. Gradients are propagated between FLOAT and DOUBLE only.
   *
   * @param target the data type; conversion to INT truncates toward zero
   * @return a new tensor, or this one if it already has that data type
   * @throws IllegalArgumentException if the target is INT and a value is NaN or out of range
   */
  public Tensor to(DType target) {
    return dtype == target ? this : step.apply(new Cast(target), this);
  }

  // --- element-wise functions

  /**
   * Returns the negative of each element.
   *
   * @return -x
   */
  public Tensor neg() {
    return step.apply(new Elementwise.UnaryFunction(Unary.NEG), this);
  }

  /**
   * Returns the square of each element.
   *
   * @return x^2
   */
  public Tensor square() {
    return step.apply(new Elementwise.UnaryFunction(Unary.SQUARE), this);
  }

  /**
   * Returns the square root of each element. The gradient is infinite at 0.
   *
   * @return sqrt(x)
   */
  public Tensor sqrt() {
    return step.apply(new Elementwise.UnaryFunction(Unary.SQRT), this);
  }

  /**
   * Returns the exponential of each element.
   *
   * @return e^x
   */
  public Tensor exp() {
    return step.apply(new Elementwise.UnaryFunction(Unary.EXP), this);
  }

  /**
   * Returns the natural logarithm of each element.
   *
   * @return ln x
   */
  public Tensor log() {
    return step.apply(new Elementwise.UnaryFunction(Unary.LOG), this);
  }

  /**
   * Returns the absolute value of each element. The gradient is 0 at 0.
   *
   * @return |x|
   */
  public Tensor abs() {
    return step.apply(new Elementwise.UnaryFunction(Unary.ABS), this);
  }

  /**
   * Applies the rectified linear unit. The gradient is 0 at 0, and NaN propagates. The oneDNN
   * implementation, also when fused into a convolution, maps negative infinity to NaN and may flush
   * subnormal values (below 2^-126) toward 0.
   *
   * @return max(x, 0)
   */
  public Tensor relu() {
    return step.apply(new Elementwise.UnaryFunction(Unary.RELU), this);
  }

  /**
   * Applies the logistic sigmoid.
   *
   * @return 1 / (1 + e^-x)
   */
  public Tensor sigmoid() {
    return step.apply(new Elementwise.UnaryFunction(Unary.SIGMOID), this);
  }

  /**
   * Applies the hyperbolic tangent.
   *
   * @return tanh x
   */
  public Tensor tanh() {
    return step.apply(new Elementwise.UnaryFunction(Unary.TANH), this);
  }

  /**
   * Applies the leaky rectified linear unit (Maas et al. 2013). The gradient is {@code slope} at 0.
   *
   * @param slope the slope for negative x
   * @return max(x, 0) + slope min(x, 0)
   */
  public Tensor leakyRelu(double slope) {
    return step.apply(new Elementwise.UnaryFunction(Unary.LEAKY_RELU, slope, 0), this);
  }

  /**
   * Applies the sigmoid linear unit, also called swish (Elfwing et al. 2017).
   *
   * @return x / (1 + e^-x)
   */
  public Tensor silu() {
    return step.apply(new Elementwise.UnaryFunction(Unary.SILU), this);
  }

  /**
   * Applies the Gaussian error linear unit (Hendrycks and Gimpel 2016), computed with the exact
   * error function rather than the tanh approximation.
   *
   * @return x (1 + erf(x / sqrt(2))) / 2
   */
  public Tensor gelu() {
    return step.apply(new Elementwise.UnaryFunction(Unary.GELU), this);
  }

  /**
   * Applies softplus, a smooth approximation of the rectified linear unit. It does not overflow for
   * large x, nor does it switch to a linear function there.
   *
   * @return ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|)
   */
  public Tensor softplus() {
    return step.apply(new Elementwise.UnaryFunction(Unary.SOFTPLUS), this);
  }

  /**
   * Returns the sine of each element, in radians. It is accurate for large x, too.
   *
   * @return sin x
   */
  public Tensor sin() {
    return step.apply(new Elementwise.UnaryFunction(Unary.SIN), this);
  }

  /**
   * Returns the cosine of each element, in radians. It is accurate for large x, too.
   *
   * @return cos x
   */
  public Tensor cos() {
    return step.apply(new Elementwise.UnaryFunction(Unary.COS), this);
  }

  /**
   * Applies the exponential linear unit (Clevert et al. 2016, equation 16).
   *
   * @param alpha the scale of the negative part, which approaches -alpha; 1 in the paper
   * @return x where x &gt; 0, else alpha (e^x - 1)
   */
  public Tensor elu(double alpha) {
    return step.apply(new Elementwise.UnaryFunction(Unary.ELU, alpha, 0), this);
  }

  /**
   * Rounds to the nearest integer, with ties to even. The result is a constant; for a gradient, see
   * {@link #straightThrough(UnaryOperator)}.
   *
   * @return the rounded values
   */
  public Tensor round() {
    return step.apply(new Elementwise.UnaryFunction(Unary.ROUND), this);
  }

  /**
   * Rounds down to the nearest integer. The result is a constant; for a gradient, see {@link
   * #straightThrough(UnaryOperator)}.
   *
   * @return the largest integers not greater than x
   */
  public Tensor floor() {
    return step.apply(new Elementwise.UnaryFunction(Unary.FLOOR), this);
  }

  /**
   * Returns the sign of each element. The result is a constant; for a gradient, see {@link
   * #straightThrough(UnaryOperator)}.
   *
   * @return -1, 0 or 1; NaN for NaN
   */
  public Tensor sign() {
    return step.apply(new Elementwise.UnaryFunction(Unary.SIGN), this);
  }

  /**
   * Clamps each element to a range. The gradient is 0 outside the range, and 1 at its bounds.
   *
   * @param min the lower bound, which may be negative infinity
   * @param max the upper bound, at least {@code min}, which may be infinity
   * @return min(max(x, min), max)
   */
  public Tensor clamp(double min, double max) {
    return step.apply(new Elementwise.UnaryFunction(Unary.CLAMP, min, max), this);
  }

  // --- reductions

  /**
   * Computes the sum over axes, and removes them.
   *
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the sums, of shape [1] if no axis remains
   */
  public Tensor sum(int... axes) {
    return step.apply(new Reductions.Sum(axes.clone()), this);
  }

  /**
   * Computes the mean over axes, and removes them.
   *
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the means, of shape [1] if no axis remains
   */
  public Tensor mean(int... axes) {
    return mean(false, axes);
  }

  /**
   * Computes the maximum over axes, and removes them. The maximum is NaN if any element is NaN. If
   * several elements are equal, the gradient is propagated to the first of them in row-major order.
   *
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the maxima, of shape [1] if no axis remains
   */
  public Tensor max(int... axes) {
    return max(false, axes);
  }

  /**
   * Computes the sum over axes.
   *
   * @param keepDims whether to retain the reduced axes with size 1
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the sums
   */
  public Tensor sum(boolean keepDims, int... axes) {
    return Reductions.keepDims("sum", this, sum(axes), keepDims, axes);
  }

  /**
   * Computes the mean over axes.
   *
   * @param keepDims whether to retain the reduced axes with size 1
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the means
   */
  public Tensor mean(boolean keepDims, int... axes) {
    return Reductions.mean(this, keepDims, axes);
  }

  /**
   * Computes the maximum over axes, as {@link #max(int...)} does.
   *
   * @param keepDims whether to retain the reduced axes with size 1
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the maxima
   */
  public Tensor max(boolean keepDims, int... axes) {
    return Reductions.max("max", this, keepDims, axes);
  }

  /**
   * Computes the minimum over axes, and removes them. The minimum is NaN if any element is NaN. If
   * several elements are equal, the gradient is propagated to the first of them in row-major order.
   *
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the minima, of shape [1] if no axis remains
   */
  public Tensor min(int... axes) {
    return min(false, axes);
  }

  /**
   * Computes the minimum over axes, as {@link #min(int...)} does.
   *
   * @param keepDims whether to retain the reduced axes with size 1
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the minima
   */
  public Tensor min(boolean keepDims, int... axes) {
    Step.checkNoIntegers("min", this);
    return Reductions.max("min", neg(), keepDims, axes).neg();
  }

  /**
   * Computes the unbiased variance (correction 1) over axes, and removes them.
   *
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the variances, of shape [1] if no axis remains
   */
  public Tensor var(int... axes) {
    return var(1, false, axes);
  }

  /**
   * Computes the variance over axes: the sum of squared deviations from the mean, divided by n -
   * correction, where n is the number of elements.
   *
   * @param correction 1 for the unbiased estimate, 0 for the population variance; less than n
   * @param keepDims whether to retain the reduced axes with size 1
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the variances
   */
  public Tensor var(int correction, boolean keepDims, int... axes) {
    return Reductions.variance("var", this, correction, keepDims, axes);
  }

  /**
   * Computes the standard deviation over axes, the square root of {@link #var(int...)}, and removes
   * the axes. Where it is 0, its gradient is 0.
   *
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the standard deviations, of shape [1] if no axis remains
   */
  public Tensor std(int... axes) {
    return std(1, false, axes);
  }

  /**
   * Computes the standard deviation over axes. Where it is 0, its gradient is 0.
   *
   * @param correction the correction, as in {@link #var(int, boolean, int...)}
   * @param keepDims whether to retain the reduced axes with size 1
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the standard deviations
   */
  public Tensor std(int correction, boolean keepDims, int... axes) {
    return Reductions.standardDeviation(this, correction, keepDims, axes);
  }

  /**
   * Computes ln(sum of e^x) over axes without overflow, and removes the axes.
   *
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the results, of shape [1] if no axis remains; negative infinity, with gradient 0, where
   *     all elements are negative infinity
   */
  public Tensor logSumExp(int... axes) {
    return logSumExp(false, axes);
  }

  /**
   * Computes ln(sum of e^x) over axes, as {@link #logSumExp(int...)} does.
   *
   * @param keepDims whether to retain the reduced axes with size 1
   * @param axes the axes to reduce; negative values count from the end; all axes if empty
   * @return the results
   */
  public Tensor logSumExp(boolean keepDims, int... axes) {
    return Reductions.logSumExp(this, keepDims, axes);
  }

  // --- along one axis

  /**
   * Normalizes vectors to unit length: x / max(||x||, epsilon), with ||x|| = sqrt(sum x^2) along an
   * axis.
   *
   * @param axis the axis of the vectors; negative values count from the end
   * @param epsilon the minimum norm, greater than 0; 1e-12 in PyTorch
   * @return a tensor of this shape; zero vectors remain zero
   */
  public Tensor l2Normalize(int axis, double epsilon) {
    return Norms.l2Normalize(this, axis, epsilon);
  }

  /**
   * Normalizes vectors to unit length, as {@link #l2Normalize(int, double)} does with an epsilon of
   * 1e-12.
   *
   * @param axis the axis of the vectors; negative values count from the end
   * @return a tensor of this shape
   */
  public Tensor l2Normalize(int axis) {
    return l2Normalize(axis, 1e-12);
  }

  /**
   * Applies weight normalization (Salimans and Kingma 2016, equation 2): gain v / ||v||, with the
   * norm over all axes but the last.
   *
   * @param gain [out], where this tensor is v [.., out]
   * @return a tensor of this shape; NaN where ||v|| is 0
   */
  public Tensor weightNorm(Tensor gain) {
    return Norms.weightNorm(this, gain);
  }

  /**
   * Computes the softmax without overflow.
   *
   * @param axis the axis; negative values count from the end; the last axis is the fastest
   * @return e^x / (sum of e^x along the axis)
   */
  public Tensor softmax(int axis) {
    return step.apply(new Softmax(axis, false), this);
  }

  /**
   * Computes the logarithm of {@link #softmax}. It is accurate even where the softmax underflows to
   * 0.
   *
   * @param axis the axis; negative values count from the end; the last axis is the fastest
   * @return x - ln(sum of e^x along the axis)
   */
  public Tensor logSoftmax(int axis) {
    return step.apply(new Softmax(axis, true), this);
  }

  /**
   * Computes the cumulative sum along an axis.
   *
   * @param axis the axis; negative values count from the end
   * @return y_i = x_0 + ... + x_i along the axis
   */
  public Tensor cumsum(int axis) {
    return step.apply(new Cumsum(axis), this);
  }

  // --- losses

  /**
   * Computes the mean squared error: the mean of (this - target)^2 over all elements.
   *
   * @param target a tensor of the same shape
   * @return a scalar
   */
  public Tensor meanSquaredError(Tensor target) {
    return step.apply(new Losses.MeanSquaredError(), this, target);
  }

  /**
   * Computes the mean absolute error: the mean of |this - target| over all elements. The gradient
   * is 0 where both are equal.
   *
   * @param target a tensor of the same shape
   * @return a scalar
   */
  public Tensor meanAbsoluteError(Tensor target) {
    return Losses.meanAbsoluteError(this, target);
  }

  /**
   * Computes the Huber loss (Huber 1964), which is quadratic near the target and linear far from
   * it. With d = this - target, it is the mean over all elements of d^2 / 2 where |d| &lt; delta,
   * and of delta (|d| - delta / 2) elsewhere.
   *
   * @param target a tensor of the same shape
   * @param delta the threshold between the quadratic and the linear part, greater than 0
   * @return a scalar
   */
  public Tensor huber(Tensor target, double delta) {
    return Losses.huber(this, target, delta);
  }

  /**
   * Computes the cross-entropy of class labels, in nats: the mean over all rows of {@code -ln
   * softmax(row)[target]}. This tensor holds the logits [.., classes].
   *
   * @param targets the class of each row in row-major order, from 0 to classes - 1
   * @return a scalar
   */
  public Tensor crossEntropy(int... targets) {
    return crossEntropy(step.tensor(targets, Losses.targetShape(this, targets)));
  }

  /**
   * Computes the cross-entropy of class labels, as {@link #crossEntropy(int...)} does.
   *
   * @param targets an INT tensor of class indices, of the shape of the logits without the last axis
   * @return a scalar
   */
  public Tensor crossEntropy(Tensor targets) {
    return Losses.crossEntropy(this, targets);
  }

  /**
   * Computes the cross-entropy of class labels, as {@link #crossEntropy(int...)} does, excluding
   * rows with a given label from the mean. In a training run with several workers, the mean is over
   * the rows of a share of the batch, and shares are weighted by their numbers of examples. If they
   * may have different numbers of excluded rows, multiply the mean by the number of rows of the
   * share that are not excluded, and divide the {@link Step#sumOverWorkers sum over the workers} of
   * this product by that of these numbers: all workers then have the mean over the whole batch.
   *
   * @param targets an INT tensor of class indices, of the shape of the logits without the last axis
   * @param ignoreIndex the label of the rows to exclude, such as -1
   * @return a scalar, 0 if all rows are excluded
   */
  public Tensor crossEntropy(Tensor targets, int ignoreIndex) {
    return Losses.crossEntropy(this, targets, ignoreIndex);
  }

  /**
   * Computes the binary cross-entropy, in nats: the mean over all elements of {@code -t ln p - (1 -
   * t) ln(1 - p)}, where p is the sigmoid of this tensor. It is computed as {@code softplus(x) - x
   * t}, which is finite for every finite logit.
   *
   * @param target the probabilities t, from 0 to 1, of the same shape
   * @return a scalar
   */
  public Tensor binaryCrossEntropyWithLogits(Tensor target) {
    return Losses.binaryCrossEntropyWithLogits(this, target);
  }

  // --- products

  /**
   * Computes the matrix product. Tensors of more than two axes are batches of matrices.
   *
   * @param other [.., k, n], where this is [.., m, k]; the leading axes broadcast
   * @return [.., m, n]
   */
  public Tensor matmul(Tensor other) {
    return matmul(false, other, false);
  }

  /**
   * Computes the matrix product of optionally transposed matrices, without copying them.
   *
   * @param transposed whether this tensor is [.., k, m] instead of [.., m, k]
   * @param other [.., k, n]; the leading axes broadcast
   * @param otherTransposed whether {@code other} is [.., n, k] instead
   * @return [.., m, n]
   */
  public Tensor matmul(boolean transposed, Tensor other, boolean otherTransposed) {
    return Matmul.broadcast(this, transposed, other, otherTransposed);
  }

  /**
   * Computes scaled dot-product attention (Vaswani et al. 2017, equation 1): softmax(query key^T /
   * sqrt(d)) value for each index of the leading axes, usually [batch, heads], which must be equal.
   *
   * @param query [.., queries, d]
   * @param key [.., length, d]
   * @param value [.., length, e]
   * @param causal whether query i attends to keys 0 to i only, which requires queries = length
   * @return [.., queries, e]
   */
  public static Tensor scaledDotProductAttention(
      Tensor query, Tensor key, Tensor value, boolean causal) {
    return Attention.scaledDotProduct(query, key, value, causal);
  }

  // --- shapes

  /**
   * Returns a view with a different shape and the same elements in row-major order.
   *
   * @param newShape the shape, with the same number of elements; one dimension may be -1, and is
   *     then inferred
   * @return a tensor that shares this one's memory
   */
  public Tensor reshape(long... newShape) {
    return step.apply(new ShapeOperations.Reshape(newShape.clone()), this);
  }

  /**
   * Permutes the axes.
   *
   * @param axes the axis of this tensor that becomes axis i of the result, for each i
   * @return the permuted tensor
   */
  public Tensor permute(int... axes) {
    return step.apply(new ShapeOperations.Permute(axes.clone()), this);
  }

  /**
   * Returns a slice along an axis.
   *
   * @param axis the axis; negative values count from the end
   * @param start the first index, from 0
   * @param end the index after the last one
   * @return this[.., start:end, ..]
   */
  public Tensor slice(int axis, long start, long end) {
    return step.apply(new ShapeOperations.Slice(axis, start, end), this);
  }

  /**
   * Concatenates tensors along an existing axis.
   *
   * @param axis the axis; negative values count from the end
   * @param tensors at least one tensor; the shapes must match except along the axis
   * @return the concatenation
   */
  public static Tensor concat(int axis, List<Tensor> tensors) {
    return ShapeOperations.concat(axis, tensors);
  }

  /**
   * Stacks tensors along a new axis.
   *
   * @param axis the index of the new axis, from 0 to the rank; negative values count from the end
   * @param tensors at least one tensor, all of the same shape
   * @return the stack, whose rank is larger by one
   */
  public static Tensor stack(int axis, List<Tensor> tensors) {
    return ShapeOperations.stack(axis, tensors);
  }

  /**
   * Broadcasts to a shape: repeats axes of size 1 and prepends axes.
   *
   * @param newShape the shape, of at least this rank; -1 keeps the size of an axis
   * @return a tensor of the new shape
   */
  public Tensor expand(long... newShape) {
    return step.apply(new ShapeOperations.Expand(newShape.clone()), this);
  }

  // --- padding and pixels

  /**
   * Pads an axis with a constant value.
   *
   * @param axis the axis; negative values count from the end
   * @param before the number of elements to add at the start, at least 0
   * @param after the number of elements to add at the end, at least 0
   * @param fill the value of the added elements
   * @return the padded tensor, or this one if nothing is added
   */
  public Tensor pad(int axis, long before, long after, double fill) {
    return ShapeOperations.pad(this, axis, before, after, fill);
  }

  /**
   * Pads an axis by reflection without repeating the edge: c b | a b c | b a.
   *
   * @param axis the axis; negative values count from the end
   * @param before the number of elements to add at the start, less than the size of the axis
   * @param after the number of elements to add at the end, less than the size of the axis
   * @return the padded tensor
   */
  public Tensor padReflect(int axis, long before, long after) {
    return ShapeOperations.padReflect(this, axis, before, after);
  }

  /**
   * Upsamples images by nearest-neighbor interpolation.
   *
   * @param factor the number of times each pixel of this [b, h, w, c] is repeated in each direction
   * @return [b, h * factor, w * factor, c]
   */
  public Tensor upsample(int factor) {
    return step.apply(new Upsample(factor), this);
  }

  /**
   * Pads images on all sides.
   *
   * @param padding the padding of this [b, h, w, c]; reflection requires less padding than the size
   *     of the axis
   * @return [b, top + h + bottom, left + w + right, c]
   */
  public Tensor pad(Padding padding) {
    return ImageOperations.pad(this, padding);
  }

  /**
   * Rearranges blocks of pixels into channels: channel {@code (i * block + j) * c + k} of the
   * result is channel k of the pixel in row i and column j of the block. This is TensorFlow's
   * order; PyTorch's pixel_unshuffle uses {@code (k * block + i) * block + j}. {@link
   * #depthToSpace} is the inverse.
   *
   * @param block the number of rows and columns of a block, where this is [b, h, w, c] and h and w
   *     are multiples of it
   * @return [b, h / block, w / block, block^2 * c]
   */
  public Tensor spaceToDepth(int block) {
    return ImageOperations.spaceToDepth(this, block);
  }

  /**
   * Rearranges channels into blocks of pixels, the inverse of {@link #spaceToDepth}.
   *
   * @param block the number of rows and columns of a block, where this is [b, h, w, c] and c is a
   *     multiple of its square
   * @return [b, h * block, w * block, c / block^2]
   */
  public Tensor depthToSpace(int block) {
    return ImageOperations.depthToSpace(this, block);
  }

  // --- pooling

  /**
   * Computes the average over a sliding window: y[b][i][j][c] = the sum over u and v of x[b][i * s
   * - p + u][j * s - p + v][c], divided by kernelHeight * kernelWidth, with stride s and padding p.
   * The zeros of the padding are included in the average, as in PyTorch.
   *
   * @param kernelHeight the number of rows of the window
   * @param kernelWidth the number of columns of the window
   * @param options the stride, and the padding, which must be smaller than the kernel
   * @return [b, h', w', c], where this is [b, h, w, c]; for the size, see {@link ConvOptions}
   * @throws IllegalArgumentException if this is not [b, h, w, c] in FLOAT or DOUBLE; if the options
   *     have dilation, groups, output padding or asymmetric padding; if the padding is not smaller
   *     than the kernel; or if the images are too small
   */
  public Tensor averagePool(int kernelHeight, int kernelWidth, ConvOptions options) {
    return step.apply(new Pooling(PoolingMode.AVERAGE, kernelHeight, kernelWidth, options), this);
  }

  /**
   * Computes the maximum over a sliding window for each channel: y[b][i][j][c] = the maximum over u
   * and v of x[b][i * s - p + u][j * s - p + v][c], with stride s and padding p. Padding and NaN
   * are ignored. A window without a finite value or positive infinity yields approximately the
   * lowest finite value of the data type. If several pixels are equal, the gradient is propagated
   * to the first of them in row-major order.
   *
   * @param kernelHeight the number of rows of the window
   * @param kernelWidth the number of columns of the window
   * @param options the stride, and the padding, which must be smaller than the kernel
   * @return [b, h', w', c], where this is [b, h, w, c]; for the size, see {@link ConvOptions}
   * @throws IllegalArgumentException if this is not [b, h, w, c] in FLOAT or DOUBLE; if the options
   *     have dilation, groups, output padding or asymmetric padding; if the padding is not smaller
   *     than the kernel; or if the images are too small
   */
  public Tensor maxPool(int kernelHeight, int kernelWidth, ConvOptions options) {
    return step.apply(new Pooling(PoolingMode.MAX, kernelHeight, kernelWidth, options), this);
  }

  // --- normalization

  /**
   * Applies layer normalization (Ba et al. 2016, equation 4): y = (x - mean) / sqrt(variance +
   * epsilon) * weight + bias, with the mean and variance over the last axis.
   *
   * @param weight [d], where this is [.., d]
   * @param bias [d]
   * @param epsilon added to the variance for numerical stability; greater than 0
   * @return a tensor of this shape
   * @throws IllegalArgumentException if weight or bias has another shape, step or data type, this
   *     is an INT tensor, or epsilon is not greater than 0
   */
  public Tensor layerNorm(Tensor weight, Tensor bias, double epsilon) {
    return step.apply(new Normalizations.Layer(epsilon), this, weight, bias);
  }

  /**
   * Applies layer normalization without weight and bias: y = (x - mean) / sqrt(variance + epsilon).
   *
   * @param epsilon added to the variance for numerical stability; greater than 0
   * @return a tensor of this shape
   * @throws IllegalArgumentException if this is an INT tensor, or epsilon is not greater than 0
   */
  public Tensor layerNorm(double epsilon) {
    return step.apply(new Normalizations.Layer(epsilon), this);
  }

  /**
   * Applies group normalization (Wu and He 2018, equation 7): y = (x - mean) / sqrt(variance +
   * epsilon) * weight + bias, with the mean and variance of each example over all pixels and one
   * group of channels.
   *
   * @param groups the number of groups of consecutive channels, which must divide the channels
   * @param weight [channels], where this is [batch, .., channels]
   * @param bias [channels]
   * @param epsilon added to the variance for numerical stability; greater than 0
   * @return a tensor of this shape
   * @throws IllegalArgumentException if the groups do not divide the channels, weight or bias has
   *     another shape, step or data type, this is an INT tensor, or epsilon is not greater than 0
   */
  public Tensor groupNorm(int groups, Tensor weight, Tensor bias, double epsilon) {
    return TiledGroupNorm.apply(groups, epsilon, this, weight, bias);
  }

  /**
   * Applies group normalization without weight and bias: y = (x - mean) / sqrt(variance + epsilon).
   *
   * @param groups the number of groups of consecutive channels, which must divide the channels
   * @param epsilon added to the variance for numerical stability; greater than 0
   * @return a tensor of this shape
   * @throws IllegalArgumentException if the groups do not divide the channels, this is an INT
   *     tensor, or epsilon is not greater than 0
   */
  public Tensor groupNorm(int groups, double epsilon) {
    return TiledGroupNorm.apply(groups, epsilon, this);
  }

  /**
   * Applies batch normalization (Ioffe and Szegedy 2015, algorithm 1): y = (x - mean) /
   * sqrt(variance + epsilon) * weight + bias, with the mean and variance of each channel over the
   * whole batch and all pixels. If the workers of a training run compute shares of the batch
   * ({@link Step#workers}), all of them must call this method in the same order.
   *
   * @param weight [channels], where this is [.., channels]
   * @param bias [channels]
   * @param epsilon added to the variance for numerical stability; greater than 0
   * @return the output with the batch means and variances
   * @throws IllegalArgumentException if weight or bias has another shape, step or data type, this
   *     is an INT tensor, or epsilon is not greater than 0
   */
  public NormalizationResult batchNorm(Tensor weight, Tensor bias, double epsilon) {
    return NormalizationResult.of(
        step.applyAll(new Normalizations.Batch(epsilon), this, weight, bias));
  }

  /**
   * Applies batch normalization without weight and bias: y = (x - mean) / sqrt(variance + epsilon),
   * as {@link #batchNorm(Tensor, Tensor, double)} does.
   *
   * @param epsilon added to the variance for numerical stability; greater than 0
   * @return the output with the batch means and variances
   * @throws IllegalArgumentException if this is an INT tensor, or epsilon is not greater than 0
   */
  public NormalizationResult batchNorm(double epsilon) {
    return NormalizationResult.of(step.applyAll(new Normalizations.Batch(epsilon), this));
  }

  // --- random numbers

  /**
   * Applies dropout (Srivastava et al. 2014): sets each element to 0 with a given probability, and
   * divides the others by 1 - rate, which preserves the mean. The first axis is the batch; each
   * example has its own random numbers, which depend on its position in the batch ({@link
   * io.github.vqvae4j.random.RngKey}).
   *
   * <p>Dropout is applied in every step; layers call this method only if {@code isTraining(step)}.
   *
   * @param rate the dropout probability, in [0, 1)
   * @return a tensor of this shape
   * @throws IllegalStateException if the step has no random key, unless the rate is 0
   * @throws IllegalArgumentException if the rate is out of range, or is not 0 and this is an INT
   *     tensor
   */
  public Tensor dropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout: expected a rate in [0, 1), got " + rate + ".");
    }
    return rate == 0 ? this : mul(random(Distribution.DROPOUT, rate));
  }

  /**
   * Samples from the standard normal distribution. The values of each example depend on its
   * position in the whole batch ({@link io.github.vqvae4j.random.RngKey}).
   *
   * @return a constant of this shape, whose first axis is the batch
   * @throws IllegalStateException if the step has no random key
   */
  public Tensor normalLike() {
    return random(Distribution.NORMAL, 0);
  }

  /**
   * Samples from the uniform distribution on [0, 1). The values of each example depend on its
   * position in the whole batch ({@link io.github.vqvae4j.random.RngKey}).
   *
   * @return a constant of this shape, whose first axis is the batch
   * @throws IllegalStateException if the step has no random key
   */
  public Tensor uniformLike() {
    return random(Distribution.UNIFORM, 0);
  }

  private Tensor random(Distribution distribution, double rate) {
    return step.apply(new RandomSample(distribution, rate, step.nextDraw()), this);
  }

  // --- indices

  /**
   * Returns the index of the maximum along an axis, which is removed. Of equal elements, the first
   * is returned; NaN is treated as the maximum.
   *
   * @param axis the axis; negative values count from the end
   * @return the indices, an INT tensor
   */
  public Tensor argmax(int axis) {
    return argmax(false, axis);
  }

  /**
   * Returns the index of the maximum along an axis, as {@link #argmax(int)} does.
   *
   * @param keepDims whether to retain the axis with size 1
   * @param axis the axis; negative values count from the end
   * @return the indices, an INT tensor
   */
  public Tensor argmax(boolean keepDims, int axis) {
    return Indexing.arg(true, this, keepDims, axis);
  }

  /**
   * Returns the index of the minimum along an axis, which is removed. Of equal elements, the first
   * is returned; NaN is treated as the minimum.
   *
   * @param axis the axis; negative values count from the end
   * @return the indices, an INT tensor
   */
  public Tensor argmin(int axis) {
    return argmin(false, axis);
  }

  /**
   * Returns the index of the minimum along an axis, as {@link #argmin(int)} does.
   *
   * @param keepDims whether to retain the axis with size 1
   * @param axis the axis; negative values count from the end
   * @return the indices, an INT tensor
   */
  public Tensor argmin(boolean keepDims, int axis) {
    return Indexing.arg(false, this, keepDims, axis);
  }

  /**
   * Returns the k largest elements along an axis in descending order, values[j] = x[indices[j]].
   * Equal elements keep their order, and NaN precedes all other values. The gradient is propagated
   * to the selected elements.
   *
   * @param k the number of elements, from 1 to the size of the axis
   * @param axis the axis; negative values count from the end
   * @return values and indices, of size k along the axis
   * @throws IllegalArgumentException if the axis does not exist, this is an INT tensor, or k is out
   *     of range
   */
  public TopK topK(int k, int axis) {
    return Indexing.topK(this, k, axis);
  }

  /**
   * Gathers elements by index along an axis, as {@code torch.gather} does. With axis 1, y[i][j] =
   * x[i][indices[i][j]]. The gradients of elements that are gathered repeatedly are summed.
   *
   * @param axis the axis; negative values count from the end
   * @param indices an INT tensor of this shape, except along the axis
   * @return a tensor of the shape of the indices
   * @throws IllegalArgumentException if the axis does not exist, or the indices are not an INT
   *     tensor of the same step and a matching shape, or are out of range
   */
  public Tensor gather(int axis, Tensor indices) {
    return Indexing.gather(this, axis, indices);
  }

  /**
   * Selects slices by index along an axis, as {@code torch.index_select} does, with indices of any
   * shape. Along axis 0, y[i][..] = x[indices[i]][..]. The gradients of slices that are selected
   * repeatedly are summed.
   *
   * @param axis the axis; negative values count from the end
   * @param indices an INT tensor, from 0 to the size of the axis - 1
   * @return a tensor of this shape with the axis replaced by the axes of the indices
   * @throws IllegalArgumentException if the axis does not exist, or the indices are not an INT
   *     tensor of the same step, or are out of range
   */
  public Tensor indexSelect(int axis, Tensor indices) {
    return step.apply(new Indexing.IndexSelect("indexSelect", axis), this, indices);
  }

  /**
   * Looks up rows of an embedding table: y[i] = x[indices[i]], as {@link #indexSelect} along axis
   * 0.
   *
   * @param indices an INT tensor [..], where this is a table [rows, d]
   * @return [.., d]
   * @throws IllegalArgumentException if the indices are not an INT tensor of the same step, or are
   *     out of range
   */
  public Tensor embedding(Tensor indices) {
    return step.apply(new Indexing.IndexSelect("embedding", 0), this, indices);
  }

  /**
   * Adds elements at indices along an axis, as {@code torch.scatter_add} does. With axis 1,
   * y[i][indices[i][j]] += source[i][j], where y is initialized with this tensor. For FLOAT, too,
   * the addends of each element are summed in double precision and rounded once. The gradient of
   * the source is the gradient of y at the indices.
   *
   * @param axis the axis; negative values count from the end
   * @param indices an INT tensor of this shape, except along the axis
   * @param source the values to add, of the shape of the indices
   * @return a tensor of this shape
   * @throws IllegalArgumentException if the axis does not exist; if the indices are not an INT
   *     tensor of the same step and a matching shape, or are out of range; if the source has
   *     another shape, step or data type; or if this is an INT tensor
   */
  public Tensor scatterAdd(int axis, Tensor indices, Tensor source) {
    return Indexing.scatterAdd(this, axis, indices, source);
  }

  /**
   * Sums slices by segment, as {@code jax.ops.segment_sum} does: y[k] = the sum of x[i] over all i
   * with segments[i] = k, or 0 for empty segments. For FLOAT, too, sums are computed in double
   * precision and rounded once. The gradient of a slice is the gradient of its segment.
   *
   * @param segments an INT tensor [n] of values from 0 to count - 1, where this is [n, ..]
   * @param count the number of segments
   * @return [count, ..]
   * @throws IllegalArgumentException if this is an INT tensor, or the segments are not an INT
   *     tensor of the same step and of length n, or are out of range
   */
  public Tensor segmentSum(Tensor segments, long count) {
    return step.apply(new Indexing.SegmentSum(count), this, segments);
  }

  /**
   * Converts an INT tensor to one-hot vectors: y[..][c] = 1 if x[..] = c, else 0.
   *
   * @param classes the number of classes; elements are from 0 to classes - 1
   * @param target the data type of the result
   * @return [.., classes]
   * @throws IllegalArgumentException if this is not an INT tensor, classes is less than 1, or an
   *     element is out of range
   */
  public Tensor oneHot(int classes, DType target) {
    return Indexing.oneHot(this, classes, target);
  }

  /**
   * Returns the index of the nearest codebook row by Euclidean distance for each row: argmin_j
   * ||x_i - e_j||. If several rows are equally near, the lowest index is returned. The result is a
   * constant.
   *
   * <p>The result equals that of an exhaustive search in double precision, for FLOAT values of any
   * magnitude and any distance from the origin. In DOUBLE, squared differences must not overflow.
   * Codebook rows that are not finite are never selected. The search takes longer if very many rows
   * are equally near within float rounding.
   *
   * @param codebook [k, d], where this is [n, d]
   * @return the indices, an INT tensor [n]
   * @throws NonFiniteException if a row of this tensor, or every row of the codebook, contains NaN
   *     or an infinity
   */
  public Tensor nearestRows(Tensor codebook) {
    return step.apply(new NearestRowSearch(), this, codebook);
  }

  // --- gradient control

  /**
   * Returns a constant of the same value, sg(x), through which no gradient is propagated.
   *
   * @return a constant that shares this tensor's memory
   */
  public Tensor stopGradient() {
    return step.apply(new GradientOverrides.StopGradient(), this);
  }

  /**
   * Applies the straight-through estimator (van den Oord et al. 2017, section 3.2): returns the
   * value of another tensor, and propagates the gradient unchanged to this one.
   *
   * @param forward the value, of the same shape
   * @return a tensor that is bitwise equal to {@code forward}
   */
  public Tensor straightThrough(Tensor forward) {
    return step.apply(new GradientOverrides.StraightThrough(), this, forward.stopGradient());
  }

  /**
   * Applies a function with a straight-through gradient: the value is that of the function, and the
   * gradient is that of the identity. Example: {@code x.straightThrough(Tensor::round)}.
   *
   * @param forward the function, whose result must have this shape
   * @return a tensor that is bitwise equal to {@code forward} of this tensor
   */
  public Tensor straightThrough(UnaryOperator<Tensor> forward) {
    return straightThrough(forward.apply(stopGradient()));
  }

  // --- convolutions

  /**
   * Computes a two-dimensional convolution (cross-correlation, as is usual in deep learning):
   * y[b][i][j][o] = bias[o] + the sum over u, v and c of weight[u][v][c][o] * x[b][i * s - p + u *
   * d][j * s - p + v * d][c], with stride s, padding p and dilation d, where x is 0 outside of the
   * image. With groups, c ranges over the channels of o's group.
   *
   * @param weight [kernel height, kernel width, in / groups, out], where this is [b, h, w, in];
   *     group g produces the g-th block of out / groups channels
   * @param bias [out], or null
   * @param options the stride, padding, dilation and groups
   * @return [b, h', w', out]; for the size, see {@link ConvOptions}
   * @throws IllegalArgumentException if shapes do not match, an operand has another step or data
   *     type or is an INT tensor, the options have output padding, or the result would be empty
   */
  public Tensor conv2d(Tensor weight, Tensor bias, ConvOptions options) {
    return Convolutions.of(Form.CONV_2D, this, weight, bias, null, false, options);
  }

  /**
   * Computes a transposed two-dimensional convolution, which is the gradient of a convolution with
   * respect to its input. Each x[b][i][j][c] adds weight[u][v][o][c] * x[b][i][j][c] to y[b][i * s
   * - p + u * d][j * s - p + v * d][o], which is initialized with bias[o]; s, p and d are as in
   * {@link #conv2d}. Contributions outside of the result are discarded.
   *
   * @param weight [kernel height, kernel width, out / groups, in], where this is [b, h, w, in]
   * @param bias [out], or null
   * @param options the stride, padding, dilation, groups and output padding
   * @return [b, h', w', out]; for the size, see {@link ConvOptions}
   * @throws IllegalArgumentException if shapes do not match, an operand has another step or data
   *     type or is an INT tensor, or the result would be empty
   */
  public Tensor convTranspose2d(Tensor weight, Tensor bias, ConvOptions options) {
    return Convolutions.of(Form.CONV_TRANSPOSE_2D, this, weight, bias, null, false, options);
  }

  /**
   * Computes a one-dimensional convolution: y[b][t][o] = bias[o] + the sum over u and c of
   * weight[u][c][o] * x[b][t * s - p + u * d][c], as in {@link #conv2d}.
   *
   * @param weight [kernel, in / groups, out], where this is [batch, time, in]
   * @param bias [out], or null
   * @param options the width settings and groups; height settings are ignored
   * @return [batch, time', out]; for the size, see the width in {@link ConvOptions}
   * @throws IllegalArgumentException if shapes do not match, an operand has another step or data
   *     type or is an INT tensor, the options have output padding, or the result would be empty
   */
  public Tensor conv1d(Tensor weight, Tensor bias, ConvOptions options) {
    return Convolutions.of(Form.CONV_1D, this, weight, bias, null, false, options);
  }

  /**
   * Computes a transposed one-dimensional convolution. Each x[b][t][c] adds weight[u][o][c] *
   * x[b][t][c] to y[b][t * s - p + u * d][o], as in {@link #convTranspose2d}.
   *
   * @param weight [kernel, out / groups, in], where this is [batch, time, in]
   * @param bias [out], or null
   * @param options the width settings and groups; height settings are ignored
   * @return [batch, time', out]; for the size, see the width in {@link ConvOptions}
   * @throws IllegalArgumentException if shapes do not match, an operand has another step or data
   *     type or is an INT tensor, or the result would be empty
   */
  public Tensor convTranspose1d(Tensor weight, Tensor bias, ConvOptions options) {
    return Convolutions.of(Form.CONV_TRANSPOSE_1D, this, weight, bias, null, false, options);
  }
}
