package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.tensor.ConvOptions;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The computations behind all tensor operations. All arrays are dense and in row-major order.
 * Results are written to arrays allocated by the caller, which must not overlap an input unless a
 * method allows it. The caller has checked all shapes.
 *
 * <p>Layouts: images [batch, height, width, channels]; convolution weights [kernel height, kernel
 * width, in / groups, out]; transposed convolution weights [kernel height, kernel width, out /
 * groups, in], the layout of the convolution whose input gradient it computes.
 *
 * <p>A weight's stamp identifies its contents (see {@link VersionStamp}), so that values computed
 * from them, such as packed weights, can be cached.
 */
public interface Kernels {
  /** Unary functions; some have parameters, called alpha and beta. */
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
    /** min(max(x, alpha), beta), with derivative 1 in [alpha, beta]. */
    CLAMP,
    /** x / (1 + e^-x). */
    SILU,
    /** x (1 + erf(x / sqrt(2))) / 2. */
    GELU,
    /** ln(1 + e^x), computed without overflow for large x. */
    SOFTPLUS,
    SIN,
    COS,
    /** max(x, 0) + alpha (e^min(x, 0) - 1). */
    ELU,
    /** Rounds to the nearest integer, ties to even; the derivative is 0, as for FLOOR and SIGN. */
    ROUND,
    FLOOR,
    /** -1, 0 or 1; NaN for NaN. */
    SIGN,
    /** x^alpha, with derivative alpha x^(alpha - 1), which is 0 everywhere if alpha is 0. */
    POW
  }

  /** Binary functions. */
  enum Binary {
    ADD,
    SUB,
    MUL,
    /** Not supported for ints. */
    DIV,
    /** NaN if either operand is NaN. */
    MAXIMUM,
    /** NaN if either operand is NaN. */
    MINIMUM
  }

  /** Comparisons; with a NaN operand, all but {@link #NOT_EQUAL} are false. */
  enum Comparison {
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    EQUAL,
    NOT_EQUAL
  }

  /** Pooling functions. */
  enum PoolingMode {
    /** The maximum, ignoring padding. */
    MAX,
    /** The mean over the window, counting padding as 0. */
    AVERAGE
  }

  /** Returns the name for log messages. */
  String name();

  /** Computes y = f(x). */
  void unary(Unary function, double alpha, double beta, INDArray x, INDArray y);

  /** Like the method above, for functions without parameters. */
  default void unary(Unary function, INDArray x, INDArray y) {
    unary(function, 0, 0, x, y);
  }

  /** Computes dx = dy f'(x), where y = f(x). */
  void unaryGradient(
      Unary function, double alpha, double beta, INDArray x, INDArray y, INDArray dy, INDArray dx);

  /** Like the method above, for functions without parameters. */
  default void unaryGradient(Unary function, INDArray x, INDArray y, INDArray dy, INDArray dx) {
    unaryGradient(function, 0, 0, x, y, dy, dx);
  }

  /** Computes y = a op b; a and b have y's rank and are broadcast along axes of size 1. */
  void binary(Binary operation, INDArray a, INDArray b, INDArray y);

  /**
   * Computes y = 1 where the comparison holds and 0 elsewhere, as ints. For shapes see {@link
   * #binary}.
   */
  default void compare(Comparison comparison, INDArray a, INDArray b, INDArray y) {
    BinaryLoops.compare(comparison, a, b, y);
  }

  /**
   * Computes y = a where the condition (ints) is nonzero, b elsewhere. All inputs have y's rank and
   * are broadcast along axes of size 1.
   */
  default void where(INDArray condition, INDArray a, INDArray b, INDArray y) {
    BinaryLoops.where(condition, a, b, y);
  }

  /** Computes y = x factor + shift; y may be x. */
  void affine(INDArray x, double factor, double shift, INDArray y);

  /** Computes target += addend, of the same shape. */
  void accumulate(INDArray target, INDArray addend);

  /**
   * Computes difference = x - target, all of the same shape, and returns the sum of its squares.
   */
  double difference(INDArray x, INDArray target, INDArray difference);

  /** Computes the sum over axes; y has x's rank and size 1 along these axes. */
  void sum(INDArray x, int[] axes, INDArray y);

  /** Computes y = softmax(x) along an axis, or its logarithm. */
  void softmax(INDArray x, int axis, boolean log, INDArray y);

  /** Computes the gradient of {@link #softmax}, whose result is y. */
  void softmaxGradient(INDArray y, INDArray dy, int axis, boolean log, INDArray dx);

  /**
   * Computes the inclusive cumulative sum of x along an axis; starts from the end if {@code
   * reverse}.
   */
  void cumsum(INDArray x, int axis, boolean reverse, INDArray y);

  /**
   * Computes the batched matrix product y [.., m, n] = a b, where a is [.., m, k] or, transposed,
   * [.., k, m], and b is [.., k, n] or, transposed, [.., n, k]. The leading axes are equal.
   */
  void matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y);

  /**
   * Computes scores [n, k] = x table^T + bias for x [n, d], table [k, d] and bias [k] in float, and
   * best [n, groups], the maximum of each group of k / groups adjacent scores in a row. The number
   * of groups divides k.
   */
  void scores(INDArray x, INDArray table, INDArray bias, INDArray scores, INDArray best);

  /** Computes y, whose axis i is x's axis axes[i]. */
  void permute(INDArray x, int[] axes, INDArray y);

  /**
   * Computes y = (x - mean) / sqrt(variance + epsilon) * weight + bias, where mean and (biased)
   * variance are taken over all pixels of an image and the channels of a group. Groups are
   * contiguous and of equal size. If the pixels of an image are spread over several workers, mean
   * and variance are those of all pixels.
   *
   * @param x the input [images, pixels, channels]
   * @param weight the weight [channels], or null for 1
   * @param bias the bias [channels], or null for 0
   * @param epsilon the value added to the variance
   * @param workers the workers over which the pixels of each image are spread
   * @param mean receives the means [images, groups]
   * @param variance receives the variances [images, groups]
   * @param y receives the result, of x's shape
   * @return the number of elements of each group, on all workers
   */
  long normalize(
      INDArray x,
      INDArray weight,
      INDArray bias,
      double epsilon,
      Communicator workers,
      INDArray mean,
      INDArray variance,
      INDArray y);

  /**
   * Computes the gradients of {@link #normalize}. If there are several workers, the input gradient
   * is that of the sum of their losses, and the other gradients are those of this worker's loss.
   *
   * @param mean the means computed by {@link #normalize}
   * @param variance the variances computed by {@link #normalize}
   * @param dx receives the input gradient, of x's shape; null to skip it
   * @param dWeight receives the weight gradient; null to skip it
   * @param dBias receives the bias gradient; null to skip it
   */
  void normalizeGradients(
      INDArray x,
      INDArray weight,
      double epsilon,
      Communicator workers,
      INDArray mean,
      INDArray variance,
      INDArray dy,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias);

  /** Computes y = x[.., from : from + size of y, ..] along one axis. */
  void slice(INDArray x, int axis, long from, INDArray y);

  /** Concatenates arrays along one axis. */
  void concat(INDArray[] xs, int axis, INDArray y);

  /** Computes y [b, h f, w f, c] by nearest-neighbor upsampling of x [b, h, w, c] by factor f. */
  void upsample(INDArray x, int factor, INDArray y);

  /** Computes dx, the sum of dy over each pixel's repetitions. */
  void upsampleGradient(INDArray dy, int factor, INDArray dx);

  /**
   * Computes y [b, h', w', c] by pooling x [b, h, w, c].
   *
   * @param kernel the height and width of the window
   * @param workspace an array of y's shape in which the positions of maxima are stored for {@link
   *     #poolGradient}; null if no gradient is needed
   */
  void pool(
      PoolingMode mode,
      INDArray x,
      long[] kernel,
      ConvOptions options,
      INDArray y,
      INDArray workspace);

  /**
   * Computes the gradient of pooling. The gradient of a maximum is propagated to the first pixel
   * with that value.
   */
  void poolGradient(
      PoolingMode mode,
      INDArray x,
      long[] kernel,
      ConvOptions options,
      INDArray workspace,
      INDArray dy,
      INDArray dx);

  /**
   * Computes y = relu?(x * weight + bias + residual).
   *
   * @param bias the bias [out], or null
   * @param residual an array of y's shape to add, or null
   */
  void conv2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions options,
      INDArray y);

  /**
   * Computes the gradients of {@code y = x * weight + bias}.
   *
   * @param dx receives the input gradient, of x's shape; null to skip it
   * @param dWeight receives the weight gradient; null to skip it
   * @param dBias receives the bias gradient; null to skip it
   */
  void conv2dGradients(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray dy,
      ConvOptions options,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias);

  /**
   * Computes y = relu?(transposed convolution of x + bias + residual); bias and residual may be
   * null.
   */
  void convTranspose2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions options,
      INDArray y);
}
