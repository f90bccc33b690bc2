package io.github.vqvae4j.tensor.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.KernelSet;
import io.github.vqvae4j.tensor.OpenMpThreads;
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
 * Computes a subject in float beside double, results and the gradients of every variable: on the
 * first call and on a second one, in training and in inference, with other uses of the same
 * variables between, after a write, and in the other order on variables that are new.
 */
public final class Sweep {
  /** The system property that asks for the long form: {@code full}. */
  public static final String PROPERTY = "vqvae4j.sweep";

  static {
    // The choice of kernels, with which OpenBLAS is told to use one thread.
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

  /** Results and gradients of their sum weighted by the weights. */
  private record Pass(double[] weights, double[] values, List<double[]> gradients) {}

  private Sweep(
      String name, KernelSet kernels, double tolerance, ToDoubleFunction<Rng> draw, long seed) {
    this.name = name + ", by " + kernels + ", seed " + seed;
    this.kernels = kernels;
    this.tolerance = tolerance;
    this.draw = draw;
    rng = new Rng(seed);
  }

  /** Whether the long form was asked for. */
  public static boolean isFull() {
    return "full".equals(System.getProperty(PROPERTY));
  }

  /**
   * A test of each case on both sets of kernels, with one and with two threads.
   *
   * @param draw draws the numbers of a case's variables
   * @param make makes a case's subject
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
                                            OpenMpThreads.with(
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
   * Fails if a number is off by more than the tolerance times the largest of its array in double,
   * or 1 if that is larger.
   *
   * @param name what it is, for messages; the random numbers depend on it
   * @param make makes the subject, whose variables may hold anything
   * @param draw draws a variable's numbers
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

  /** New numbers, exact in float, into all variables that are trained. */
  private void write() {
    expected = new ArrayList<>();
    for (int i = 0; i < single.variables().size(); i++) {
      Variable variable = single.variables().get(i);
      if (variable.isTrainable()) {
        double[] values = gaussians(variable.size(), draw);
        variable.set(values);
        exact.variables().get(i).set(values);
      }
    }
    for (int use = 0; use < exact.uses().size(); use++) {
      expected.add(null);
    }
  }

  private double[] gaussians(int size, ToDoubleFunction<Rng> source) {
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
          compare(expectedGradient, found.get(i), usualSize(use, i), what);
        }
      }
    }
  }

  /**
   * What is expected; where a rectified number is 0 in one format only its gradient is left out,
   * since it is so near the kink that either side may be right.
   */
  private Pass withoutKinks(int use, double[] values) {
    Pass truth = expected.get(use);
    double[] weights = truth.weights().clone();
    boolean kinked = false;
    for (int i = 0; i < weights.length; i++) {
      if ((values[i] == 0) != (truth.values()[i] == 0)) {
        weights[i] = 0;
        kinked = true;
      }
    }
    return kinked ? inDouble(use, weights) : truth;
  }

  private Pass inDouble(int use, double[] given) {
    try (Step step = KernelSet.ND4J.training(new Rng(1))) {
      Tensor y = exact.uses().get(use).apply(step);
      double[] weights = given != null ? given : gaussians((int) y.length(), Rng::nextGaussian);
      return new Pass(weights, y.toDoubles(), gradients(step, exact, y, weights));
    }
  }

  private static List<double[]> gradients(Step step, Subject of, Tensor y, double[] weights) {
    y.mul(tensor(step, y.dtype(), weights, y.shape())).sum().backward();
    List<double[]> gradients = new ArrayList<>();
    for (Variable variable : of.variables()) {
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

  /** How large a gradient's largest number is for other weights: sums are near 0 by chance only. */
  private double usualSize(int use, int variable) {
    double size = 1;
    for (int i = 0; i < OTHER_WEIGHTS; i++) {
      size = Math.max(size, largest(inDouble(use, null).gradients().get(variable)));
    }
    return size;
  }

  private static double largest(double[] numbers) {
    double largest = 0;
    for (double number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    return largest;
  }

  private boolean isClose(double[] truth, double[] found, double atLeast) {
    double size = Math.max(atLeast, largest(truth));
    boolean close = truth.length == found.length;
    for (int i = 0; close && i < truth.length; i++) {
      // Written so that NaN fails.
      close = Math.abs(truth[i] - found[i]) <= tolerance * size;
    }
    return close;
  }

  private void compare(double[] truth, double[] found, double atLeast, String what) {
    if (!isClose(truth, found, atLeast)) {
      double[] errors = new double[truth.length];
      for (int i = 0; i < errors.length; i++) {
        errors[i] = truth[i] - found[i];
      }
      fail(
          name
              + ": "
              + what
              + ": error "
              + largest(errors)
              + " beside numbers of up to "
              + largest(truth));
    }
  }
}
