package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.RandomNumbers.Distribution;
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
 * A value computed in a {@link Step}, with what is needed to find gradients through it.
 *
 * <p>Tensors are immutable: every operation gives a new one. A training step records how each was
 * computed; {@link #backward()} on a scalar then finds the gradient of every {@link Variable} that
 * it depends on. Shapes are in C order, the last axis fastest; images are [batch, height, width,
 * channels]. A scalar has shape [1].
 *
 * <p>Operations of two tensors broadcast: shapes are aligned at the last axis, and an axis of size
 * 1 is repeated. Both tensors must be of the same step and {@link DType}. Axes are counted from 0,
 * or from the end as -1, -2, ...; reductions without axes are over all.
 *
 * <p>Every operation throws {@link IllegalArgumentException} for a shape, axis, index, setting or
 * format that does not fit, with what was expected and what came, and {@link IllegalStateException}
 * if the step is closed or another thread's. Integers are for comparisons, choices, shapes and
 * indices only.
 *
 * <p>A tensor lives as long as its step. {@link #toFloats()} copies its numbers out.
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

  /** Its place in the graph that gradients go through; null if none does. */
  private Node node;

  /** Whose memory this one shares, and must not have been given back; null if it is its own. */
  private Tensor owner;

  /** Whether a recorded operation has it, or what shares its memory, as an operand. */
  private boolean neededByGradients;

  /** Of its own memory, once somebody asked; else 0. */
  private long stamp;

  Tensor(Step step, INDArray value, DType dtype, Variable variable, Node node) {
    this.step = step;
    this.value = value;
    this.shape = value.shape();
    this.dtype = dtype;
    this.variable = variable;
    this.node = node;
  }

  // --- what it is

  /**
   * The step it belongs to.
   *
   * @return the step
   */
  public Step step() {
    return step;
  }

  /**
   * The shape.
   *
   * @return a copy
   */
  public long[] shape() {
    return shape.clone();
  }

  /**
   * The number of axes.
   *
   * @return at least 1
   */
  public int rank() {
    return shape.length;
  }

  /**
   * The size along an axis.
   *
   * @param axis counted from 0, or from the end as -1, -2, ...
   * @return at least 1
   */
  public long size(int axis) {
    return shape[Shape.axes("size", shape, axis)[0]];
  }

  /**
   * The number of elements.
   *
   * @return the product of the shape
   */
  public long length() {
    return Shape.size(shape);
  }

  /**
   * The number format.
   *
   * @return FLOAT, DOUBLE in gradient checks, or INT for codes, labels and indices
   */
  public DType dtype() {
    return dtype;
  }

  /**
   * A copy of the numbers, rounded if they are in DOUBLE.
   *
   * @return row by row, the last axis fastest
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
   * A copy of the numbers.
   *
   * @return row by row, the last axis fastest
   */
  public double[] toDoubles() {
    try {
      return HeapCopy.doublesOf(array());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * A copy of integers, for tensors in INT.
   *
   * @return row by row, the last axis fastest
   */
  public int[] toInts() {
    if (dtype != DType.INT) {
      throw new IllegalStateException("Tensor.toInts: it is in " + dtype + "; use to(DType.INT).");
    }
    try {
      return HeapCopy.intsOf(array());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * A copy as an array of ND4J, for libraries on it. It outlives the step: ND4J owns its memory,
   * which lies in no workspace, be one open or not, and is freed by {@code close()} or by the
   * garbage collector.
   *
   * @return an array of this shape in C order, in FLOAT, DOUBLE or INT (32 bits)
   */
  public INDArray toINDArray() {
    try {
      return Nd4jArrays.copy(array());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Copies some numbers into a part of an array; for tensors in FLOAT.
   *
   * @param offset of the first number here
   * @param target where they go
   * @param start where in the target
   * @param length how many
   */
  public void read(long offset, float[] target, int start, int length) {
    if (dtype != DType.FLOAT) {
      throw new IllegalStateException(
          "Tensor.read: it is in " + dtype + "; use toDoubles() or toInts().");
    }
    try {
      HeapCopy.read(array(), offset, target, start, length);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * The one number of a tensor with one element.
   *
   * @return the number
   * @throws IllegalStateException if there are more
   */
  public double item() {
    if (length() != 1) {
      throw new IllegalStateException(
          "Tensor.item: expected one element, this has shape " + Arrays.toString(shape) + ".");
    }
    return toDoubles()[0];
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape);
  }

  /**
   * Gives back the memory of a tensor that nobody will use any more now that this one was computed
   * from it, for the next results of the step: a chain of layers then needs the memory of two. Only
   * in inference, and never what a gradient is computed from: in a training step this does nothing,
   * nor for operands and results that {@link #requireGradient()} made gradients go through. What is
   * not of the step's own memory, or shares it with this tensor, stays as it is.
   *
   * @param intermediate of the same step; using it afterwards, or what shares its memory, throws
   * @return this tensor
   */
  public Tensor release(Tensor intermediate) {
    if (intermediate.step != step) {
      throw new IllegalArgumentException(
          "release: expected a tensor of the same step, got one of another.");
    }
    Tensor released = intermediate.owner();
    if (!step.isTraining()
        && !step.keepsIntermediates()
        && !isTracked()
        && !intermediate.isTracked()
        && !released.isTracked()
        && !released.neededByGradients
        && released.value != null
        && !sharesMemoryWith(released)) {
      released.giveBack();
    }
    return this;
  }

  /** Says that this tensor lies in another's memory. */
  Tensor sharing(Tensor other) {
    owner = other.owner();
    return this;
  }

  /** The tensor whose memory it lies in, perhaps this one. */
  Tensor owner() {
    return owner == null ? this : owner;
  }

  /** Gives its memory back if it is of the step's own, and ends it. */
  void giveBack() {
    if (value != null && step.arena().contains(value)) {
      step.arena().release(value);
      end();
    }
  }

  /** Has every use of it from now on throw, and of what shares its memory. */
  void end() {
    value = null;
  }

  /**
   * Whether it is the same numbers, as after a reshape.
   *
   * @param other any tensor
   * @return true if both begin at one place in memory
   */
  public boolean sharesMemoryWith(Tensor other) {
    return array().data().pointer().address() == other.array().data().pointer().address();
  }

  // --- gradients

  /**
   * Finds the gradient of this scalar with respect to every variable and every tensor from {@link
   * #requireGradient()} that it depends on. It goes through each result only once: several losses
   * that share results are added up first.
   *
   * <p>Calls on different results add up.
   *
   * @throws IllegalStateException if this is not a scalar, does not depend on any of them, depends
   *     on a result that an earlier call went through, or on a variable that was written since it
   *     was used
   */
  public void backward() {
    step.graph().backward(this);
  }

  /**
   * The same value as a new tensor whose gradient is kept: for gradients with respect to an input.
   * A {@link Trace} replays the value only.
   *
   * @return a tensor without history
   */
  public Tensor requireGradient() {
    if (dtype == DType.INT) {
      throw new IllegalArgumentException("requireGradient: integers have no gradient.");
    }
    Tensor leaf = stopGradient();
    leaf.node = step.graph().leaf();
    return leaf;
  }

  /**
   * The gradient that {@link #backward()} found for a variable's tensor or one of {@link
   * #requireGradient()}; those of results in between are not kept.
   *
   * @return a constant tensor of the same shape, which a later {@code backward()} does not change;
   *     null if no result depended on this
   */
  public Tensor gradient() {
    step.graph().checkComplete();
    if (isTracked() && !node.isLeaf()) {
      throw new IllegalStateException(
          "Tensor.gradient: this is a result in between, whose gradient is not kept."
              + " Ask a variable's tensor, or one made by requireGradient().");
    }
    if (node == null || node.gradient() == null) {
      return null;
    }
    // Counted as a user, so that a second backward() adds into an array of its own.
    Tensor gradient = step.constant(node.gradient().retain().array(), dtype);
    gradient.keepForGradients(); // others may use the memory: not for release()
    return gradient;
  }

  // --- for the operations

  /** The value, after checking that its memory is still there. */
  INDArray array() {
    step.check();
    if (owner != null) {
      owner.array();
    }
    if (variable != null && variable.array() != value) {
      throw new IllegalStateException(
          "Tensor: its variable was converted to another dtype since; open a new step.");
    }
    if (value == null) {
      throw new IllegalStateException(
          "Tensor of shape "
              + Arrays.toString(shape)
              + ": its memory was given back by release(), or at the end of the custom operation"
              + " that made it.");
    }
    return value;
  }

  /** The shape itself, not to be changed. */
  long[] dims() {
    return shape;
  }

  /** The variable in whose memory the value lies, be it as a view; null if it is the step's. */
  Variable storage() {
    return owner().variable;
  }

  /** Says that a recorded operation has it as an operand: its memory stays until the step ends. */
  void keepForGradients() {
    owner().neededByGradients = true;
  }

  /**
   * Names its numbers, which stay as they are while it lives, but for those in a variable's memory,
   * which may be written.
   */
  long stamp() {
    if (variable != null) {
      return variable.stamp();
    }
    if (owner != null) {
      return owner.stamp();
    }
    if (stamp == 0) {
      stamp = VersionStamp.next();
    }
    return stamp;
  }

  Node node() {
    return node;
  }

  boolean isTracked() {
    return node != null;
  }

  /** Whether it is a variable as a tensor of this step. */
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

  /** Checks that another operand is of the same step and dtype. */
  void checkWith(String operation, Tensor other) {
    if (other.step != step || other.dtype != dtype) {
      throw new IllegalArgumentException(
          operation
              + ": both tensors must be of the same step and dtype; got "
              + dtype
              + " and "
              + other.dtype
              + (other.step == step ? "." : " of different steps."));
    }
  }

  // --- arithmetic, with broadcasting

  /**
   * Sum.
   *
   * @param other a shape that broadcasts with this one
   * @return this + other
   */
  public Tensor add(Tensor other) {
    return step.apply(new Elementwise.OfTwo(Binary.ADD), this, other);
  }

  /**
   * Difference.
   *
   * @param other a shape that broadcasts with this one
   * @return this - other
   */
  public Tensor sub(Tensor other) {
    return step.apply(new Elementwise.OfTwo(Binary.SUB), this, other);
  }

  /**
   * Product, element by element.
   *
   * @param other a shape that broadcasts with this one
   * @return this * other
   */
  public Tensor mul(Tensor other) {
    return step.apply(new Elementwise.OfTwo(Binary.MUL), this, other);
  }

  /**
   * Quotient, element by element.
   *
   * @param other a shape that broadcasts with this one
   * @return this / other
   */
  public Tensor div(Tensor other) {
    return step.apply(new Elementwise.OfTwo(Binary.DIV), this, other);
  }

  /**
   * Returns the larger of two elements, or NaN if either is. The gradient goes to the larger one,
   * and half of it to each where they are equal.
   *
   * @param other a shape that broadcasts with this one
   * @return max(this, other)
   */
  public Tensor maximum(Tensor other) {
    return step.apply(new Elementwise.OfTwo(Binary.MAXIMUM), this, other);
  }

  /**
   * Returns the smaller of two elements, or NaN if either is. The gradient goes to the smaller one,
   * and half of it to each where they are equal.
   *
   * @param other a shape that broadcasts with this one
   * @return min(this, other)
   */
  public Tensor minimum(Tensor other) {
    return step.apply(new Elementwise.OfTwo(Binary.MINIMUM), this, other);
  }

  /**
   * Sum with a number.
   *
   * @param number added to each element
   * @return this + number
   */
  public Tensor add(double number) {
    return step.apply(new Elementwise.Affine("add", 1, number), this);
  }

  /**
   * Product with a number.
   *
   * @param number each element's factor
   * @return this * number
   */
  public Tensor mul(double number) {
    return step.apply(new Elementwise.Affine("mul", number, 0), this);
  }

  /**
   * Difference from a number.
   *
   * @param number taken from each element
   * @return this - number
   */
  public Tensor sub(double number) {
    return step.apply(new Elementwise.Affine("sub", 1, -number), this);
  }

  /**
   * Difference of a number and this.
   *
   * @param number from which each element is taken
   * @return number - this
   */
  public Tensor rsub(double number) {
    return step.apply(new Elementwise.Affine("rsub", -1, number), this);
  }

  /**
   * Quotient by a number, correctly rounded.
   *
   * @param number each element's divisor; 0 gives infinities and NaN
   * @return this / number
   */
  public Tensor div(double number) {
    Step.checkNoIntegers("div", this);
    return div(Selection.scalar("div", this, number));
  }

  /**
   * Power.
   *
   * @param exponent e; x^0 is 1 for every x, and of derivative 0
   * @return x^e, as {@link Math#pow}; its derivative is e x^(e - 1)
   */
  public Tensor pow(double exponent) {
    return step.apply(new Elementwise.Function(Unary.POW, exponent, 0), this);
  }

  // --- comparisons, choices and formats

  /**
   * Compares with another tensor.
   *
   * @param other a shape that broadcasts with this one
   * @return 1 where this is less than the other, else 0, in INT; with NaN 0
   */
  public Tensor lt(Tensor other) {
    return step.apply(new Selection.Compare(Comparison.LESS), this, other);
  }

  /**
   * Compares with a number, which is rounded to this format first, unless this is in INT.
   *
   * @param number any
   * @return 1 where this is less than the number, else 0, in INT; with NaN 0
   */
  public Tensor lt(double number) {
    return Selection.compare(Comparison.LESS, this, number);
  }

  /**
   * Compares with another tensor.
   *
   * @param other a shape that broadcasts with this one
   * @return 1 where this is at most the other, else 0, in INT; with NaN 0
   */
  public Tensor le(Tensor other) {
    return step.apply(new Selection.Compare(Comparison.LESS_EQUAL), this, other);
  }

  /**
   * Compares with a number, which is rounded to this format first, unless this is in INT.
   *
   * @param number any
   * @return 1 where this is at most the number, else 0, in INT; with NaN 0
   */
  public Tensor le(double number) {
    return Selection.compare(Comparison.LESS_EQUAL, this, number);
  }

  /**
   * Compares with another tensor.
   *
   * @param other a shape that broadcasts with this one
   * @return 1 where this is greater than the other, else 0, in INT; with NaN 0
   */
  public Tensor gt(Tensor other) {
    return step.apply(new Selection.Compare(Comparison.GREATER), this, other);
  }

  /**
   * Compares with a number, which is rounded to this format first, unless this is in INT.
   *
   * @param number any
   * @return 1 where this is greater than the number, else 0, in INT; with NaN 0
   */
  public Tensor gt(double number) {
    return Selection.compare(Comparison.GREATER, this, number);
  }

  /**
   * Compares with another tensor.
   *
   * @param other a shape that broadcasts with this one
   * @return 1 where this is at least the other, else 0, in INT; with NaN 0
   */
  public Tensor ge(Tensor other) {
    return step.apply(new Selection.Compare(Comparison.GREATER_EQUAL), this, other);
  }

  /**
   * Compares with a number, which is rounded to this format first, unless this is in INT.
   *
   * @param number any
   * @return 1 where this is at least the number, else 0, in INT; with NaN 0
   */
  public Tensor ge(double number) {
    return Selection.compare(Comparison.GREATER_EQUAL, this, number);
  }

  /**
   * Compares with another tensor.
   *
   * @param other a shape that broadcasts with this one
   * @return 1 where this equals the other, else 0, in INT; with NaN 0
   */
  public Tensor eq(Tensor other) {
    return step.apply(new Selection.Compare(Comparison.EQUAL), this, other);
  }

  /**
   * Compares with a number, which is rounded to this format first, unless this is in INT.
   *
   * @param number any
   * @return 1 where this equals the number, else 0, in INT; with NaN 0
   */
  public Tensor eq(double number) {
    return Selection.compare(Comparison.EQUAL, this, number);
  }

  /**
   * Compares with another tensor.
   *
   * @param other a shape that broadcasts with this one
   * @return 1 where this does not equal the other, else 0, in INT; with NaN 1
   */
  public Tensor ne(Tensor other) {
    return step.apply(new Selection.Compare(Comparison.NOT_EQUAL), this, other);
  }

  /**
   * Compares with a number, which is rounded to this format first, unless this is in INT.
   *
   * @param number any
   * @return 1 where this does not equal the number, else 0, in INT; with NaN 1
   */
  public Tensor ne(double number) {
    return Selection.compare(Comparison.NOT_EQUAL, this, number);
  }

  /**
   * Chooses between two tensors, element by element; all three shapes broadcast. The gradient goes
   * to the chosen element, and exactly 0 to the other.
   *
   * @param condition in INT
   * @param a what is chosen where the condition is not 0
   * @param b what is chosen else, in the format of a
   * @return the chosen elements
   */
  public static Tensor where(Tensor condition, Tensor a, Tensor b) {
    return a.step.apply(new Selection.Where(), condition, a, b);
  }

  /**
   * Replaces elements by a number; their gradient is exactly 0.
   *
   * @param mask in INT, of a shape that broadcasts to this one
   * @param number what stands where the mask is not 0; it may be infinite
   * @return a tensor of this shape
   */
  public Tensor maskedFill(Tensor mask, double number) {
    return Selection.maskedFill(this, mask, number);
  }

  /**
   * Converts to another number format. The gradient goes back between FLOAT and DOUBLE.
   *
   * @param target the format; to INT, numbers are cut towards 0
   * @return a new tensor; this one if it is in that format
   * @throws IllegalArgumentException if a number is NaN or beyond what an int can hold
   */
  public Tensor to(DType target) {
    return dtype == target ? this : step.apply(new Selection.Cast(target), this);
  }

  // --- functions of each element

  /**
   * Negative.
   *
   * @return -x
   */
  public Tensor neg() {
    return step.apply(new Elementwise.Function(Unary.NEG), this);
  }

  /**
   * Square.
   *
   * @return x^2
   */
  public Tensor square() {
    return step.apply(new Elementwise.Function(Unary.SQUARE), this);
  }

  /**
   * Square root; its gradient is infinite at 0.
   *
   * @return sqrt(x)
   */
  public Tensor sqrt() {
    return step.apply(new Elementwise.Function(Unary.SQRT), this);
  }

  /**
   * Exponential.
   *
   * @return e^x
   */
  public Tensor exp() {
    return step.apply(new Elementwise.Function(Unary.EXP), this);
  }

  /**
   * Natural logarithm.
   *
   * @return ln x
   */
  public Tensor log() {
    return step.apply(new Elementwise.Function(Unary.LOG), this);
  }

  /**
   * Absolute value; its gradient is 0 at 0.
   *
   * @return |x|
   */
  public Tensor abs() {
    return step.apply(new Elementwise.Function(Unary.ABS), this);
  }

  /**
   * Rectified linear unit; its gradient is 0 at 0, and NaN stays NaN. By oneDNN, alone and within a
   * convolution, minus infinity becomes NaN, too, and numbers below 2^-126 become smaller or 0.
   *
   * @return max(x, 0)
   */
  public Tensor relu() {
    return step.apply(new Elementwise.Function(Unary.RELU), this);
  }

  /**
   * Logistic sigmoid.
   *
   * @return 1 / (1 + e^-x)
   */
  public Tensor sigmoid() {
    return step.apply(new Elementwise.Function(Unary.SIGMOID), this);
  }

  /**
   * Hyperbolic tangent.
   *
   * @return tanh x
   */
  public Tensor tanh() {
    return step.apply(new Elementwise.Function(Unary.TANH), this);
  }

  /**
   * Leaky rectified linear unit (Maas et al. 2013); its gradient is {@code slope} at 0.
   *
   * @param slope of the negative side
   * @return max(x, 0) + slope min(x, 0)
   */
  public Tensor leakyRelu(double slope) {
    return step.apply(new Elementwise.Function(Unary.LEAKY_RELU, slope, 0), this);
  }

  /**
   * Sigmoid linear unit, also called swish (Elfwing et al. 2017).
   *
   * @return x / (1 + e^-x)
   */
  public Tensor silu() {
    return step.apply(new Elementwise.Function(Unary.SILU), this);
  }

  /**
   * Gaussian error linear unit (Hendrycks and Gimpel 2016), with the error function itself and not
   * its approximation by tanh.
   *
   * @return x (1 + erf(x / sqrt(2))) / 2
   */
  public Tensor gelu() {
    return step.apply(new Elementwise.Function(Unary.GELU), this);
  }

  /**
   * Soft version of the rectified linear unit. It neither overflows at large x nor is cut off
   * there.
   *
   * @return ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|)
   */
  public Tensor softplus() {
    return step.apply(new Elementwise.Function(Unary.SOFTPLUS), this);
  }

  /**
   * Sine, accurate for large x too.
   *
   * @return sin x, of radians
   */
  public Tensor sin() {
    return step.apply(new Elementwise.Function(Unary.SIN), this);
  }

  /**
   * Cosine, accurate for large x too.
   *
   * @return cos x, of radians
   */
  public Tensor cos() {
    return step.apply(new Elementwise.Function(Unary.COS), this);
  }

  /**
   * Exponential linear unit (Clevert et al. 2016, equation 16).
   *
   * @param alpha minus the limit for very negative x; 1 in the paper
   * @return x where x is above 0, else alpha (e^x - 1)
   */
  public Tensor elu(double alpha) {
    return step.apply(new Elementwise.Function(Unary.ELU, alpha, 0), this);
  }

  /**
   * Rounds to the nearest integer, the even one of two. The result is a constant: see {@link
   * #straightThrough(UnaryOperator)}.
   *
   * @return the rounded elements
   */
  public Tensor round() {
    return step.apply(new Elementwise.Function(Unary.ROUND), this);
  }

  /**
   * Rounds down. The result is a constant: see {@link #straightThrough(UnaryOperator)}.
   *
   * @return the largest integers that are not above the elements
   */
  public Tensor floor() {
    return step.apply(new Elementwise.Function(Unary.FLOOR), this);
  }

  /**
   * Sign. The result is a constant: see {@link #straightThrough(UnaryOperator)}.
   *
   * @return -1, 0 or 1; NaN for NaN
   */
  public Tensor sign() {
    return step.apply(new Elementwise.Function(Unary.SIGN), this);
  }

  /**
   * Limits each element; its gradient is 0 outside the bounds, and 1 at them.
   *
   * @param min the lower bound, may be negative infinity
   * @param max the upper bound, at least {@code min}, may be infinity
   * @return min(max(x, min), max)
   */
  public Tensor clamp(double min, double max) {
    return step.apply(new Elementwise.Function(Unary.CLAMP, min, max), this);
  }

  // --- reductions

  /**
   * Sum over some axes, which vanish.
   *
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the sums, of shape [1] if no axis is left
   */
  public Tensor sum(int... axes) {
    return step.apply(new Reductions.Sum(axes.clone()), this);
  }

  /**
   * Mean over some axes, which vanish.
   *
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the means, of shape [1] if no axis is left
   */
  public Tensor mean(int... axes) {
    return mean(false, axes);
  }

  /**
   * Maximum over some axes, which vanish. The gradient goes to the first of equal elements, in C
   * order.
   *
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the maxima, of shape [1] if no axis is left
   */
  public Tensor max(int... axes) {
    return max(false, axes);
  }

  /**
   * Sum over some axes.
   *
   * @param keepDims whether these axes stay, with size 1
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the reduced tensor
   */
  public Tensor sum(boolean keepDims, int... axes) {
    return Reductions.keep("sum", this, sum(axes), keepDims, axes);
  }

  /**
   * Mean over some axes.
   *
   * @param keepDims whether these axes stay, with size 1
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the reduced tensor
   */
  public Tensor mean(boolean keepDims, int... axes) {
    return Reductions.mean(this, keepDims, axes);
  }

  /**
   * Largest element over some axes; the gradient goes to the first of equal ones.
   *
   * @param keepDims whether these axes stay, with size 1
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the reduced tensor
   */
  public Tensor max(boolean keepDims, int... axes) {
    return Reductions.max("max", this, keepDims, axes);
  }

  /**
   * Smallest element over some axes, NaN if there is one; the gradient goes to the first of equal
   * ones.
   *
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return a tensor without these axes, [1] if none is left
   */
  public Tensor min(int... axes) {
    return min(false, axes);
  }

  /**
   * Smallest element over some axes, as {@link #min(int...)}.
   *
   * @param keepDims whether these axes stay, with size 1
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the reduced tensor
   */
  public Tensor min(boolean keepDims, int... axes) {
    Step.checkNoIntegers("min", this);
    return Reductions.max("min", neg(), keepDims, axes).neg();
  }

  /**
   * Unbiased variance over some axes, with correction 1.
   *
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return a tensor without these axes, [1] if none is left
   */
  public Tensor var(int... axes) {
    return var(1, false, axes);
  }

  /**
   * Variance over some axes: the sum of squared differences from the mean, divided by n -
   * correction for n elements.
   *
   * @param correction 1 for the unbiased variance, 0 for that of the elements; below n
   * @param keepDims whether these axes stay, with size 1
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the reduced tensor
   */
  public Tensor var(int correction, boolean keepDims, int... axes) {
    return Statistics.variance("var", this, correction, keepDims, axes);
  }

  /**
   * Standard deviation over some axes, the root of {@link #var(int...)}; the gradient is 0 where it
   * is 0.
   *
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return a tensor without these axes, [1] if none is left
   */
  public Tensor std(int... axes) {
    return std(1, false, axes);
  }

  /**
   * Standard deviation over some axes; the gradient is 0 where it is 0.
   *
   * @param correction as of {@link #var(int, boolean, int...)}
   * @param keepDims whether these axes stay, with size 1
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the reduced tensor
   */
  public Tensor std(int correction, boolean keepDims, int... axes) {
    return Statistics.deviation(this, correction, keepDims, axes);
  }

  /**
   * Logarithm of the sum of exponentials, ln sum e^x, over some axes, computed so that it does not
   * overflow.
   *
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return a tensor without these axes; minus infinity, of gradient 0, where all elements are
   */
  public Tensor logSumExp(int... axes) {
    return logSumExp(false, axes);
  }

  /**
   * Logarithm of the sum of exponentials, as {@link #logSumExp(int...)}.
   *
   * @param keepDims whether these axes stay, with size 1
   * @param axes counted from 0, or from the end as -1, ...; none means all
   * @return the reduced tensor
   */
  public Tensor logSumExp(boolean keepDims, int... axes) {
    return Statistics.logSumExp(this, keepDims, axes);
  }

  // --- along one axis

  /**
   * Scales vectors to length 1: x / max(||x||, epsilon) with ||x|| = sqrt(sum x^2) along an axis.
   *
   * @param axis along which the vectors lie, counted from 0, or from the end as -1, ...
   * @param epsilon above 0; 1e-12 in PyTorch
   * @return a tensor of this shape; zeros for a vector of zeros
   */
  public Tensor l2Normalize(int axis, double epsilon) {
    return Statistics.l2Normalize(this, axis, epsilon);
  }

  /**
   * Scales vectors to length 1, as {@link #l2Normalize(int, double)} with an epsilon of 1e-12.
   *
   * @param axis along which the vectors lie, counted from 0, or from the end as -1, ...
   * @return a tensor of this shape
   */
  public Tensor l2Normalize(int axis) {
    return l2Normalize(axis, 1e-12);
  }

  /**
   * Normalizes weights (Salimans and Kingma 2016, equation 2): gain v / ||v||, with the norm over
   * all axes but the last.
   *
   * @param gain [out], where this is v [.., out]
   * @return a tensor of this shape; NaN where all v are 0
   */
  public Tensor weightNorm(Tensor gain) {
    return Statistics.weightNorm(this, gain);
  }

  /**
   * Softmax; numbers of any size do not overflow.
   *
   * @param axis counted from 0, or from the end as -1, ...; fastest along the last
   * @return e^x / sum of e^x along the axis
   */
  public Tensor softmax(int axis) {
    return step.apply(new Softmax(axis, false), this);
  }

  /**
   * Logarithm of {@link #softmax}, exact where that rounds to 0.
   *
   * @param axis counted from 0, or from the end as -1, ...; fastest along the last
   * @return x - ln(sum of e^x along the axis)
   */
  public Tensor logSoftmax(int axis) {
    return step.apply(new Softmax(axis, true), this);
  }

  /**
   * Running sum along one axis.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @return y_i = x_0 + ... + x_i along the axis
   */
  public Tensor cumsum(int axis) {
    return step.apply(new Cumsum(axis), this);
  }

  // --- losses, each a mean

  /**
   * Mean squared error, the mean over all elements of (this - target)^2.
   *
   * @param target of the same shape
   * @return a scalar
   */
  public Tensor meanSquaredError(Tensor target) {
    return step.apply(new Losses.MeanSquaredError(), this, target);
  }

  /**
   * Mean absolute error, the mean over all elements of |this - target|; the gradient is 0 where
   * they are equal.
   *
   * @param target of the same shape
   * @return a scalar
   */
  public Tensor meanAbsoluteError(Tensor target) {
    return Losses.meanAbsoluteError(this, target);
  }

  /**
   * Huber's loss (1964), square near the target and linear far from it. With d = this - target it
   * is the mean over all elements of d^2 / 2 where |d| is below delta, else of delta (|d| - delta /
   * 2).
   *
   * @param target of the same shape
   * @param delta where the square becomes linear, above 0
   * @return a scalar
   */
  public Tensor huber(Tensor target, double delta) {
    return Losses.huber(this, target, delta);
  }

  /**
   * Cross-entropy of classes, in nats: the mean over all rows of {@code -ln softmax(row)[target]},
   * where this holds logits [.., classes].
   *
   * @param targets the right class of each row, from 0 to classes - 1; rows in C order
   * @return a scalar
   */
  public Tensor crossEntropy(int... targets) {
    return crossEntropy(step.tensor(targets, Losses.rowsOf(this, targets)));
  }

  /**
   * Cross-entropy of classes, as {@link #crossEntropy(int...)}.
   *
   * @param classes in INT, of the shape of these logits without the last axis
   * @return a scalar
   */
  public Tensor crossEntropy(Tensor classes) {
    return Losses.crossEntropy(this, classes);
  }

  /**
   * Cross-entropy of classes, as {@link #crossEntropy(int...)}, of which rows may be left out.
   *
   * @param classes in INT, of the shape of these logits without the last axis
   * @param ignoreIndex the class of rows that are left out, as -1
   * @return a scalar, 0 if all rows are left out
   */
  public Tensor crossEntropy(Tensor classes, int ignoreIndex) {
    return Losses.crossEntropy(this, classes, ignoreIndex);
  }

  /**
   * Binary cross-entropy, in nats: the mean over all elements of {@code -t ln p - (1 - t) ln(1 -
   * p)}, where p is the sigmoid of this. It is computed as {@code softplus(x) - x t}, which no
   * finite logit makes infinite.
   *
   * @param target probabilities t from 0 to 1, of the same shape
   * @return a scalar
   */
  public Tensor binaryCrossEntropyWithLogits(Tensor target) {
    return Losses.binaryCrossEntropyWithLogits(this, target);
  }

  // --- products

  /**
   * Matrix product; with more than two axes, one for each index of the leading axes.
   *
   * @param other [.., k, n], where this is [.., m, k]; the leading axes broadcast
   * @return [.., m, n]
   */
  public Tensor matmul(Tensor other) {
    return matmul(false, other, false);
  }

  /**
   * Matrix product as {@link #matmul(Tensor)}, of matrices that are read transposed where they lie.
   *
   * @param transposed whether this is [.., k, m]
   * @param other [.., k, n]
   * @param otherTransposed whether it is [.., n, k]
   * @return [.., m, n]
   */
  public Tensor matmul(boolean transposed, Tensor other, boolean otherTransposed) {
    return Matmul.broadcast(this, transposed, other, otherTransposed);
  }

  /**
   * Attention (Vaswani et al. 2017, equation 1): softmax(query key^T / sqrt(d)) value, for each
   * index of the leading axes, which are equal; usually [batch, heads].
   *
   * @param query [.., queries, d]
   * @param key [.., length, d]
   * @param value [.., length, e]
   * @param causal whether query i sees keys 0 to i only; there must be as many queries as keys then
   * @return [.., queries, e]
   */
  public static Tensor scaledDotProductAttention(
      Tensor query, Tensor key, Tensor value, boolean causal) {
    return Attention.scaledDotProduct(query, key, value, causal);
  }

  // --- shapes

  /**
   * The same elements in the same order under another shape.
   *
   * @param newShape of the same number of elements; one dimension may be -1 and is then found
   * @return the reshaped tensor, which shares this one's memory
   */
  public Tensor reshape(long... newShape) {
    return step.apply(new Rearrangements.Reshape(newShape.clone()), this);
  }

  /**
   * Axes in another order.
   *
   * @param axes axis i of the result is this one's axis axes[i]
   * @return the permuted tensor
   */
  public Tensor permute(int... axes) {
    return step.apply(new Rearrangements.Permute(axes.clone()), this);
  }

  /**
   * A part along one axis.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @param from the first index
   * @param to the index after the last
   * @return this[.., from:to, ..]
   */
  public Tensor slice(int axis, long from, long to) {
    return step.apply(new Rearrangements.Slice(axis, from, to), this);
  }

  /**
   * Tensors one after another along one axis.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @param tensors at least one, equal in shape but for that axis
   * @return the concatenation
   */
  public static Tensor concat(int axis, List<Tensor> tensors) {
    return Rearrangements.concat(axis, tensors);
  }

  /**
   * Tensors of one shape along a new axis.
   *
   * @param axis where the new axis is, from 0 to the rank, or from the end as -1, ...
   * @param tensors at least one
   * @return the stack, of one axis more
   */
  public static Tensor stack(int axis, List<Tensor> tensors) {
    return Rearrangements.stack(axis, tensors);
  }

  /**
   * Repeats axes of size 1, and adds axes in front, as broadcasting does.
   *
   * @param newShape of at least this rank; -1 keeps the size of an axis
   * @return a tensor of the new shape
   */
  public Tensor expand(long... newShape) {
    return step.apply(new Rearrangements.Expand(newShape.clone()), this);
  }

  // --- borders and pixels

  /**
   * Adds a number at both ends of an axis.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @param before how many elements, at least 0
   * @param after how many elements, at least 0
   * @param number the value of the new elements
   * @return a larger tensor; this one if nothing is added
   */
  public Tensor pad(int axis, long before, long after, double number) {
    return Rearrangements.pad(this, axis, before, after, number);
  }

  /**
   * Mirrors elements at both ends of an axis, without repeating the edge: c b | a b c | b a.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @param before how many elements, below the size of the axis
   * @param after how many elements, below the size of the axis
   * @return a larger tensor
   */
  public Tensor padReflect(int axis, long before, long after) {
    return Rearrangements.padReflect(this, axis, before, after);
  }

  /**
   * Nearest-neighbour upsampling.
   *
   * @param factor how often each pixel of this [b, h, w, c] is repeated in both directions
   * @return [b, h factor, w factor, c]
   */
  public Tensor upsample(int factor) {
    return step.apply(new Upsample(factor), this);
  }

  /**
   * Adds pixels around images.
   *
   * @param padding how many on each side of this [b, h, w, c], and which; reflected pixels must be
   *     fewer than the size of the axis
   * @return [b, top + h + bottom, left + w + right, c]
   */
  public Tensor pad(Padding padding) {
    return Pixels.pad(this, padding);
  }

  /**
   * Blocks of pixels as channels: channel {@code (i block + j) c + k} of the result is channel k of
   * the pixel in row i and column j of the block (TensorFlow's order; PyTorch's pixel_unshuffle has
   * {@code (k block + i) block + j}). {@link #depthToSpace} is the inverse.
   *
   * @param block rows and columns of a block; this is [b, h, w, c] with h and w multiples of it
   * @return [b, h / block, w / block, block^2 c]
   */
  public Tensor spaceToDepth(int block) {
    return Pixels.spaceToDepth(this, block);
  }

  /**
   * Channels as blocks of pixels, the inverse of {@link #spaceToDepth}.
   *
   * @param block rows and columns of a block; this is [b, h, w, c] with c a multiple of its square
   * @return [b, h block, w block, c / block^2]
   */
  public Tensor depthToSpace(int block) {
    return Pixels.depthToSpace(this, block);
  }

  // --- pooling

  /**
   * Average of the pixels in a window: y[b][i][j][c] = the sum over u and v of x[b][i s - p + u][j
   * s - p + v][c], divided by kernelHeight kernelWidth, with stride s and padding p. The zeros of
   * the padding count as pixels, as in PyTorch.
   *
   * @param kernelHeight rows of the window
   * @param kernelWidth columns of the window
   * @param window stride and padding, which must be smaller than the kernel
   * @return [b, h', w', c], where this is [b, h, w, c]; sizes as {@link ConvOptions} says
   * @throws IllegalArgumentException if this is no [b, h, w, c] in FLOAT or DOUBLE, the window has
   *     dilation, groups, output padding or padding that differs between sides, the padding is not
   *     smaller than the kernel, or the images are too small
   */
  public Tensor averagePool(int kernelHeight, int kernelWidth, ConvOptions window) {
    return step.apply(new Pooling(PoolingMode.AVERAGE, kernelHeight, kernelWidth, window), this);
  }

  /**
   * Maximum of the pixels in a window, channel by channel: y[b][i][j][c] = the maximum over u and v
   * of x[b][i s - p + u][j s - p + v][c], with stride s and padding p. Padding is never the
   * maximum, nor is NaN beside a number; the maximum of negative infinities is the lowest finite
   * number. The gradient goes to the first of equal pixels, row by row.
   *
   * @param kernelHeight rows of the window
   * @param kernelWidth columns of the window
   * @param window stride and padding, which must be smaller than the kernel
   * @return [b, h', w', c], where this is [b, h, w, c]; sizes as {@link ConvOptions} says
   * @throws IllegalArgumentException if this is no [b, h, w, c] in FLOAT or DOUBLE, the window has
   *     dilation, groups, output padding or padding that differs between sides, the padding is not
   *     smaller than the kernel, or the images are too small
   */
  public Tensor maxPool(int kernelHeight, int kernelWidth, ConvOptions window) {
    return step.apply(new Pooling(PoolingMode.MAX, kernelHeight, kernelWidth, window), this);
  }

  // --- normalization

  /**
   * Layer normalization (Ba et al. 2016, equation 4): (x - mean) / sqrt(variance + epsilon) weight
   * + bias with mean and variance over the last axis, that is of each row.
   *
   * @param weight [d], where this is [.., d]
   * @param bias [d]
   * @param epsilon keeps the quotient finite where a row is constant; above 0
   * @return a tensor of this shape
   * @throws IllegalArgumentException if weight or bias is of another shape, step or number format,
   *     this is in INT, or epsilon is not above 0
   */
  public Tensor layerNorm(Tensor weight, Tensor bias, double epsilon) {
    return step.apply(new Normalizations.Layer(epsilon), this, weight, bias);
  }

  /**
   * Layer normalization without weight and bias: (x - mean) / sqrt(variance + epsilon).
   *
   * @param epsilon above 0
   * @return a tensor of this shape
   * @throws IllegalArgumentException if this is in INT, or epsilon is not above 0
   */
  public Tensor layerNorm(double epsilon) {
    return step.apply(new Normalizations.Layer(epsilon), this);
  }

  /**
   * Group normalization (Wu and He 2018, equation 7): (x - mean) / sqrt(variance + epsilon) weight
   * + bias with mean and variance of each image over all its pixels and one group of channels.
   *
   * @param groups into how many groups of neighbours the channels are divided, without remainder
   * @param weight [channels], where this is [batch, .., channels]
   * @param bias [channels]
   * @param epsilon keeps the quotient finite where a group is constant; above 0
   * @return a tensor of this shape
   * @throws IllegalArgumentException if the channels cannot be divided so, weight or bias is of
   *     another shape, step or number format, this is in INT, or epsilon is not above 0
   */
  public Tensor groupNorm(int groups, Tensor weight, Tensor bias, double epsilon) {
    return step.apply(new Normalizations.Group(groups, epsilon), this, weight, bias);
  }

  /**
   * Group normalization without weight and bias: (x - mean) / sqrt(variance + epsilon).
   *
   * @param groups into how many groups of neighbours the channels are divided
   * @param epsilon above 0
   * @return a tensor of this shape
   * @throws IllegalArgumentException if the channels cannot be divided so, this is in INT, or
   *     epsilon is not above 0
   */
  public Tensor groupNorm(int groups, double epsilon) {
    return step.apply(new Normalizations.Group(groups, epsilon), this);
  }

  /**
   * Batch normalization (Ioffe and Szegedy 2015, algorithm 1): (x - mean) / sqrt(variance +
   * epsilon) weight + bias with each channel's mean and variance over all images and pixels.
   *
   * @param weight [channels], where this is [.., channels]
   * @param bias [channels]
   * @param epsilon keeps the quotient finite where a channel is constant; above 0
   * @return the result, with the means and variances that it was computed with
   * @throws IllegalArgumentException if weight or bias is of another shape, step or number format,
   *     this is in INT, or epsilon is not above 0
   */
  public NormalizationResult batchNorm(Tensor weight, Tensor bias, double epsilon) {
    return NormalizationResult.of(
        step.applyAll(new Normalizations.Batch(epsilon), this, weight, bias));
  }

  /**
   * Batch normalization without weight and bias: (x - mean) / sqrt(variance + epsilon).
   *
   * @param epsilon above 0
   * @return the result, with the means and variances that it was computed with
   * @throws IllegalArgumentException if this is in INT, or epsilon is not above 0
   */
  public NormalizationResult batchNorm(double epsilon) {
    return NormalizationResult.of(step.applyAll(new Normalizations.Batch(epsilon), this));
  }

  // --- random numbers

  /**
   * Dropout (Srivastava et al. 2014): each element becomes 0 with some probability, or else is
   * divided by 1 - rate, so that its mean stays what it is. The first axis is taken for the
   * examples of the batch: each has numbers of its own by its place ({@link
   * io.github.vqvae4j.random.RngKey}).
   *
   * @param rate the probability, from 0 to below 1
   * @return a tensor of this shape
   * @throws IllegalStateException in a step without random numbers, unless the rate is 0; a layer
   *     drops only if {@code isTraining(step)}
   * @throws IllegalArgumentException if the rate is not in this range, or is not 0 and this is in
   *     INT
   */
  public Tensor dropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "dropout: expected a rate from 0 to below 1, got " + rate + ".");
    }
    return rate == 0 ? this : mul(random(Distribution.DROPOUT, rate));
  }

  /**
   * Returns noise from the standard normal distribution, each example's by its place in the whole
   * batch ({@link io.github.vqvae4j.random.RngKey}).
   *
   * @return a constant of this shape, of which the first axis is the examples
   * @throws IllegalStateException in a step without random numbers
   */
  public Tensor normalLike() {
    return random(Distribution.NORMAL, 0);
  }

  /**
   * Returns numbers from the uniform distribution from 0 to below 1, as {@link #normalLike}.
   *
   * @return a constant of this shape, of which the first axis is the examples
   * @throws IllegalStateException in a step without random numbers
   */
  public Tensor uniformLike() {
    return random(Distribution.UNIFORM, 0);
  }

  private Tensor random(Distribution distribution, double rate) {
    return step.apply(new RandomNumbers(distribution, rate, step.nextDraw()), this);
  }

  // --- indices

  /**
   * Index of the largest element along an axis, the first of equal ones; NaN counts as the largest.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @return indices in INT, without the axis
   */
  public Tensor argmax(int axis) {
    return argmax(false, axis);
  }

  /**
   * Index of the largest element along an axis, as {@link #argmax(int)}.
   *
   * @param keepDims whether the axis stays, with size 1
   * @param axis counted from 0, or from the end as -1, ...
   * @return indices in INT
   */
  public Tensor argmax(boolean keepDims, int axis) {
    return Indexing.arg(true, this, keepDims, axis);
  }

  /**
   * Index of the smallest element along an axis, the first of equal ones; NaN counts as the
   * smallest.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @return indices in INT, without the axis
   */
  public Tensor argmin(int axis) {
    return argmin(false, axis);
  }

  /**
   * Index of the smallest element along an axis, as {@link #argmin(int)}.
   *
   * @param keepDims whether the axis stays, with size 1
   * @param axis counted from 0, or from the end as -1, ...
   * @return indices in INT
   */
  public Tensor argmin(boolean keepDims, int axis) {
    return Indexing.arg(false, this, keepDims, axis);
  }

  /**
   * The k largest elements along an axis, in falling order: values[j] = x[indices[j]]; of equal
   * ones the first comes first, and NaN before all others. The gradient goes to these elements.
   *
   * @param k from 1 to the size of the axis
   * @param axis counted from 0, or from the end as -1, ...
   * @return values and indices, of size k along the axis
   * @throws IllegalArgumentException if the axis does not exist, this is in INT, or k is not in
   *     range
   */
  public TopK topK(int k, int axis) {
    return Indexing.topK(this, k, axis);
  }

  /**
   * Takes elements by their index along an axis, as {@code torch.gather}: with axis 1, y[i][j] =
   * x[i][indices[i][j]]. The gradient of an element is the sum over its uses.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @param indices in INT, of this shape but along the axis
   * @return a tensor of the shape of the indices
   * @throws IllegalArgumentException if the axis does not exist, or the indices are not in INT, of
   *     another step or shape, or not from 0 to below the size of the axis
   */
  public Tensor gather(int axis, Tensor indices) {
    return Indexing.gather(this, axis, indices);
  }

  /**
   * Takes slices by their index along an axis, as {@code torch.index_select}, with indices of any
   * shape: along axis 0, y[i][..] = x[indices[i]][..]. The gradient of a slice is the sum over its
   * uses.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @param indices in INT, from 0 to below the size of the axis
   * @return the axis replaced by those of the indices
   * @throws IllegalArgumentException if the axis does not exist, or the indices are not in INT, of
   *     another step, or out of range
   */
  public Tensor indexSelect(int axis, Tensor indices) {
    return step.apply(new Indexing.IndexSelect("indexSelect", axis), this, indices);
  }

  /**
   * Looks vectors up, y[i] = x[indices[i]], as {@link #indexSelect} along axis 0.
   *
   * @param indices in INT [..], where this is a table [rows, d]
   * @return [.., d]
   * @throws IllegalArgumentException if the indices are not in INT, of another step, or not from 0
   *     to below the number of rows
   */
  public Tensor embedding(Tensor indices) {
    return step.apply(new Indexing.IndexSelect("embedding", 0), this, indices);
  }

  /**
   * Adds elements at indices along an axis, as {@code torch.scatter_add}: with axis 1,
   * y[i][indices[i][j]] += source[i][j], where y begins as this. In FLOAT too what is added to one
   * element is summed in double and rounded once. The gradient of the source is y's at the indices.
   *
   * @param axis counted from 0, or from the end as -1, ...
   * @param indices in INT, of this shape but along the axis
   * @param source what is added, of the shape of the indices
   * @return a tensor of this shape
   * @throws IllegalArgumentException if the axis does not exist; the indices are not in INT, of
   *     another step or shape, or out of range; the source is of another shape, step or number
   *     format; or this is in INT
   */
  public Tensor scatterAdd(int axis, Tensor indices, Tensor source) {
    return Indexing.scatterAdd(this, axis, indices, source);
  }

  /**
   * Sums up slices of one segment, as {@code jax.ops.segment_sum}: y[k] = the sum of x[i] over all
   * i with segments[i] = k, and 0 where there is none. In FLOAT too a sum is taken in double and
   * rounded once. The gradient of a slice is that of its segment.
   *
   * @param segments in INT [n], each from 0 to count - 1, where this is [n, ..]
   * @param count how many segments there are
   * @return [count, ..]
   * @throws IllegalArgumentException if this is in INT, or the segments are not in INT, of another
   *     step or length, or out of range
   */
  public Tensor segmentSum(Tensor segments, long count) {
    return step.apply(new Indexing.SegmentSum(count), this, segments);
  }

  /**
   * One-hot vectors of integers: y[..][c] = 1 if x[..] = c, else 0.
   *
   * @param classes how many there are; elements are from 0 to below it
   * @param target the number format of the result
   * @return [.., classes] of 0, and 1 at each element
   * @throws IllegalArgumentException if this is not in INT, there is no class, or an element is not
   *     from 0 to below classes
   */
  public Tensor oneHot(int classes, DType target) {
    return Indexing.oneHot(this, classes, target);
  }

  /**
   * For each row, the nearest row of a codebook by Euclidean distance, argmin_j ||x_i - e_j||; of
   * rows equally near, the one of lowest index. No gradient goes through it.
   *
   * <p>The rows found are those of a search in double that tries all, for numbers in FLOAT of any
   * size and any distance from the origin too; in DOUBLE, squares of differences must not overflow.
   * A row of the codebook that is not finite is never found. It takes longer where very many rows
   * are equally near up to rounding in float.
   *
   * @param codebook [k, d], where this is [n, d]
   * @return [n], indices in INT
   * @throws NonFiniteException if a row of this, or every row of the codebook, has a NaN or an
   *     infinity
   */
  public Tensor nearestRows(Tensor codebook) {
    return step.apply(new Rows.Nearest(), this, codebook);
  }

  // --- gradients that are not the value's

  /**
   * The same value, from which no gradient goes back: sg(x).
   *
   * @return a constant that shares this one's memory
   */
  public Tensor stopGradient() {
    return step.apply(new Surrogates.StopGradient(), this);
  }

  /**
   * The straight-through estimator (van den Oord et al. 2017, section 3.2): the value is exactly
   * that of another tensor, the gradient goes unchanged to this one.
   *
   * @param forward the value, of the same shape
   * @return a tensor equal to {@code forward} bit for bit
   */
  public Tensor straightThrough(Tensor forward) {
    return step.apply(new Surrogates.StraightThrough(), this, forward.stopGradient());
  }

  /**
   * The straight-through form of a function: its value exactly, and the gradient of the identity,
   * as {@code x.straightThrough(Tensor::round)}.
   *
   * @param forward computes the value, of this shape
   * @return a tensor equal to {@code forward} of this
   */
  public Tensor straightThrough(UnaryOperator<Tensor> forward) {
    return straightThrough(forward.apply(stopGradient()));
  }

  // --- convolutions

  /**
   * Two-dimensional convolution (cross-correlation, as everywhere in deep learning): y[b][i][j][o]
   * = bias[o] + the sum over u, v and c of weight[u][v][c][o] x[b][i s - p + u d][j s - p + v
   * d][c], with stride s, padding p, dilation d, and 0 for x outside of the image; with groups, c
   * runs over the channels of o's group.
   *
   * @param weight [kernel height, kernel width, in / groups, out], where this is [b, h, w, in]; the
   *     results of group g are the g-th out / groups of them
   * @param bias [out], or null
   * @param window stride, padding, dilation and groups
   * @return [b, h', w', out], sizes as {@link ConvOptions} says
   * @throws IllegalArgumentException if a shape does not fit, an operand is of another step or
   *     number format or in INT, the window has output padding, or the result would be empty
   */
  public Tensor conv2d(Tensor weight, Tensor bias, ConvOptions window) {
    return Convolutions.of(Form.CONV_2D, this, weight, bias, null, false, window);
  }

  /**
   * Transposed two-dimensional convolution: the gradient of a convolution with respect to its
   * input. Each x[b][i][j][c] adds weight[u][v][o][c] x[b][i][j][c] to y[b][i s - p + u d][j s - p
   * + v d][o], which begins as bias[o]; s, p and d as of {@link #conv2d}. What falls outside is
   * dropped.
   *
   * @param weight [kernel height, kernel width, out / groups, in], where this is [b, h, w, in]
   * @param bias [out], or null
   * @param window stride, padding, dilation, groups and output padding
   * @return [b, h', w', out], sizes as {@link ConvOptions} says
   * @throws IllegalArgumentException if a shape does not fit, an operand is of another step or
   *     number format or in INT, or the result would be empty
   */
  public Tensor convTranspose2d(Tensor weight, Tensor bias, ConvOptions window) {
    return Convolutions.of(Form.CONV_TRANSPOSE_2D, this, weight, bias, null, false, window);
  }

  /**
   * One-dimensional convolution: y[b][t][o] = bias[o] + the sum over u and c of weight[u][c][o]
   * x[b][t s - p + u d][c], as {@link #conv2d}.
   *
   * @param weight [kernel, in / groups, out], where this is [batch, time, in]
   * @param bias [out], or null
   * @param window of which the width's settings and the groups count
   * @return [batch, time', out], sizes as {@link ConvOptions} says of the width
   * @throws IllegalArgumentException if a shape does not fit, an operand is of another step or
   *     number format or in INT, the window has output padding, or the result would be empty
   */
  public Tensor conv1d(Tensor weight, Tensor bias, ConvOptions window) {
    return Convolutions.of(Form.CONV_1D, this, weight, bias, null, false, window);
  }

  /**
   * Transposed one-dimensional convolution: each x[b][t][c] adds weight[u][o][c] x[b][t][c] to
   * y[b][t s - p + u d][o], as {@link #convTranspose2d}.
   *
   * @param weight [kernel, out / groups, in], where this is [batch, time, in]
   * @param bias [out], or null
   * @param window of which the width's settings and the groups count
   * @return [batch, time', out], sizes as {@link ConvOptions} says of the width
   * @throws IllegalArgumentException if a shape does not fit, an operand is of another step or
   *     number format or in INT, or the result would be empty
   */
  public Tensor convTranspose1d(Tensor weight, Tensor bias, ConvOptions window) {
    return Convolutions.of(Form.CONV_TRANSPOSE_1D, this, weight, bias, null, false, window);
  }
}
