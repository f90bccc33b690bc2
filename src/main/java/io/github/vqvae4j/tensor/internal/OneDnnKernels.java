package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels in oneDNN for floats, which operate directly on the arrays' memory. If oneDNN has no
 * optimized implementation for a shape, the ND4J kernel is used.
 */
public final class OneDnnKernels implements Kernels {
  private final Kernels fallback = new Nd4jKernels();
  private final String name;

  /**
   * Loads oneDNN.
   *
   * @throws LinkageError if its natives are missing
   */
  public OneDnnKernels() {
    OneDnn.get();
    dnnl_version_t version = dnnl.dnnl_version();
    name = "oneDNN " + version.major() + "." + version.minor() + "." + version.patch();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void unary(Unary function, double alpha, double beta, INDArray x, INDArray y) {
    InferenceSplit.elements(
        x.length(),
        () -> {
          if (!OneDnnUnary.value(function, alpha, beta, x, y)) {
            fallback.unary(function, alpha, beta, x, y);
          }
        });
  }

  @Override
  public void unaryGradient(
      Unary function, double alpha, double beta, INDArray x, INDArray y, INDArray dy, INDArray dx) {
    if (!OneDnnUnary.gradient(function, alpha, beta, x, y, dy, dx)) {
      fallback.unaryGradient(function, alpha, beta, x, y, dy, dx);
    }
  }

  @Override
  public void binary(Binary operation, INDArray a, INDArray b, INDArray y) {
    InferenceSplit.elements(
        y.length(),
        () -> {
          if (!OneDnnBinary.run(operation, a, b, y)) {
            fallback.binary(operation, a, b, y);
          }
        });
  }

  @Override
  public void affine(INDArray x, double factor, double shift, INDArray y) {
    // In oneDNN factor and shift are part of the primitive, which would be rebuilt for each pair.
    FloatLoops.affine(x, (float) factor, (float) shift, y);
  }

  @Override
  public void accumulate(INDArray target, INDArray addend) {
    binary(Binary.ADD, target, addend, target);
  }

  @Override
  public double difference(INDArray x, INDArray target, INDArray difference) {
    return FloatLoops.difference(x, target, difference);
  }

  @Override
  public void sum(INDArray x, int[] axes, INDArray y) {
    if (!OneDnnReduction.sum(x, y)) {
      fallback.sum(x, axes, y);
    }
  }

  @Override
  public void softmax(INDArray x, int axis, boolean log, INDArray y) {
    InferenceSplit.elements(
        x.length(),
        () -> {
          if (!OneDnnSoftmax.value(x, axis, log, y)) {
            fallback.softmax(x, axis, log, y);
          }
        });
  }

  @Override
  public void softmaxGradient(INDArray y, INDArray dy, int axis, boolean log, INDArray dx) {
    if (!OneDnnSoftmax.gradient(y, dy, axis, log, dx)) {
      fallback.softmaxGradient(y, dy, axis, log, dx);
    }
  }

  @Override
  public void cumsum(INDArray x, int axis, boolean reverse, INDArray y) {
    fallback.cumsum(x, axis, reverse, y);
  }

  @Override
  public void matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y) {
    int rank = y.rank();
    long m = y.size(rank - 2);
    long n = y.size(rank - 1);
    long k = a.size(transposeA ? rank - 2 : rank - 1);
    long products = y.length() / (m * n);
    long[] key = {products, m, k, n, transposeA ? 1 : 0, transposeB ? 1 : 0};
    InferenceSplit.products(
        "matmul",
        y.length() * k,
        a,
        b,
        y,
        key,
        () -> {
          Call call =
              OneDnn.get()
                  .cached(
                      "matmul",
                      o -> compileMatmul(o, products, m, k, n, transposeA, transposeB),
                      Call.class,
                      key);
          if (call == Call.UNSUPPORTED) {
            fallback.matmul(a, transposeA, b, transposeB, y);
          } else {
            call.set(0, a).set(1, b).set(2, y).run();
          }
        });
  }

  private static Call compileMatmul(
      OneDnn oneDnn,
      long products,
      long m,
      long k,
      long n,
      boolean transposeA,
      boolean transposeB) {
    memory.desc a = matrices(products, m, k, transposeA);
    memory.desc b = matrices(products, k, n, transposeB);
    memory.desc y = matrices(products, m, n, false);
    return oneDnn.matmul(a, b, y);
  }

  private static memory.desc matrices(long count, long rows, long columns, boolean transposed) {
    long[] strides = transposed ? new long[] {1, rows} : new long[] {columns, 1};
    return count == 1
        ? OneDnn.strided(new long[] {rows, columns}, strides)
        : OneDnn.strided(new long[] {count, rows, columns}, rows * columns, strides[0], strides[1]);
  }

  @Override
  public void scores(INDArray x, INDArray table, INDArray bias, INDArray scores, INDArray best) {
    InferenceSplit.products(
        "scores",
        scores.length() * x.size(1),
        x,
        table,
        scores,
        new long[] {x.size(0), x.size(1), table.size(0)},
        () -> {
          if (!OneDnnScores.run(x, table, bias, scores, best)) {
            fallback.scores(x, table, bias, scores, best);
          }
        });
  }

  @Override
  public void permute(INDArray x, int[] axes, INDArray y) {
    long[] order = Arrays.stream(axes).asLongStream().toArray();
    InferenceSplit.elements(
        x.length(),
        () ->
            OneDnn.get()
                .cached(
                    "permute",
                    o -> compilePermute(o, x.shape(), axes),
                    Call.class,
                    cacheKey(0, x.shape(), order))
                .set(0, x)
                .set(1, y)
                .run());
  }

  /** Compiles a strided copy, with the strides in x of each axis of y. */
  private static Call compilePermute(OneDnn oneDnn, long[] xs, int[] axes) {
    long[] strides = new long[axes.length];
    long[] shape = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      shape[i] = xs[axes[i]];
      strides[i] = 1;
      for (int later = axes[i] + 1; later < xs.length; later++) {
        strides[i] *= xs[later];
      }
    }
    return oneDnn.reorder(OneDnn.strided(shape, strides), OneDnn.dense(shape), false);
  }

  @Override
  public long normalize(
      INDArray x,
      INDArray weight,
      INDArray bias,
      double epsilon,
      Communicator workers,
      INDArray mean,
      INDArray variance,
      INDArray y) {
    return new FloatNormalization(x, weight, epsilon, workers, mean)
        .forward(bias, mean, variance, y);
  }

  @Override
  public void normalizeGradients(
      INDArray x,
      INDArray weight,
      double epsilon,
      Communicator workers,
      INDArray mean,
      INDArray variance,
      INDArray dy,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    new FloatNormalization(x, weight, epsilon, workers, mean)
        .gradients(mean, variance, dy, dx, dWeight, dBias);
  }

  @Override
  public void slice(INDArray x, int axis, long from, INDArray y) {
    if (!OneDnnCopies.slice(x, axis, from, y)) {
      fallback.slice(x, axis, from, y);
    }
  }

  @Override
  public void concat(INDArray[] xs, int axis, INDArray y) {
    if (!OneDnnCopies.concat(xs, axis, y)) {
      fallback.concat(xs, axis, y);
    }
  }

  @Override
  public void upsample(INDArray x, int factor, INDArray y) {
    fallback.upsample(x, factor, y);
  }

  @Override
  public void upsampleGradient(INDArray dy, int factor, INDArray dx) {
    fallback.upsampleGradient(dy, factor, dx);
  }

  @Override
  public void pool(
      PoolingMode mode,
      INDArray x,
      long[] kernel,
      ConvOptions options,
      INDArray y,
      INDArray workspace) {
    InferenceSplit.elements(
        x.length(),
        () -> {
          if (!pooling(mode, x, kernel, options, y, workspace).forward(x, y, workspace)) {
            fallback.pool(mode, x, kernel, options, y, workspace);
          }
        });
  }

  @Override
  public void poolGradient(
      PoolingMode mode,
      INDArray x,
      long[] kernel,
      ConvOptions options,
      INDArray workspace,
      INDArray dy,
      INDArray dx) {
    if (!pooling(mode, dx, kernel, options, dy, workspace).backward(workspace, dy, dx)) {
      fallback.poolGradient(mode, x, kernel, options, workspace, dy, dx);
    }
  }

  private static OneDnnPooling pooling(
      PoolingMode mode,
      INDArray x,
      long[] kernel,
      ConvOptions options,
      INDArray y,
      INDArray workspace) {
    boolean withWorkspace = mode == PoolingMode.MAX && workspace != null;
    return new OneDnnPooling(mode, x.shape(), kernel, options, y.shape(), withWorkspace);
  }

  @Override
  public void conv2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions options,
      INDArray y) {
    InferenceSplit.products(
        "conv2d",
        y.length() / weight.size(3) * weight.length(),
        x,
        weight,
        y,
        convolutionKey(x, weight, bias, residual, relu, options),
        () -> {
          if (!OneDnnConvolutions.conv2d(x, weight, stamp, bias, residual, relu, options, y)) {
            fallback.conv2d(x, weight, stamp, bias, residual, relu, options, y);
          }
        });
  }

  @Override
  public void conv2dGradients(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray dy,
      ConvOptions options,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    if (dx != null && !OneDnnConvolutions.inputGradient(x, weight, stamp, dy, options, dx)) {
      fallback.conv2dGradients(x, weight, stamp, dy, options, dx, null, null);
    }
    if (dWeight != null
        && !OneDnnConvolutions.weightGradient(x, weight, dy, options, dWeight, dBias)) {
      fallback.conv2dGradients(x, weight, stamp, dy, options, null, dWeight, dBias);
    } else if (dWeight == null && dBias != null) {
      fallback.conv2dGradients(x, weight, stamp, dy, options, null, null, dBias);
    }
  }

  @Override
  public void convTranspose2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions options,
      INDArray y) {
    InferenceSplit.products(
        "convTranspose2d",
        x.length() / weight.size(3) * weight.length(),
        x,
        weight,
        y,
        convolutionKey(x, weight, bias, residual, relu, options),
        () -> {
          if (!OneDnnConvolutions.transposed(x, weight, stamp, bias, residual, relu, options, y)) {
            fallback.convTranspose2d(x, weight, stamp, bias, residual, relu, options, y);
          }
        });
  }

  private static long[] convolutionKey(
      INDArray x,
      INDArray weight,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions options) {
    long fused = (bias == null ? 0 : 1) + (residual == null ? 0 : 2) + (relu ? 4 : 0);
    return cacheKey(fused, x.shape(), weight.shape(), OneDnnConvolutions.geometry(options));
  }

  /** Concatenates values to the parameters of a cache key. */
  static long[] cacheKey(long first, long[]... others) {
    int length = 1;
    for (long[] other : others) {
      length += other.length;
    }
    long[] key = new long[length];
    key[0] = first;
    int next = 1;
    for (long[] other : others) {
      System.arraycopy(other, 0, key, next, other.length);
      next += other.length;
    }
    return key;
  }
}
