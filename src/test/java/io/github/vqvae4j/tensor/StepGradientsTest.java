package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static io.github.vqvae4j.tensor.Close.assertClose;
import static io.github.vqvae4j.tensor.Tensors.embedded;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests gradients of several losses of one pass, in any order. */
class StepGradientsTest {
  private static final int LOSSES = 4;

  static IntStream seeds() {
    return IntStream.rangeClosed(1, 30);
  }

  private static List<Variable> variables(long seed, DType dtype) {
    Rng rng = new Rng(seed);
    List<Variable> variables = new ArrayList<>();
    for (long[] shape : RandomGraph.LEAVES) {
      float[] values = Tensors.gaussians(rng, (int) NdArray.size(shape));
      for (int i = 0; i < values.length; i++) {
        values[i] *= 0.5f;
      }
      Variable variable = new Variable(true, values, shape);
      variable.convert(dtype);
      variables.add(variable);
    }
    return variables;
  }

  /** Returns losses that share a graph; the last one depends on a single variable. */
  private static List<Tensor> losses(long seed, Step step, List<Variable> variables) {
    Tensor[] leaves = variables.stream().map(v -> v.in(step)).toArray(Tensor[]::new);
    Tensor first = RandomGraph.loss(seed, leaves).mul(0.01);
    Tensor shared = leaves[0].add(leaves[1]).reshape(12, 4);
    Tensor second = first.tanh().add(shared.add(shared).mean());
    // The straight-through value equals its input, so that central differences are valid.
    Tensor through = shared.straightThrough(shared.stopGradient().add(0)).mul(shared);
    Tensor third = through.sum().add(first.square());
    return List.of(first, second, third, leaves[2].square().sum());
  }

  private static double[] separateGradient(
      long seed, int loss, int variable, List<Variable> variables) {
    try (Step step = Step.training(new Rng(1))) {
      losses(seed, step, variables).get(loss).backward();
      Tensor gradient = step.gradient(variables.get(variable));
      return gradient == null ? new double[variables.get(variable).size()] : gradient.toDoubles();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void gradientsOfLossesAreIndependentOfOrder(int seed) {
    for (DType dtype : new DType[] {DType.FLOAT, DType.DOUBLE}) {
      List<Variable> variables = variables(seed, dtype);
      double[][][] expected = new double[LOSSES][variables.size()][];
      for (int loss = 0; loss < LOSSES; loss++) {
        for (int v = 0; v < variables.size(); v++) {
          expected[loss][v] = separateGradient(seed, loss, v, variables);
        }
      }
      Rng rng = new Rng(seed);
      try (Step step = Step.training(new Rng(1))) {
        List<Tensor> losses = losses(seed, step, variables);
        List<Tensor> read = new ArrayList<>();
        List<double[]> copies = new ArrayList<>();
        for (int call = 0; call < 12; call++) {
          int loss = rng.nextInt(LOSSES);
          int[] asked = rng.ints(1 + rng.nextInt(5), 0, variables.size()).toArray();
          List<Tensor> gradients =
              step.gradients(
                  losses.get(loss), Arrays.stream(asked).mapToObj(variables::get).toList(), true);
          for (int i = 0; i < asked.length; i++) {
            String what =
                "seed "
                    + seed
                    + ", "
                    + dtype
                    + ", call "
                    + call
                    + ", loss "
                    + loss
                    + ", variable "
                    + asked[i];
            // In float, the gradient of a bias alone is summed in a different order.
            double rounding = dtype == DType.FLOAT ? 1e-6 : 0;
            assertClose(expected[loss][asked[i]], gradients.get(i).toDoubles(), rounding, what);
            assertArrayEquals(variables.get(asked[i]).shape(), gradients.get(i).shape());
            read.add(gradients.get(i));
            copies.add(gradients.get(i).toDoubles());
          }
          if (call == 6) {
            variables.get(2).in(step).square().sum().backward();
          }
        }
        losses.get(1).backward();
        for (int v = 0; v < variables.size(); v++) {
          double[] sum = expected[1][v].clone();
          for (int i = 0; i < sum.length; i++) {
            sum[i] += expected[3][v][i];
          }
          double tolerance = dtype == DType.FLOAT ? 1e-6 : 1e-14;
          Tensor added = step.gradient(variables.get(v));
          double[] actual = added == null ? new double[sum.length] : added.toDoubles();
          assertClose(sum, actual, tolerance, "seed " + seed + ", sum " + v);
        }
        Set<Long> addresses = new HashSet<>();
        for (long[] shape : RandomGraph.LEAVES) {
          for (int i = 0; i < 100; i++) {
            var array = step.arena().allocate(dtype, shape);
            array.assign(-77);
            assertTrue(
                addresses.add(array.data().pointer().address()),
                "seed " + seed + ": given out twice");
          }
        }
        for (int i = 0; i < read.size(); i++) {
          assertArrayEquals(
              copies.get(i), read.get(i).toDoubles(), "seed " + seed + ": result " + i);
        }
      }
      variables.forEach(Variable::close);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void gradientsMatchCentralDifferences(int seed) {
    List<Variable> variables = variables(seed, DType.DOUBLE);
    Rng rng = new Rng(seed + 1000L);
    for (int loss = 0; loss < LOSSES; loss++) {
      for (Variable variable : variables) {
        double[] direction = rng.doubles(variable.size(), -1, 1).toArray();
        double actual = 0;
        try (Step step = Step.training(new Rng(1))) {
          double[] gradient =
              step.gradients(losses(seed, step, variables).get(loss), List.of(variable))
                  .get(0)
                  .toDoubles();
          for (int i = 0; i < gradient.length; i++) {
            actual += gradient[i] * direction[i];
          }
        }
        double[] stored = variable.toDoubles();
        double[] at = new double[2];
        for (int side = 0; side < 2; side++) {
          double[] moved = stored.clone();
          for (int i = 0; i < moved.length; i++) {
            moved[i] += (side == 0 ? 1 : -1) * Tolerances.DIFFERENCE_STEP * direction[i];
          }
          variable.set(moved);
          try (Step step = Step.inference()) {
            at[side] = losses(seed, step, variables).get(loss).item();
          }
        }
        variable.set(stored);
        double difference = (at[0] - at[1]) / (2 * Tolerances.DIFFERENCE_STEP);
        assertClose(
            new double[] {difference},
            new double[] {actual},
            Tolerances.CENTRAL_DIFFERENCE_CHAIN,
            "seed " + seed + ", loss " + loss);
      }
    }
    variables.forEach(Variable::close);
  }

  @Test
  void leafMayBeTheLoss() {
    try (Variable testCase = new Variable(true, new float[] {3}, 1);
        Variable other = new Variable(true, new float[] {3, 4}, 2);
        Step step = Step.training(new Rng(1))) {
      other.in(step);
      List<Tensor> gradients =
          step.gradients(testCase.in(step), List.of(testCase, other, testCase));
      assertEquals(1, gradients.get(0).item());
      assertArrayEquals(new float[2], gradients.get(1).toFloats());
      assertEquals(1, gradients.get(2).item());
      testCase.in(step).backward();
      testCase.in(step).backward();
      assertEquals(2, step.gradient(testCase).item());
      assertEquals(1, gradients.get(0).item());
    }
  }

  @Test
  void onlyTheGraphOfTheLossIsReleased() {
    try (Variable a = new Variable(true, new float[] {3}, 1);
        Variable b = new Variable(true, new float[] {5}, 1);
        Step step = Step.training(new Rng(1))) {
      Tensor squareOfA = a.in(step).square();
      Tensor squareOfB = b.in(step).square();
      assertEquals(6, step.gradients(squareOfA.add(squareOfB), List.of(a)).get(0).item());
      assertEquals(10, step.gradients(squareOfB.mul(1), List.of(b)).get(0).item());
      Tensor repeated = squareOfA.mul(2);
      assertThrows(IllegalStateException.class, () -> step.gradients(repeated, List.of(a)));
      assertNull(step.gradient(b), "backward was not called");
    }
  }

  @Test
  void rejectedCallsKeepTheStepUsable() {
    try (Variable a = new Variable(true, new float[] {3}, 1);
        Variable unused = new Variable(true, new float[] {5}, 1);
        Variable buffer = new Variable(false, new float[] {5}, 1);
        Step step = Step.training(new Rng(1))) {
      Tensor loss = a.in(step).mul(buffer.in(step)).square();
      for (Variable wrong : List.of(unused, buffer)) {
        assertThrows(IllegalArgumentException.class, () -> step.gradients(loss, List.of(a, wrong)));
      }
      assertThrows(IllegalStateException.class, () -> step.gradients(buffer.in(step), List.of(a)));
      assertEquals(150, step.gradients(loss, List.of(a)).get(0).item());
    }
  }

  private static long bytes(UnaryOperator<Tensor> block, int depth, long... shape) {
    try (Variable v = new Variable(true, new float[(int) NdArray.size(shape)], shape);
        Step step = Step.training(new Rng(1))) {
      Tensor y = v.in(step);
      for (int i = 0; i < depth; i++) {
        y = block.apply(y);
      }
      Tensor loss = y.sum();
      long before = step.bytes();
      step.gradients(loss, List.of(v), true);
      return step.bytes() - before;
    }
  }

  @Test
  void longChainsNeedConstantGradientMemory() {
    ConvOptions same = ConvOptions.of(1, 1);
    long[] shape = {2, 16, 16, 8};
    BiFunction<Tensor, Boolean, Tensor> conv =
        (x, relu) ->
            FusedConvolution.of(
                Form.CONV_2D, x, x.step().tensor(new float[576], 3, 3, 8, 8), null, x, relu, same);
    List<UnaryOperator<Tensor>> blocks =
        List.of(
            y -> y.add(y),
            y -> y.mul(y),
            y -> y.sub(y),
            y -> y.div(y.add(2)),
            y -> y.add(y.tanh()),
            y -> y.add(1).reshape(2, -1).add(y.reshape(2, -1)).reshape(shape),
            y -> Tensor.concat(0, List.of(y, y)).slice(0, 1, 3),
            y -> y.straightThrough(y.stopGradient().mul(2)).add(y),
            y -> y.add(y.mean(1, 2).reshape(2, 1, 1, 8)),
            y ->
                embedded(y.reshape(-1, 8), IntStream.range(0, 512).toArray()).reshape(shape).add(y),
            y -> conv.apply(y, false),
            y -> conv.apply(y, true));
    for (int i = 0; i < blocks.size(); i++) {
      long few = bytes(blocks.get(i), 8, shape);
      long many = bytes(blocks.get(i), 80, shape);
      assertTrue(many <= few, "block " + i + ": " + few + " bytes, then " + many);
    }
  }

  @Test
  void failureIsRememberedUnlessTheGraphWasRetained() {
    CustomOperation failing =
        new CustomCases.Formula(
            "failing",
            x -> x[0].mul(1),
            (g, y, x) -> {
              throw new IllegalStateException("no gradient today");
            });
    try (Variable variable = new Variable(true, new float[] {1, 2}, 2);
        Step step = Step.training(new Rng(1))) {
      List<Variable> asked = List.of(variable);
      Tensor loss = step.apply(failing, variable.in(step)).square().sum();
      Tensor other = variable.in(step).sum();
      assertThrows(IllegalStateException.class, () -> step.gradients(loss, asked, true));
      assertArrayEquals(new float[] {1, 1}, step.gradients(other, asked, true).get(0).toFloats());
      assertThrows(IllegalStateException.class, () -> step.gradients(loss, asked));
      for (Executable next :
          new Executable[] {
            () -> step.gradients(loss, asked), loss::backward, () -> step.gradients(other, asked)
          }) {
        assertMessageContains(
            assertThrows(IllegalStateException.class, next),
            "an earlier call of gradients(..) failed",
            "open a new step",
            "no gradient today");
      }
    }
  }

  @Test
  void gradientsRejectsALossOfAnotherStep() {
    try (Variable v = variable(1, 2);
        Step testCase = Step.training(new Rng(1));
        Step other = Step.training(new Rng(2))) {
      v.in(testCase).mul(10).sum();
      Tensor loss = v.in(other).square().sum();
      assertThrows(IllegalArgumentException.class, () -> testCase.gradients(loss, List.of(v)));
    }
  }

  @Test
  void lossOfAnotherStepDoesNotReadBeyondItsGradient() {
    try (Variable v = variable(new float[4096]);
        Step testCase = Step.training(new Rng(1));
        Step other = Step.training(new Rng(2))) {
      v.in(testCase).tanh().exp().sum();
      Tensor loss = v.in(other).sum();
      assertThrows(IllegalArgumentException.class, () -> testCase.gradients(loss, List.of(v)));
    }
  }

  @Test
  void rejectedGradientsCallKeepsBackwardGradients() {
    try (Variable v = variable(3);
        Step step = Step.training(new Rng(1))) {
      Tensor square = v.in(step).square();
      step.gradients(square, List.of(v));
      v.in(step).mul(3).backward();
      assertThrows(IllegalStateException.class, () -> step.gradients(square, List.of(v)));
      assertEquals(3, step.gradient(v).item());
    }
  }

  private static Variable variable(float... values) {
    return new Variable(true, values, values.length);
  }
}
