package io.github.vqvae4j.tensor.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.KernelSet;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Compares a subject's results and gradients in float with double: on the first and the second
 * call, in training and inference, with other uses of the same variables in between, after a write,
 * and in reverse order on new variables.
 */
public final class Sweep {
  /** The system property; {@code full} requests the full sweep. */
  public static final String PROPERTY = "vqvae4j.sweep";

  static {
    // Chooses the kernels, which restricts OpenBLAS to one thread.
    Step.inference().close();
  }

  private static final int OTHER_WEIGHTS = 4;

  private final String name;
  private final KernelSet kernels;
  private final double tolerance;
  private final ToDoubleFunction<Rng> draw;
  private final Rng rng;
  private Subject single;
  private Subject exact;
  private List<Pass> expected;

  /** The results, and the gradients of their weighted sum. */
  private record Pass(double[] weights, double[] values, List<double[]> gradients) {}

  private Sweep(
      String name, KernelSet kernels, double tolerance, ToDoubleFunction<Rng> draw, long seed) {
    this.name = name + ", by " + kernels + ", seed " + seed;
    this.kernels = kernels;
    this.tolerance = tolerance;
    this.draw = draw;
    rng = new Rng(seed);
  }

  /** Returns whether the full sweep was requested. */
  public static boolean isFull() {
    return "full".equals(System.getProperty(PROPERTY));
  }

  /**
   * Returns tests of each case on both kernel implementations, with one and two threads.
   *
   * @param cases the cases
   * @param tolerance the relative tolerance
   * @param draw draws the values of a case's variables
   * @param make creates a case's subject
   */
  public static <C> Stream<DynamicTest> tests(
      Stream<C> cases,
      double tolerance,
      Function<C, ToDoubleFunction<Rng>> draw,
      Function<C, Subject> make) {
    return cases.flatMap(
        one ->
            Stream.of(KernelSet.values())
                .flatMap(
                    kernels ->
                        Stream.of(1, 2)
                            .map(
                                threads ->
                                    dynamicTest(
                                        one + " by " + kernels + " on " + threads,
                                        () ->
                                            WithThreads.run(
                                                threads,
                                                () ->
                                                    check(
                                                        one + " on " + threads,
                                                        kernels,
                                                        tolerance,
                                                        draw.apply(one),
                                                        () -> make.apply(one)))))));
  }

  /**
   * Checks that all errors are within the tolerance times the array's maximum magnitude in double,
   * or within the tolerance if the maximum is below 1.
   *
   * @param name the name for messages, which also determines the random seed
   * @param kernels the kernels
   * @param tolerance the relative tolerance
   * @param draw draws a variable's values
   * @param make creates the subject, with arbitrary initial values
   */
  public static void check(
      String name,
      KernelSet kernels,
      double tolerance,
      ToDoubleFunction<Rng> draw,
      Supplier<Subject> make) {
    new Sweep(name, kernels, tolerance, draw, name.hashCode()).run(make);
  }

  private void run(Supplier<Subject> make) {
    try (Subject one = make.get();
        Subject inDouble = make.get()) {
      single = one;
      exact = inDouble;
      exact.convert(DType.DOUBLE);
      int last = one.uses().size() - 1;
      write();
      train("first call", 0);
      infer("second call", 0);
      for (int use = last; use > 0; use--) {
        train("use " + use + " after the first", use);
      }
      train("after other uses", 0);
      write();
      for (int use = last; use >= 0; use--) {
        train("use " + use + " after a write", use);
      }
      try (Subject other = make.get()) {
        single = other;
        write();
        for (int use = last; use > 0; use--) {
          train("use " + use + " before the first", use);
        }
        infer("first call, without gradients, after other uses", 0);
        train("the same with gradients", 0);
      }
    }
  }

  /** Writes new values, exact in float, to all trainable variables. */
  private void write() {
    expected = new ArrayList<>();
    for (int i = 0; i < single.variables().size(); i++) {
      Variable variable = single.variables().get(i);
      if (variable.isTrainable()) {
        double[] values = draw(variable.size(), draw);
        variable.set(values);
        exact.variables().get(i).set(values);
      }
    }
    for (int use = 0; use < exact.uses().size(); use++) {
      expected.add(null);
    }
  }

  private double[] draw(int size, ToDoubleFunction<Rng> source) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) source.applyAsDouble(rng);
    }
    return values;
  }

  private void infer(String when, int use) {
    try (Step step = kernels.inference();
        Step inDouble = KernelSet.ND4J.inference()) {
      double[] truth = exact.uses().get(use).apply(inDouble).toDoubles();
      compare(truth, single.uses().get(use).apply(step).toDoubles(), 1, when + ", result");
    }
  }

  private void train(String when, int use) {
    if (expected.get(use) == null) {
      expected.set(use, inDouble(use, null));
    }
    try (Step step = kernels.training(new Rng(1))) {
      Tensor y = single.uses().get(use).apply(step);
      Pass truth = withoutKinks(use, y.toDoubles());
      compare(truth.values(), y.toDoubles(), 1, when + ", result");
      List<double[]> found = gradients(step, single, y, truth.weights());
      for (int i = 0; i < found.size(); i++) {
        double[] expectedGradient = truth.gradients().get(i);
        String what = when + ", gradient of variable " + i;
        if (expectedGradient == null || found.get(i) == null) {
          assertEquals(expectedGradient, found.get(i), () -> name + ": " + what);
        } else if (!isClose(expectedGradient, found.get(i), 1)) {
          compare(expectedGradient, found.get(i), typicalSize(use, i), what);
        }
      }
    }
  }

  /**
   * Returns the expected values. Gradients are excluded where a ReLU output is 0 in only one
   * precision: it is so close to the kink that either side may be correct.
   */
  private Pass withoutKinks(int use, double[] values) {
    Pass truth = expected.get(use);
    double[] weights = truth.weights().clone();
    boolean excluded = false;
    for (int i = 0; i < weights.length; i++) {
      if ((values[i] == 0) != (truth.values()[i] == 0)) {
        weights[i] = 0;
        excluded = true;
      }
    }
    return excluded ? inDouble(use, weights) : truth;
  }

  private Pass inDouble(int use, double[] givenWeights) {
    try (Step step = KernelSet.ND4J.training(new Rng(1))) {
      Tensor y = exact.uses().get(use).apply(step);
      double[] weights =
          givenWeights != null ? givenWeights : draw((int) y.length(), Rng::nextGaussian);
      return new Pass(weights, y.toDoubles(), gradients(step, exact, y, weights));
    }
  }

  private static List<double[]> gradients(Step step, Subject subject, Tensor y, double[] weights) {
    y.mul(tensor(step, y.dtype(), weights, y.shape())).sum().backward();
    List<double[]> gradients = new ArrayList<>();
    for (Variable variable : subject.variables()) {
      Tensor gradient = variable.isTrainable() ? step.gradient(variable) : null;
      gradients.add(gradient == null ? null : gradient.toDoubles());
    }
    return gradients;
  }

  private static Tensor tensor(Step step, DType dtype, double[] values, long[] shape) {
    if (dtype == DType.DOUBLE) {
      return step.tensor(values, shape);
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return step.tensor(floats, shape);
  }

  /**
   * Returns the maximum magnitude of a gradient over several weights, since a sum may be close to 0
   * by chance.
   */
  private double typicalSize(int use, int variable) {
    double size = 1;
    for (int i = 0; i < OTHER_WEIGHTS; i++) {
      size = Math.max(size, maxMagnitude(inDouble(use, null).gradients().get(variable)));
    }
    return size;
  }

  private static double maxMagnitude(double[] values) {
    double max = 0;
    for (double value : values) {
      max = Math.max(max, Math.abs(value));
    }
    return max;
  }

  private boolean isClose(double[] truth, double[] found, double minSize) {
    double size = Math.max(minSize, maxMagnitude(truth));
    boolean close = truth.length == found.length;
    for (int i = 0; close && i < truth.length; i++) {
      // Also false for NaN.
      close = Math.abs(truth[i] - found[i]) <= tolerance * size;
    }
    return close;
  }

  private void compare(double[] truth, double[] found, double minSize, String what) {
    if (!isClose(truth, found, minSize)) {
      double[] errors = new double[truth.length];
      for (int i = 0; i < errors.length; i++) {
        errors[i] = truth[i] - found[i];
      }
      fail(
          name
              + ": "
              + what
              + ": error "
              + maxMagnitude(errors)
              + " for values up to "
              + maxMagnitude(truth));
    }
  }
}
