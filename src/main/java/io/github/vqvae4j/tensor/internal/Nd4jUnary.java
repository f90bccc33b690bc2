package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.scalar.LeakyReLU;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Swish;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Unary functions in plain ND4J, or in Java where ND4J lacks the function, overflows, or defines it
 * differently.
 */
final class Nd4jUnary {
  /** The cost of an element in multiplications, which determines the number of threads. */
  private static final long COST = 16;

  private Nd4jUnary() {}

  /** Computes y = f(x). */
  static void value(Unary function, double alpha, double beta, INDArray x, INDArray y) {
    switch (function) {
      case NEG -> run(new Negative(x, y));
      case SQUARE -> run(new Square(x, y));
      case SQRT -> run(new Sqrt(x, y));
      case EXP -> run(new Exp(x, y));
      case LOG -> run(new Log(x, y));
      case ABS -> run(new Abs(x, y));
      case RELU -> run(new RectifiedLinear(x, y, 0));
      case LEAKY_RELU -> run(new LeakyReLU(x, y, alpha));
      case SIGMOID -> run(new Sigmoid(x, y));
      case TANH -> run(new Tanh(x, y));
      case CLAMP -> {
        run(new ScalarMax(x, null, y, alpha));
        run(new ScalarMin(y, null, y, beta));
      }
      case SILU -> run(new Swish(x, y));
      case GELU -> {
        x.mul(Math.sqrt(0.5), y);
        run(new Erf(y, y));
        y.addi(1).muli(x).muli(0.5);
      }
      case SOFTPLUS -> each(x, y, v -> Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
      case SIN -> each(x, y, Math::sin);
      case COS -> each(x, y, Math::cos);
      case ELU -> each(x, y, v -> Math.max(v, 0) + alpha * Math.expm1(Math.min(v, 0)));
      case ROUND -> each(x, y, Math::rint);
      case FLOOR -> each(x, y, Math::floor);
      case SIGN -> each(x, y, Math::signum);
      case POW -> each(x, y, v -> Math.pow(v, alpha));
    }
  }

  /** Computes dx = dy f'(x), where y = f(x). */
  static void gradient(
      Unary function, double alpha, INDArray x, INDArray y, INDArray dy, INDArray dx) {
    switch (function) {
      case NEG -> run(new Negative(dy, dx));
      case SQUARE -> dy.mul(x, dx).muli(2);
      case SQRT -> dy.div(y, dx).muli(0.5);
      case EXP -> dy.mul(y, dx);
      case LOG -> dy.div(x, dx);
      case ABS -> {
        run(new Sign(x, dx));
        dx.muli(dy);
      }
      case RELU -> {
        // y is never negative, so its sign is the mask.
        run(new Sign(y, dx));
        dx.muli(dy);
      }
      case LEAKY_RELU -> {
        // 1 for x > 0, otherwise alpha.
        run(new Step(x, dx, 0));
        dx.muli(1 - alpha).addi(alpha).muli(dy);
      }
      case SIGMOID -> y.rsub(1, dx).muli(y).muli(dy);
      case TANH -> {
        run(new Square(y, dx));
        dx.rsubi(1).muli(dy);
      }
      case CLAMP -> {
        // The sign of x - y is 0 where x was not clamped.
        x.sub(y, dx);
        run(new Sign(dx, dx));
        run(new Abs(dx, dx));
        dx.rsubi(1).muli(dy);
      }
      case SILU -> each(x, dy, dx, Nd4jUnary::siluDerivative);
      case GELU -> {
        // Phi(x) + x phi(x), with the normal distribution's Phi and phi.
        each(x, dx, v -> v * Math.exp(-0.5 * v * v) / Math.sqrt(2 * Math.PI));
        INDArray phi = x.mul(Math.sqrt(0.5));
        run(new Erf(phi, phi));
        dx.addi(phi.addi(1).muli(0.5)).muli(dy);
      }
      case SOFTPLUS -> {
        run(new Sigmoid(x, dx));
        dx.muli(dy);
      }
      case SIN -> each(x, dy, dx, Math::cos);
      case COS -> each(x, dy, dx, v -> -Math.sin(v));
      case ELU -> each(x, dy, dx, v -> v > 0 ? 1 : alpha * Math.exp(v));
      case POW -> each(x, dy, dx, v -> alpha == 0 ? 0 : alpha * Math.pow(v, alpha - 1));
      case ROUND, FLOOR, SIGN -> HeapCopy.clear(dx);
    }
  }

  private static double siluDerivative(double v) {
    double sigmoid = 1 / (1 + Math.exp(-v));
    return sigmoid * (1 + v * (1 - sigmoid));
  }

  private static void each(INDArray x, INDArray y, DoubleUnaryOperator function) {
    HeapSlices.run(
        x.length(),
        COST,
        sliceLength -> {
          double[] values = new double[sliceLength];
          return (from, length) -> {
            HeapCopy.read(x, from, values, 0, length);
            for (int i = 0; i < length; i++) {
              values[i] = function.applyAsDouble(values[i]);
            }
            HeapCopy.write(values, 0, length, y, from);
          };
        });
  }

  /** Computes dx = dy f'(x), rounded once. */
  private static void each(INDArray x, INDArray dy, INDArray dx, DoubleUnaryOperator derivative) {
    HeapSlices.run(
        x.length(),
        COST,
        sliceLength -> {
          double[] values = new double[sliceLength];
          double[] gradients = new double[sliceLength];
          return (from, length) -> {
            HeapCopy.read(x, from, values, 0, length);
            HeapCopy.read(dy, from, gradients, 0, length);
            for (int i = 0; i < length; i++) {
              gradients[i] *= derivative.applyAsDouble(values[i]);
            }
            HeapCopy.write(gradients, 0, length, dx, from);
          };
        });
  }

  private static void run(Op op) {
    Nd4j.getExecutioner().exec(op);
  }
}
