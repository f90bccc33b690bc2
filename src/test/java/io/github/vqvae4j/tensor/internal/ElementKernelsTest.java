package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares unary, binary and selection kernels with their definitions. */
class ElementKernelsTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  /** Kinks, limits and ties. */
  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    -1.5,
    2.5,
    -2.5,
    3.5,
    0.49999997,
    8388609,
    -8388609,
    1e-7,
    -1e-7,
    1e-30,
    -1e-30,
    20,
    -20,
    90,
    -90,
    3e38,
    -3e38,
    INF,
    -INF,
    Double.NaN
  };

  /** A function, its parameter, and its definition and derivative. */
  private record Case(
      Unary function, double alpha, DoubleUnaryOperator value, DoubleUnaryOperator derivative) {}

  private static final Case[] CASES = {
    new Case(Unary.SIN, 0, Math::sin, Math::cos),
    new Case(Unary.COS, 0, Math::cos, v -> -Math.sin(v)),
    elu(1),
    elu(0.3),
    elu(2),
    new Case(Unary.ROUND, 0, ElementKernelsTest::roundHalfToEven, v -> 0),
    new Case(Unary.FLOOR, 0, Math::floor, v -> 0),
    new Case(Unary.SIGN, 0, v -> v > 0 ? 1 : v < 0 ? -1 : v, v -> 0),
    pow(0),
    pow(1),
    pow(2),
    pow(3),
    pow(-1),
    pow(0.5),
    pow(-0.5),
    pow(1.7)
  };

  private Arena arena;

  private static Case elu(double alpha) {
    return new Case(
        Unary.ELU,
        alpha,
        v -> v > 0 ? v : alpha * Math.expm1(v),
        v -> v > 0 ? 1 : alpha * Math.exp(v));
  }

  private static Case pow(double exponent) {
    return new Case(
        Unary.POW,
        exponent,
        v -> Math.pow(v, exponent),
        v -> exponent == 0 ? 0 : exponent * Math.pow(v, exponent - 1));
  }

  private static double roundHalfToEven(double v) {
    if (!(Math.abs(v) < 1e15)) {
      return v;
    }
    double below = Math.floor(v);
    double fraction = v - below;
    if (fraction != 0.5) {
      return fraction < 0.5 ? below : below + 1;
    }
    return below % 2 == 0 ? below : below + 1;
  }

  @BeforeEach
  void open() {
    arena = Arena.acquire();
  }

  @AfterEach
  void close() {
    arena.recycle();
  }

  private static double[] values(Rng rng, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      // Half of the values are special.
      values[i] =
          rng.nextInt(2) == 0
              ? (float) (3 * rng.nextGaussian())
              : SPECIAL[rng.nextInt(SPECIAL.length)];
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource
  void functionsAndDerivatives(KernelSetting set) {
    Rng rng = new Rng(1);
    for (Case each : CASES) {
      for (int n : new int[] {1, 3, 17, 5003}) {
        double[] x = values(rng, n);
        System.arraycopy(SPECIAL, 0, x, 0, Math.min(n, SPECIAL.length));
        double[] upstream = new double[n];
        for (int i = 0; i < n; i++) {
          x[i] = set.rounded(x[i]);
          upstream[i] = set.rounded(rng.nextGaussian());
        }
        INDArray xs = set.array(arena, x, n);
        INDArray dy = set.array(arena, upstream, n);
        for (int call = 0; call < 2; call++) {
          INDArray y = arena.allocate(set.dtype, n);
          set.kernels.unary(each.function, each.alpha, 0, xs, y);
          INDArray dx = arena.allocate(set.dtype, n);
          set.kernels.unaryGradient(each.function, each.alpha, 0, xs, y, dy, dx);
          double[] values = HeapCopy.doublesOf(y);
          double[] gradients = HeapCopy.doublesOf(dx);
          for (int i = 0; i < n; i++) {
            String what = set + " " + each.function + " " + each.alpha + " at x = " + x[i];
            check(set, each.value.applyAsDouble(x[i]), values[i], what);
            double derivative = each.derivative.applyAsDouble(x[i]);
            check(set, upstream[i] * derivative, gradients[i], "derivative of " + what);
          }
        }
      }
    }
  }

  private static void check(KernelSetting set, double expected, double actual, String what) {
    double rounded = set.rounded(expected);
    if (Double.isNaN(expected) || Double.isInfinite(rounded)) {
      assertEquals(rounded, actual, what);
    } else {
      // Subnormal values may be flushed to 0.
      double smallest = set.dtype == DType.FLOAT ? 2 * Float.MIN_NORMAL : 0;
      assertEquals(expected, actual, set.tolerance(expected) + smallest, what);
    }
  }

  @ParameterizedTest
  @EnumSource
  void maximumAndMinimum(KernelSetting set) {
    Rng rng = new Rng(2);
    for (long[][] pair : KernelSetting.broadcasts()) {
      double[] a = rounded(set, values(rng, KernelSetting.size(pair[0])));
      double[] b = rounded(set, values(rng, KernelSetting.size(pair[1])));
      long[] shape = KernelSetting.broadcast(pair);
      for (boolean max : new boolean[] {true, false}) {
        INDArray y = arena.allocate(set.dtype, shape);
        set.kernels.binary(
            max ? Binary.MAXIMUM : Binary.MINIMUM,
            set.array(arena, a, pair[0]),
            set.array(arena, b, pair[1]),
            y);
        double[] actual = HeapCopy.doublesOf(y);
        for (int i = 0; i < actual.length; i++) {
          double p = a[KernelSetting.source(i, shape, pair[0])];
          double q = b[KernelSetting.source(i, shape, pair[1])];
          double expected = p > q == max ? p : q;
          expected = Double.isNaN(p) || Double.isNaN(q) ? Double.NaN : expected;
          assertEquals(expected, actual[i] + 0, 0, set + " of " + p + " and " + q);
        }
      }
    }
  }

  private static double[] rounded(KernelSetting set, double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = set.rounded(values[i]);
    }
    return values;
  }

  private static int holds(Comparison comparison, double a, double b) {
    boolean holds =
        switch (comparison) {
          case LESS -> a < b;
          case LESS_EQUAL -> a <= b;
          case GREATER -> a > b;
          case GREATER_EQUAL -> a >= b;
          case EQUAL -> a == b;
          case NOT_EQUAL -> a != b;
        };
    return holds ? 1 : 0;
  }

  @ParameterizedTest
  @EnumSource
  void comparisons(KernelSetting set) {
    Rng rng = new Rng(3);
    for (long[][] pair : KernelSetting.broadcasts()) {
      double[] a = rounded(set, values(rng, KernelSetting.size(pair[0])));
      double[] b = rounded(set, values(rng, KernelSetting.size(pair[1])));
      long[] shape = KernelSetting.broadcast(pair);
      for (Comparison comparison : Comparison.values()) {
        INDArray y = arena.allocate(DType.INT, shape);
        set.kernels.compare(
            comparison, set.array(arena, a, pair[0]), set.array(arena, b, pair[1]), y);
        int[] actual = HeapCopy.intsOf(y);
        for (int i = 0; i < actual.length; i++) {
          double p = a[KernelSetting.source(i, shape, pair[0])];
          double q = b[KernelSetting.source(i, shape, pair[1])];
          assertEquals(holds(comparison, p, q), actual[i], p + " " + comparison + " " + q);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereSelectsElements(KernelSetting set) {
    Rng rng = new Rng(4);
    int[] conditions = {0, 1, 0, -1, Integer.MIN_VALUE, 2, 0, Integer.MAX_VALUE, 256};
    for (long[][] pair : KernelSetting.broadcasts()) {
      for (int order = 0; order < 3; order++) {
        // Each of the three inputs has the larger shape once.
        long[][] shapes = {pair[order % 2], pair[(order + 1) % 2], pair[order / 2]};
        int[] condition = new int[KernelSetting.size(shapes[0])];
        for (int i = 0; i < condition.length; i++) {
          condition[i] = conditions[rng.nextInt(conditions.length)];
        }
        double[] a = rounded(set, values(rng, KernelSetting.size(shapes[1])));
        double[] b = rounded(set, values(rng, KernelSetting.size(shapes[2])));
        long[] shape = KernelSetting.broadcast(shapes);
        INDArray y = arena.allocate(set.dtype, shape);
        set.kernels.where(
            KernelSetting.ints(arena, condition, shapes[0]),
            set.array(arena, a, shapes[1]),
            set.array(arena, b, shapes[2]),
            y);
        double[] actual = HeapCopy.doublesOf(y);
        for (int i = 0; i < actual.length; i++) {
          double expected =
              condition[KernelSetting.source(i, shape, shapes[0])] != 0
                  ? a[KernelSetting.source(i, shape, shapes[1])]
                  : b[KernelSetting.source(i, shape, shapes[2])];
          assertEquals(expected, actual[i], set + " at " + i);
        }
      }
    }
  }
}
