package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.Window;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every operation in plain ND4J, in float and double: the reference that the oneDNN kernels are
 * compared with, and what runs where oneDNN's natives are missing.
 */
public final class Nd4jKernels implements Kernels {
  /** In ND4J's convolutions: weights as [kernel height, kernel width, in, out]. */
  private static final int WEIGHTS_HWIO = 0;

  private static final int CHANNELS_LAST = 1;
  private static final int EXPLICIT_PADDING = 0;

  @Override
  public String name() {
    return "ND4J";
  }

  @Override
  public void unary(Unary function, INDArray x, INDArray y) {
    Op op =
        switch (function) {
          case NEG -> new Negative(x, y);
          case SQUARE -> new Square(x, y);
          case SQRT -> new Sqrt(x, y);
          case EXP -> new Exp(x, y);
          case LOG -> new Log(x, y);
          case ABS -> new Abs(x, y);
          case RELU -> new RectifiedLinear(x, y, 0);
          case SIGMOID -> new Sigmoid(x, y);
          case TANH -> new Tanh(x, y);
        };
    Nd4j.getExecutioner().exec(op);
  }

  @Override
  public void unaryGradient(Unary function, INDArray x, INDArray y, INDArray dy, INDArray dx) {
    switch (function) {
      case NEG -> unary(Unary.NEG, dy, dx);
      case SQUARE -> dy.mul(x, dx).muli(2);
      case SQRT -> dy.div(y, dx).muli(0.5);
      case EXP -> dy.mul(y, dx);
      case LOG -> dy.div(x, dx);
      case ABS -> {
        Nd4j.getExecutioner().exec(new Sign(x, dx));
        dx.muli(dy);
      }
      case RELU -> {
        // y is never negative, so its sign is the mask.
        Nd4j.getExecutioner().exec(new Sign(y, dx));
        dx.muli(dy);
      }
      case SIGMOID -> y.rsub(1, dx).muli(y).muli(dy);
      case TANH -> {
        unary(Unary.SQUARE, y, dx);
        dx.rsubi(1).muli(dy);
      }
    }
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
  public void matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y) {
    // CBLAS writes C order directly; Nd4j.gemm wants a result in Fortran order.
    int m = (int) y.size(0);
    int n = (int) y.size(1);
    int k = (int) a.size(transposeA ? 0 : 1);
    int lda = (int) a.size(1);
    int ldb = (int) b.size(1);
    int ta = transposeA ? openblas.CblasTrans : openblas.CblasNoTrans;
    int tb = transposeB ? openblas.CblasTrans : openblas.CblasNoTrans;
    int rows = openblas.CblasRowMajor;
    if (y.dataType() == DataType.FLOAT) {
      openblas.cblas_sgemm(
          rows, ta, tb, m, n, k, 1f, floats(a), lda, floats(b), ldb, 0f, floats(y), n);
    } else {
      openblas.cblas_dgemm(
          rows, ta, tb, m, n, k, 1d, doubles(a), lda, doubles(b), ldb, 0d, doubles(y), n);
    }
  }

  private static FloatPointer floats(INDArray array) {
    return (FloatPointer) array.data().pointer();
  }

  private static DoublePointer doubles(INDArray array) {
    return (DoublePointer) array.data().pointer();
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
  public void conv2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      Window window,
      INDArray y) {
    exec(
        op("conv2d")
            .addInputs(inputs(x, weight, bias))
            .addIntegerArguments(geometry(weight, window))
            .addOutputs(y));
    finish(residual, relu, y);
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
    if (dBias != null) {
      sumOverPixels(dy, dBias);
    }
    if (dx == null && dWeight == null) {
      return;
    }
    // conv2d_bp always computes both.
    INDArray anyDx = dx != null ? dx : x.ulike();
    INDArray anyDWeight = dWeight != null ? dWeight : weight.ulike();
    exec(
        op("conv2d_bp")
            .addInputs(x, weight, dy)
            .addIntegerArguments(geometry(weight, window))
            .addOutputs(anyDx, anyDWeight));
    if (dx == null) {
      anyDx.close();
    }
    if (dWeight == null) {
      anyDWeight.close();
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
    exec(
        op("deconv2d")
            .addInputs(inputs(x, weight, bias))
            .addIntegerArguments(geometry(weight, window))
            .addOutputs(y));
    finish(residual, relu, y);
  }

  /** Adds up an image's channels over batch, height and width. */
  static void sumOverPixels(INDArray image, INDArray channels) {
    exec(
        op("reduce_sum")
            .addInputs(image)
            .addIntegerArguments(0, 1, 2)
            .addBooleanArguments(false)
            .addOutputs(channels));
  }

  private void finish(INDArray residual, boolean relu, INDArray y) {
    if (residual != null) {
      y.addi(residual);
    }
    if (relu) {
      unary(Unary.RELU, y, y);
    }
  }

  private static INDArray[] inputs(INDArray x, INDArray weight, INDArray bias) {
    return bias == null ? new INDArray[] {x, weight} : new INDArray[] {x, weight, bias};
  }

  private static int[] geometry(INDArray weight, Window w) {
    return new int[] {
      (int) weight.size(0),
      (int) weight.size(1),
      w.strideHeight(),
      w.strideWidth(),
      w.paddingHeight(),
      w.paddingWidth(),
      1,
      1,
      EXPLICIT_PADDING,
      CHANNELS_LAST,
      WEIGHTS_HWIO
    };
  }

  private static DynamicCustomOp.DynamicCustomOpsBuilder op(String name) {
    return DynamicCustomOp.builder(name);
  }

  private static void exec(DynamicCustomOp.DynamicCustomOpsBuilder op) {
    Nd4j.getExecutioner().exec(op.build());
  }
}
