package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.Window;
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
    if (Arrays.equals(a.shape(), b.shape())) {
      switch (operation) {
        case ADD -> a.add(b, y);
        case SUB -> a.sub(b, y);
        case MUL -> a.mul(b, y);
        case DIV -> a.div(b, y);
      }
    } else {
      String name =
          switch (operation) {
            case ADD -> "add";
            case SUB -> "subtract";
            case MUL -> "multiply";
            case DIV -> "divide";
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
  public void cumulativeSum(INDArray x, int axis, boolean reverse, INDArray y) {
    exec(op("cumsum").addInputs(x).addIntegerArguments(0, reverse ? 1 : 0, axis).addOutputs(y));
  }

  @Override
  public void matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y) {
    // CBLAS writes C order directly; Nd4j.gemm wants a result in Fortran order.
    int m = (int) y.size(0);
    int n = (int) y.size(1);
    int k = (int) a.size(transposeA ? 0 : 1);
    Blas.of(y).product(pointer(a), transposeA, pointer(b), transposeB, false, m, n, k, pointer(y));
  }

  @Override
  public void permute(INDArray x, int[] axes, INDArray y) {
    exec(op("permute").addInputs(x).addIntegerArguments(axes).addOutputs(y));
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
      Pooling kind, INDArray x, long[] kernel, Window window, INDArray y, INDArray where) {
    exec(pooling(kind, "", kernel, window).addInputs(x).addOutputs(y));
  }

  @Override
  public void poolGradient(
      Pooling kind,
      INDArray x,
      long[] kernel,
      Window window,
      INDArray where,
      INDArray dy,
      INDArray dx) {
    exec(pooling(kind, "_bp", kernel, window).addInputs(x, dy).addOutputs(dx));
  }

  private static DynamicCustomOp.DynamicCustomOpsBuilder pooling(
      Pooling kind, String direction, long[] kernel, Window window) {
    // The last: dilation, explicit padding, which counts in an average, channels last.
    return op((kind == Pooling.MAX ? "maxpool2d" : "avgpool2d") + direction)
        .addIntegerArguments(
            (int) kernel[0],
            (int) kernel[1],
            window.strideHeight(),
            window.strideWidth(),
            window.paddingHeight(),
            window.paddingWidth(),
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
      Window window,
      INDArray y) {
    boolean add = begin(bias, residual, y);
    new GemmConvolution(x, weight, y, window).forward(x, weight, add, y);
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
      Window window,
      INDArray dx,
      INDArray dWeight,
      INDArray dBias) {
    GemmConvolution convolution = new GemmConvolution(x, weight, dy, window);
    if (dx != null) {
      clear(dx);
      convolution.addInputGradient(dy, weight, dx);
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
      Window window,
      INDArray y) {
    if (!begin(bias, residual, y)) {
      clear(y);
    }
    // It is the gradient of the convolution whose images are our results.
    new GemmConvolution(y, weight, x, window).addInputGradient(x, weight, y);
    if (relu) {
      unary(Unary.RELU, y, y);
    }
  }

  /** y = bias + residual, of which either may be null; false, and nothing is done, if both are. */
  private static boolean begin(INDArray bias, INDArray residual, INDArray y) {
    Pointer target = pointer(y);
    long size = y.dataType().width();
    if (bias != null) {
      // The bias once, then what is there twice, four times, ..
      Pointer.memcpy(target, pointer(bias), bias.length() * size);
      for (long done = bias.length(); done < y.length(); done *= 2) {
        long more = Math.min(done, y.length() - done);
        Pointer.memcpy(target.getPointer(done), target, more * size);
      }
      if (residual != null) {
        Blas.of(y).add(Math.toIntExact(y.length()), pointer(residual), target);
      }
    } else if (residual != null) {
      Pointer.memcpy(target, pointer(residual), y.length() * size);
    }
    return bias != null || residual != null;
  }

  private static void clear(INDArray array) {
    Pointer.memset(pointer(array), 0, array.length() * array.dataType().width());
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
