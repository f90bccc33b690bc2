package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How each operation is computed. Every array is dense and in C order; results go into arrays that
 * the caller allocated, which never overlap an input unless a method says so. Shapes were checked
 * by the caller.
 *
 * <p>Layouts: images [batch, height, width, channels]; convolution weights [kernel height, kernel
 * width, in / groups, out]; transposed convolution weights [kernel height, kernel width, out /
 * groups, in], which are the weights of the convolution that it is the gradient of.
 *
 * <p>A weight's stamp names its numbers (see {@link Stamps}), so that what was made of them may be
 * used again.
 */
public interface Kernels {
  /** Functions of one number; some have settings, called alpha and beta. */
  enum Unary {
    NEG,
    SQUARE,
    SQRT,
    EXP,
    LOG,
    ABS,
    RELU,
    SIGMOID,
    TANH,
    /** max(x, 0) + alpha min(x, 0). */
    LEAKY_RELU,
    /** min(max(x, alpha), beta), of derivative 1 from alpha to beta, both included. */
    CLAMP,
    /** x / (1 + e^-x). */
    SILU,
    /** x (1 + erf(x / sqrt(2))) / 2. */
    GELU,
    /** ln(1 + e^x), which is x and not infinite where e^x is. */
    SOFTPLUS,
    SIN,
    COS,
    /** max(x, 0) + alpha (e^min(x, 0) - 1). */
    ELU,
    /** The nearest whole number, the even one of two; derivative 0, as of the next two. */
    ROUND,
    FLOOR,
    /** -1, 0 or 1; NaN for NaN. */
    SIGN,
    /** x^alpha, of derivative alpha x^(alpha - 1), and 0 everywhere if alpha is 0. */
    POW
  }

  /** Functions of two numbers. */
  enum Binary {
    ADD,
    SUB,
    MUL,
    /** Not of ints. */
    DIV,
    /** NaN if either is. */
    MAXIMUM,
    /** NaN if either is. */
    MINIMUM
  }

  /** Comparisons of two numbers; with NaN all but the last are false. */
  enum Comparison {
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    EQUAL,
    NOT_EQUAL
  }

  /** What becomes of the pixels in a window. */
  enum PoolingMode {
    /** The largest, padding left out. */
    MAX,
    /** Their sum by the window's size, padding counted as 0. */
    AVERAGE
  }

  /** What stands in the log. */
  String name();

  /** y = f(x). */
  void unary(Unary function, double alpha, double beta, INDArray x, INDArray y);

  /** As above, for a function without settings. */
  default void unary(Unary function, INDArray x, INDArray y) {
    unary(function, 0, 0, x, y);
  }

  /** dx = dy f'(x), where y = f(x). */
  void unaryGradient(
      Unary function, double alpha, double beta, INDArray x, INDArray y, INDArray dy, INDArray dx);

  /** As above, for a function without settings. */
  default void unaryGradient(Unary function, INDArray x, INDArray y, INDArray dy, INDArray dx) {
    unaryGradient(function, 0, 0, x, y, dy, dx);
  }

  /** y = a op b; a and b have y's rank and broadcast along axes where they have size 1. */
  void binary(Binary operation, INDArray a, INDArray b, INDArray y);

  /** y = 1 where a and b compare so, else 0: ints. Shapes are as in {@link #binary}. */
  default void compare(Comparison comparison, INDArray a, INDArray b, INDArray y) {
    BinaryLoops.compare(comparison, a, b, y);
  }

  /**
   * y = a where the condition, of ints, is not 0, else b. All have y's rank and broadcast along
   * axes where they have size 1.
   */
  default void where(INDArray condition, INDArray a, INDArray b, INDArray y) {
    BinaryLoops.where(condition, a, b, y);
  }

  /** y = x factor + shift; y may be x. */
  void affine(INDArray x, double factor, double shift, INDArray y);

  /** target += addend, of the same shape. */
  void accumulate(INDArray target, INDArray addend);

  /** difference = x - target, all of one shape; returns the sum of its squares. */
  double difference(INDArray x, INDArray target, INDArray difference);

  /** Sums over some axes; y has x's rank and size 1 along these. */
  void sum(INDArray x, int[] axes, INDArray y);

  /** y = softmax of x along an axis, or its logarithm. */
  void softmax(INDArray x, int axis, boolean log, INDArray y);

  /** dx, where y is the result of {@link #softmax}. */
  void softmaxGradient(INDArray y, INDArray dy, int axis, boolean log, INDArray dx);

  /**
   * y = sums of x along an axis up to and with each index, or from the end with {@code reverse}.
   */
  void cumsum(INDArray x, int axis, boolean reverse, INDArray y);

  /**
   * y [.., m, n] = a b, of which a is [.., m, k] or, transposed, [.., k, m], and b [.., k, n] or
   * [.., n, k]; one product for each index of the leading axes, which are equal.
   */
  void matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y);

  /**
   * scores [n, k] = x table^T + bias, for x [n, d], table [k, d] and bias [k] in float, and best
   * [n, groups], the largest of each k / groups neighbours in a row, of which the groups are whole.
   */
  void scores(INDArray x, INDArray table, INDArray bias, INDArray scores, INDArray best);

  /** y's axis i is x's axis axes[i]. */
  void permute(INDArray x, int[] axes, INDArray y);

  /**
   * y = (x - mean) / sqrt(variance + epsilon) weight + bias, where mean and variance (the mean
   * squared difference from the mean) are those of all pixels of an image and of the channels of a
   * group; groups are of equal size.
   *
   * @param x [images, pixels, channels]
   * @param weight [channels], as bias; both may be null, for 1 and 0
   * @param mean [images, groups], as variance: results too
   */
  void normalize(
      INDArray x,
      INDArray weight,
      INDArray bias,
      double epsilon,
      INDArray mean,
      INDArray variance,
      INDArray y);

  /**
   * The gradients of {@link #normalize}.
   *
   * @param mean what it gave, as variance
   * @param dx of x's shape, or null if it is not wanted; so for the others
   */
  void normalizeGradients(
      INDArray x,
      INDArray weight,
      double epsilon,
      INDArray mean,
      INDArray variance,
      INDArray dy,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias);

  /** y = x[.., from : from + size of y, ..] along one axis. */
  void slice(INDArray x, int axis, long from, INDArray y);

  /** The arrays one after another along one axis. */
  void concat(INDArray[] xs, int axis, INDArray y);

  /** y [b, h f, w f, c]: each pixel of x [b, h, w, c] repeated f times in both directions. */
  void upsample(INDArray x, int factor, INDArray y);

  /** dx: the sum of dy over each pixel's repetitions. */
  void upsampleGradient(INDArray dy, int factor, INDArray dx);

  /**
   * y [b, h', w', c] = the pooled x [b, h, w, c].
   *
   * @param kernel height and width of the window
   * @param where of y's shape, for notes to {@link #poolGradient}; null if no gradient is wanted
   */
  void pool(
      PoolingMode kind, INDArray x, long[] kernel, ConvOptions window, INDArray y, INDArray where);

  /** dx; each maximum's gradient goes to the first pixel that has it. */
  void poolGradient(
      PoolingMode kind,
      INDArray x,
      long[] kernel,
      ConvOptions window,
      INDArray where,
      INDArray dy,
      INDArray dx);

  /**
   * y = relu?(x * weight + bias + residual).
   *
   * @param bias [out], or null
   * @param residual of y's shape, or null
   */
  void conv2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions window,
      INDArray y);

  /**
   * The gradients of {@code y = x * weight + bias}.
   *
   * @param dx of x's shape, or null if it is not wanted; so for the others
   */
  void conv2dGradients(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray dy,
      ConvOptions window,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias);

  /** y = relu?(transposed convolution of x + bias + residual); bias and residual may be null. */
  void convTranspose2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions window,
      INDArray y);
}
