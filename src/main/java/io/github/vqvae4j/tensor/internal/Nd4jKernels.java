package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.Blas.Matrix;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Kernels in plain ND4J, for float and double. They are the reference for the oneDNN kernels and
 * the fallback if oneDNN's natives are missing.
 */
public final class Nd4jKernels implements Kernels {
  @Override
  public String name() {
    return "ND4J";
  }

  @Override
  public void unary(Unary function, double alpha, double beta, INDArray x, INDArray y) {
    Nd4jUnary.value(function, alpha, beta, x, y);
  }

  @Override
  public void unaryGradient(
      Unary function, double alpha, double beta, INDArray x, INDArray y, INDArray dy, INDArray dx) {
    Nd4jUnary.gradient(function, alpha, x, y, dy, dx);
  }

  @Override
  public void binary(Binary operation, INDArray a, INDArray b, INDArray y) {
    if (operation == Binary.MAXIMUM || operation == Binary.MINIMUM) {
      BinaryLoops.extremum(operation == Binary.MAXIMUM, a, b, y);
    } else if (Arrays.equals(a.shape(), b.shape())) {
      switch (operation) {
        case ADD -> a.add(b, y);
        case SUB -> a.sub(b, y);
        case MUL -> a.mul(b, y);
        default -> a.div(b, y);
      }
    } else {
      String name =
          switch (operation) {
            case ADD -> "add";
            case SUB -> "subtract";
            case MUL -> "multiply";
            default -> "divide";
          };
      exec(op(name).addInputs(a, b).addOutputs(y));
    }
  }

  @Override
  public void affine(INDArray x, double factor, double shift, INDArray y) {
    x.mul(factor, y);
    if (shift != 0) {
      y.addi(shift);
    }
  }

  @Override
  public void accumulate(INDArray target, INDArray addend) {
    target.addi(addend);
  }

  @Override
  public double difference(INDArray x, INDArray target, INDArray difference) {
    x.sub(target, difference);
    double sum = 0;
    for (double d : HeapCopy.doublesOf(difference)) {
      sum += d * d;
    }
    return sum;
  }

  @Override
  public void sum(INDArray x, int[] axes, INDArray y) {
    exec(
        op("reduce_sum")
            .addInputs(x)
            .addIntegerArguments(axes)
            .addBooleanArguments(true)
            .addOutputs(y));
  }

  @Override
  public void softmax(INDArray x, int axis, boolean log, INDArray y) {
    if (log) {
      // ND4J's log_softmax takes the logarithm of the softmax, which may underflow to 0.
      binary(Binary.SUB, x, x.max(true, axis), y);
      INDArray sums = Transforms.exp(y).sum(true, axis);
      binary(Binary.SUB, y, Transforms.log(sums, false), y);
    } else {
      exec(op("softmax").addInputs(x).addIntegerArguments(axis).addOutputs(y));
    }
  }

  @Override
  public void softmaxGradient(INDArray y, INDArray dy, int axis, boolean log, INDArray dx) {
    if (log) {
      // dy - e^y sum(dy)
      unary(Unary.EXP, y, dx);
      binary(Binary.MUL, dx, dy.sum(true, axis), dx);
      dy.sub(dx, dx);
    } else {
      // y (dy - sum(dy y))
      dy.mul(y, dx);
      binary(Binary.SUB, dy, dx.sum(true, axis), dx);
      dx.muli(y);
    }
  }

  @Override
  public void cumsum(INDArray x, int axis, boolean reverse, INDArray y) {
    exec(op("cumsum").addInputs(x).addIntegerArguments(0, reverse ? 1 : 0, axis).addOutputs(y));
  }

  @Override
  public void matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y) {
    // CBLAS writes row-major order directly; Nd4j.gemm requires a result in Fortran order.
    int rank = y.rank();
    int m = Math.toIntExact(y.size(rank - 2));
    int n = Math.toIntExact(y.size(rank - 1));
    int k = Math.toIntExact(a.size(transposeA ? rank - 2 : rank - 1));
    int products = Math.toIntExact(y.length() / ((long) m * n));
    ParallelChunks.run(
        ParallelChunks.count(products, (long) products * m * n * k),
        products,
        (chunk, from, to) -> {
          for (long i = from; i < to; i++) {
            Blas.of(y)
                .gemm(
                    new Matrix(pointer(a).getPointer(i * m * k), transposeA ? m : k, transposeA),
                    new Matrix(pointer(b).getPointer(i * k * n), transposeB ? k : n, transposeB),
                    false,
                    m,
                    n,
                    k,
                    Matrix.of(pointer(y).getPointer(i * m * n), n));
          }
        });
  }

  @Override
  public void scores(INDArray x, INDArray table, INDArray bias, INDArray scores, INDArray best) {
    matmul(x, false, table, true, scores);
    float[] biases = HeapCopy.floatsOf(bias);
    float[] row = new float[biases.length];
    float[] maxima = new float[(int) best.size(1)];
    int group = row.length / maxima.length;
    for (long i = 0; i < scores.size(0); i++) {
      HeapCopy.read(scores, i * row.length, row, 0, row.length);
      Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
      for (int j = 0; j < row.length; j++) {
        row[j] += biases[j];
      }
      for (int j = 0; j < row.length; j++) {
        maxima[j / group] = Math.max(maxima[j / group], row[j]);
      }
      HeapCopy.write(row, 0, row.length, scores, i * row.length);
      HeapCopy.write(maxima, 0, maxima.length, best, i * maxima.length);
    }
  }

  @Override
  public void permute(INDArray x, int[] axes, INDArray y) {
    exec(op("permute").addInputs(x).addIntegerArguments(axes).addOutputs(y));
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
    return new ReferenceNormalization(x, weight, workers, mean)
        .forward(bias, epsilon, mean, variance, y);
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
    new ReferenceNormalization(x, weight, workers, mean)
        .gradients(epsilon, mean, variance, dy, dx, dWeight, dBias);
  }

  @Override
  public void slice(INDArray x, int axis, long from, INDArray y) {
    int[] begin = new int[x.rank()];
    begin[axis] = Math.toIntExact(from);
    int[] size = Arrays.stream(y.shape()).mapToInt(Math::toIntExact).toArray();
    exec(
        op("slice")
            .addInputs(x)
            .addIntegerArguments(begin)
            .addIntegerArguments(size)
            .addOutputs(y));
  }

  @Override
  public void concat(INDArray[] xs, int axis, INDArray y) {
    exec(op("concat").addInputs(xs).addIntegerArguments(axis).addOutputs(y));
  }

  @Override
  public void upsample(INDArray x, int factor, INDArray y) {
    exec(op("upsampling2d").addInputs(x).addIntegerArguments(factor, factor, 0).addOutputs(y));
  }

  @Override
  public void upsampleGradient(INDArray dy, int factor, INDArray dx) {
    long[] s = dx.shape();
    INDArray blocks = dy.reshape('c', s[0] * s[1], factor, s[2], factor, s[3]);
    exec(
        op("reduce_sum")
            .addInputs(blocks)
            .addIntegerArguments(1, 3)
            .addBooleanArguments(false)
            .addOutputs(dx.reshape('c', s[0] * s[1], s[2], s[3])));
  }

  @Override
  public void pool(
      PoolingMode mode,
      INDArray x,
      long[] kernel,
      ConvOptions options,
      INDArray y,
      INDArray workspace) {
    exec(pooling(mode, "", kernel, options).addInputs(x).addOutputs(y));
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
    exec(pooling(mode, "_bp", kernel, options).addInputs(x, dy).addOutputs(dx));
  }

  private static DynamicCustomOp.DynamicCustomOpsBuilder pooling(
      PoolingMode mode, String direction, long[] kernel, ConvOptions options) {
    // The last five: dilation, explicit padding, padding included in averages, channels last.
    return op((mode == PoolingMode.MAX ? "maxpool2d" : "avgpool2d") + direction)
        .addIntegerArguments(
            (int) kernel[0],
            (int) kernel[1],
            options.height().stride(),
            options.width().stride(),
            options.height().before(),
            options.width().before(),
            1,
            1,
            0,
            1,
            1);
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
    new GemmConvolution(x, weight, y, options).forward(x, weight, bias, residual, y);
    if (relu) {
      unary(Unary.RELU, y, y);
    }
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
    GemmConvolution convolution = new GemmConvolution(x, weight, dy, options);
    if (dx != null) {
      convolution.transposed(dy, weight, null, null, dx);
    }
    if (dWeight != null) {
      convolution.weightGradient(x, dy, dWeight);
    }
    if (dBias != null) {
      sumOverPixels(dy, dBias);
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
    // The input gradient of the convolution whose images are our results.
    new GemmConvolution(y, weight, x, options).transposed(x, weight, bias, residual, y);
    if (relu) {
      unary(Unary.RELU, y, y);
    }
  }

  /** Sums an image's channels over batch, height and width. */
  private static void sumOverPixels(INDArray image, INDArray channels) {
    exec(
        op("reduce_sum")
            .addInputs(image)
            .addIntegerArguments(0, 1, 2)
            .addBooleanArguments(false)
            .addOutputs(channels));
  }

  private static Pointer pointer(INDArray array) {
    return array.data().pointer();
  }

  private static DynamicCustomOp.DynamicCustomOpsBuilder op(String name) {
    return DynamicCustomOp.builder(name);
  }

  private static void exec(DynamicCustomOp.DynamicCustomOpsBuilder op) {
    Nd4j.getExecutioner().exec(op.build());
  }
}
