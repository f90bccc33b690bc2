package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.Blas.Matrix;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Every operation in plain ND4J, in float and double: the reference that the oneDNN kernels are
 * compared with, and what runs where oneDNN's natives are missing.
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
      // ND4J's own takes the logarithm of the softmax, which may have become 0.
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
    // CBLAS writes C order directly; Nd4j.gemm wants a result in Fortran order.
    int rank = y.rank();
    int m = Math.toIntExact(y.size(rank - 2));
    int n = Math.toIntExact(y.size(rank - 1));
    int k = Math.toIntExact(a.size(transposeA ? rank - 2 : rank - 1));
    int products = Math.toIntExact(y.length() / ((long) m * n));
    Parts.run(
        Parts.of(products, (long) products * m * n * k),
        products,
        (part, from, to) -> {
          for (long i = from; i < to; i++) {
            Blas.of(y)
                .product(
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
    float[] added = HeapCopy.floatsOf(bias);
    float[] row = new float[added.length];
    float[] largest = new float[(int) best.size(1)];
    int group = row.length / largest.length;
    for (long i = 0; i < scores.size(0); i++) {
      HeapCopy.read(scores, i * row.length, row, 0, row.length);
      Arrays.fill(largest, Float.NEGATIVE_INFINITY);
      for (int j = 0; j < row.length; j++) {
        row[j] += added[j];
      }
      for (int j = 0; j < row.length; j++) {
        largest[j / group] = Math.max(largest[j / group], row[j]);
      }
      HeapCopy.write(row, 0, row.length, scores, i * row.length);
      HeapCopy.write(largest, 0, largest.length, best, i * largest.length);
    }
  }

  @Override
  public void permute(INDArray x, int[] axes, INDArray y) {
    exec(op("permute").addInputs(x).addIntegerArguments(axes).addOutputs(y));
  }

  @Override
  public void normalize(
      INDArray x,
      INDArray weight,
      INDArray bias,
      double epsilon,
      INDArray mean,
      INDArray variance,
      INDArray y) {
    new PlainNormalization(x, weight, mean).forward(bias, epsilon, mean, variance, y);
  }

  @Override
  public void normalizeGradients(
      INDArray x,
      INDArray weight,
      double epsilon,
      INDArray mean,
      INDArray variance,
      INDArray dy,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    new PlainNormalization(x, weight, mean)
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
      PoolingMode kind, INDArray x, long[] kernel, ConvOptions window, INDArray y, INDArray where) {
    exec(pooling(kind, "", kernel, window).addInputs(x).addOutputs(y));
  }

  @Override
  public void poolGradient(
      PoolingMode kind,
      INDArray x,
      long[] kernel,
      ConvOptions window,
      INDArray where,
      INDArray dy,
      INDArray dx) {
    exec(pooling(kind, "_bp", kernel, window).addInputs(x, dy).addOutputs(dx));
  }

  private static DynamicCustomOp.DynamicCustomOpsBuilder pooling(
      PoolingMode kind, String direction, long[] kernel, ConvOptions window) {
    // The last: dilation, explicit padding, which counts in an average, channels last.
    return op((kind == PoolingMode.MAX ? "maxpool2d" : "avgpool2d") + direction)
        .addIntegerArguments(
            (int) kernel[0],
            (int) kernel[1],
            window.height().stride(),
            window.width().stride(),
            window.height().before(),
            window.width().before(),
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
      ConvOptions window,
      INDArray y) {
    new GemmConvolution(x, weight, y, window).forward(x, weight, bias, residual, y);
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
      ConvOptions window,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    GemmConvolution convolution = new GemmConvolution(x, weight, dy, window);
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
      ConvOptions window,
      INDArray y) {
    // It is the gradient of the convolution whose images are our results.
    new GemmConvolution(y, weight, x, window).transposed(x, weight, bias, residual, y);
    if (relu) {
      unary(Unary.RELU, y, y);
    }
  }

  /** Adds up an image's channels over batch, height and width. */
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
