package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Trace;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.AdamW;
import io.github.vqvae4j.train.Optimizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of {@code freeze} and {@code eval}. */
class ModesTest {
  private static final long SEED = 5;

  private static Layer generator() {
    return Sequential.of(
        new Conv2d(ConvConfig.of(2, 4, 3).padding(1), new Rng(1)), new BatchNorm2d(4));
  }

  private static Layer discriminator() {
    Rng rng = new Rng(2);
    return Sequential.of(
        new Conv2d(ConvConfig.of(4, 6, 3).stride(2).relu(true), rng),
        new BatchNorm2d(6),
        Activation.LEAKY_RELU,
        new Linear(6, 1, rng));
  }

  private static Tensor input(Step step, DType dtype, long... shape) {
    double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Rng rng = new Rng(SEED);
    Arrays.setAll(values, i -> (float) rng.nextGaussian());
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return dtype == DType.DOUBLE ? step.tensor(values, shape) : step.tensor(floats, shape);
  }

  private static Map<String, double[]> state(Block block) {
    Map<String, double[]> state = new LinkedHashMap<>();
    block.variables().forEach((name, variable) -> state.put(name, variable.toDoubles()));
    return state;
  }

  private static void assertSameState(Map<String, double[]> expected, Block block) {
    state(block).forEach((name, values) -> assertArrayEquals(expected.get(name), values, name));
  }

  /** Returns the generator's gradients, after an optimizer step on the discriminator. */
  private static List<double[]> generatorStep(
      Layer generator, Layer discriminator, DType dtype, boolean frozen) {
    generator.convert(dtype);
    discriminator.convert(dtype);
    if (frozen) {
      discriminator.freeze();
    }
    try (Step step = Step.training(new Rng(3))) {
      Tensor scores = discriminator.forward(generator.forward(input(step, dtype, 3, 5, 4, 2)));
      Tensor loss = scores.softplus().mean();
      loss.backward();
      step.commit();
      for (Parameter parameter : discriminator.parameters()) {
        assertEquals(frozen, step.gradient(parameter) == null, parameter.name());
      }
      if (dtype == DType.FLOAT) {
        Optimizer optimizer = AdamW.rate(0.1, 0.5);
        optimizer.update(discriminator.parameters(), step);
        assertEquals(frozen, optimizer.parameters().isEmpty());
      }
      return generator.parameters().stream().map(p -> step.gradient(p).toDoubles()).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void gradientsFlowThroughAnUnchangedFrozenDiscriminator(DType dtype) {
    try (Layer generator = generator();
        Layer free = discriminator();
        Layer frozen = discriminator()) {
      Map<String, double[]> initial = state(frozen);
      List<double[]> expected = generatorStep(generator, free, dtype, false);
      assertFalse(Arrays.equals(initial.get("1.running_mean"), state(free).get("1.running_mean")));
      double[] before = state(generator).get("1.running_mean");
      List<double[]> actual = generatorStep(generator, frozen, dtype, true);
      for (int i = 0; i < expected.size(); i++) {
        assertTrue(Arrays.stream(expected.get(i)).anyMatch(g -> g != 0) || i == 1);
        assertArrayEquals(expected.get(i), actual.get(i), 1e-12, "parameter " + i);
      }
      assertSameState(initial, frozen);
      assertFalse(Arrays.equals(before, state(generator).get("1.running_mean")), "not frozen");
    }
  }

  @Test
  void gradientOfAFrozenVariableIsRejectedWithTheReason() {
    try (Linear linear = new Linear(2, 2, new Rng(1));
        BatchNorm2d norm = new BatchNorm2d(2)) {
      linear.variables().get("weight").freeze();
      Variable weight = linear.variables().get("weight");
      Variable mean = norm.variables().get("running_mean");
      norm.eval();
      try (Step step = Step.training(new Rng(1))) {
        Tensor y = linear.forward(step.tensor(new float[] {1, 2}, 1, 1, 1, 2));
        Tensor loss = norm.forward(y).sum();
        assertGradientsRejected(
            step, loss, weight, "weight has no gradient: it was frozen", "unfreeze");
        assertGradientsRejected(step, loss, mean, "running_mean has no gradient: it is a buffer");
        linear.unfreeze();
        assertGradientsRejected(step, loss, weight, "was frozen when the step first used it");
        loss.backward();
        assertNull(step.gradient(weight));
        assertNotNull(step.gradient(linear.variables().get("bias")));
      }
    }
  }

  private static void assertGradientsRejected(
      Step step, Tensor loss, Variable variable, String... says) {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> step.gradients(loss, List.of(variable), true)),
        says);
  }

  @Test
  void parametersFrozenAfterTheirUseAreNotUpdated() {
    try (Linear linear = new Linear(2, 2, new Rng(1));
        Step step = Step.training(new Rng(1))) {
      Map<String, double[]> before = state(linear);
      linear.forward(step.tensor(new float[] {1, 2}, 1, 2)).sum().backward();
      linear.freeze();
      AdamW.rate(0.1).update(linear.parameters(), step);
      assertSameState(before, linear);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void frozenBatchNormNormalizesWithBatchStatistics(DType dtype) {
    try (BatchNorm2d free = new BatchNorm2d(3);
        BatchNorm2d frozen = new BatchNorm2d(3)) {
      free.convert(dtype);
      frozen.convert(dtype);
      frozen.freeze();
      Map<String, double[]> before = state(frozen);
      try (Step step = Step.training(new Rng(1))) {
        Tensor x = input(step, dtype, 2, 3, 2, 3);
        assertArrayEquals(free.forward(x).toDoubles(), frozen.forward(x).toDoubles());
        step.commit();
      }
      assertSameState(before, frozen);
      frozen.unfreeze();
      try (Step step = Step.training(new Rng(1))) {
        frozen.forward(input(step, dtype, 2, 3, 2, 3));
        step.commit();
      }
      assertSameState(state(free), frozen);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void evaluationModeMatchesInference(DType dtype) {
    Layer net = Sequential.of(discriminator(), new Dropout(0.5), new Linear(1, 2, new Rng(4)));
    try (net) {
      net.variables().get("0.1.running_var").set(new float[] {2, 3, 4, 5, 6, 7});
      // Keeps inputs away from the kink of the leaky ReLU.
      net.variables().get("0.1.running_mean").set(new float[] {.1f, .2f, .3f, .4f, .5f, .6f});
      net.convert(dtype);
      net.eval();
      Map<String, double[]> before = state(net);
      double[] expected;
      try (Step step = Step.inference()) {
        expected = net.forward(input(step, dtype, 2, 5, 5, 4)).toDoubles();
      }
      try (Step step = Step.training(new Rng(1))) {
        Trace trace = step.trace();
        Tensor x = input(step, dtype, 2, 5, 5, 4);
        Tensor y = net.forward(x);
        assertArrayEquals(expected, y.toDoubles());
        assertArrayEquals(expected, trace.replay(step, Map.of()).get(y).toDoubles());
        step.commit();
      }
      assertSameState(before, net);
      BlockCheck.of(net, 2, 5, 5, 4).checkGradients();
      BlockCheck.of(net, 2, 5, 5, 4).checkThreadSafety();
      net.train();
      try (Step step = Step.training(new Rng(1))) {
        assertFalse(
            Arrays.equals(expected, net.forward(input(step, dtype, 2, 5, 5, 4)).toDoubles()));
      }
    }
  }

  @Test
  void dropoutInEvaluationModeReturnsItsInput() {
    Dropout dropout = new Dropout(0.9);
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = step.tensor(new float[] {1, 2, 3}, 3);
      dropout.eval();
      assertSame(x, dropout.forward(x));
      dropout.train();
      assertFalse(Arrays.equals(x.toFloats(), dropout.forward(x).toFloats()));
    }
    try (Step step = Step.inference(new Rng(1))) {
      Tensor x = step.tensor(new float[] {1, 2, 3}, 3);
      assertSame(x, dropout.forward(x), "also in inference with random numbers");
    }
  }

  @ParameterizedTest
  @EnumSource(VectorQuantizerConfig.Update.class)
  void quantizerAveragesAreUpdatedOnlyInTrainingModeWhenNotFrozen(
      VectorQuantizerConfig.Update update) {
    VectorQuantizerConfig config =
        (update == VectorQuantizerConfig.Update.EMA
                ? VectorQuantizer.ema(6, 3)
                : VectorQuantizer.gradient(6, 3))
            .init(Initialization.UNIFORM)
            .deadCodeThreshold(0.9);
    try (VectorQuantizer quantizer = config.build(new Rng(1))) {
      Map<String, double[]> before = state(quantizer);
      quantizer.eval();
      assertNotNull(quantize(quantizer));
      assertSameState(before, quantizer);
      quantizer.train();
      quantizer.freeze();
      assertNotNull(quantize(quantizer));
      assertSameState(before, quantizer);
      quantizer.unfreeze();
      quantize(quantizer);
      assertFalse(Arrays.equals(before.get("count"), state(quantizer).get("count")));
    }
  }

  /** Commits a step and returns the gradient of the input. */
  private static Tensor quantize(VectorQuantizer quantizer) {
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = input(step, DType.FLOAT, 20, 3).requireGradient();
      LossTerm.total(quantizer.quantize(x).terms()).backward();
      step.commit();
      return x.gradient();
    }
  }

  @Test
  void updateOfSeveralVariablesIsSkippedIfOneIsFrozen() {
    try (BatchNorm2d norm = new BatchNorm2d(2)) {
      norm.variables().get("running_var").freeze();
      Map<String, double[]> before = state(norm);
      try (Step step = Step.training(new Rng(1))) {
        norm.forward(input(step, DType.FLOAT, 2, 2, 2, 2));
        step.commit();
      }
      assertSameState(before, norm);
      assertFalse(norm.isFrozen());
    }
  }

  private static final class Parent extends Layer {
    private final Layer own;

    Parent(Layer shared) {
      child("shared", shared);
      own = child("own", new Linear(2, 2, new Rng(8)));
    }

    void add(Layer later) {
      child("later", later);
    }

    @Override
    protected Tensor compute(Tensor x) {
      return own.forward(((Layer) children().get("shared")).forward(x));
    }
  }

  @Test
  void sharedLayerHasOneMode() {
    Linear shared = new Linear(2, 2, new Rng(7));
    try (Parent one = new Parent(shared);
        Parent other = new Parent(shared)) {
      one.freeze();
      one.eval();
      assertTrue(shared.isFrozen());
      assertFalse(shared.isTraining());
      assertFalse(other.isFrozen());
      assertTrue(other.isTraining());
      try (Step step = Step.training(new Rng(1))) {
        other.forward(step.tensor(new float[] {1, 2}, 1, 2)).sum().backward();
        assertNull(step.gradient(shared.variables().get("weight")));
        assertNotNull(step.gradient(other.own.variables().get("weight")));
      }
      other.unfreeze();
      other.train();
      assertFalse(shared.isFrozen());
      assertTrue(shared.isTraining());
      assertFalse(one.isFrozen(), "a child is not");
      assertTrue(one.own.isFrozen());
      assertFalse(one.own.isTraining());
    }
  }

  @Test
  void childAddedLaterKeepsItsMode() {
    Linear shared = new Linear(2, 2, new Rng(7));
    try (Parent parent = new Parent(shared)) {
      parent.freeze();
      parent.eval();
      Linear later = new Linear(2, 2, new Rng(9));
      parent.add(later);
      assertFalse(later.isFrozen());
      assertTrue(later.isTraining());
      assertFalse(parent.isFrozen());
      parent.freeze();
      assertTrue(parent.isFrozen());
    }
  }

  @Test
  void conversionPreservesModesAndBuffersAreNeverTrainable() {
    try (BatchNorm2d norm = new BatchNorm2d(2)) {
      norm.freeze();
      norm.convert(DType.DOUBLE);
      assertTrue(norm.isFrozen());
      assertTrue(norm.parameters().stream().noneMatch(Variable::isTrainable));
      norm.unfreeze();
      assertFalse(norm.variables().get("running_mean").isTrainable());
      assertTrue(norm.variables().get("weight").isTrainable());
    }
  }

  @Test
  void modesDoNotAffectRandomNumbersOfOtherBlocks() {
    VectorQuantizerConfig config = VectorQuantizer.gradient(6, 3).init(Initialization.UNIFORM);
    try (VectorQuantizer quantizer = config.build(new Rng(1));
        Dropout dropout = new Dropout(0.5);
        Dropout none = new Dropout(0)) {
      double[] expected = randomValuesAfter(quantizer, dropout, true);
      assertArrayEquals(expected, randomValuesAfter(quantizer, dropout, false), "inference");
      assertArrayEquals(expected, randomValuesAfter(quantizer, none, true), "rate 0");
      quantizer.freeze();
      assertArrayEquals(expected, randomValuesAfter(quantizer, dropout, true), "frozen");
      quantizer.unfreeze();
      quantizer.eval();
      assertArrayEquals(expected, randomValuesAfter(quantizer, dropout, true), "quantizer.eval()");
      dropout.eval();
      assertArrayEquals(expected, randomValuesAfter(quantizer, dropout, true), "dropout.eval()");
      assertArrayEquals(
          expected, randomValuesAfter(quantizer, dropout, false), "inference and eval()");
    }
  }

  private static double[] randomValuesAfter(
      VectorQuantizer quantizer, Dropout dropout, boolean training) {
    try (Step step = training ? Step.training(new Rng(4)) : Step.inference(new Rng(4))) {
      Tensor x = input(step, DType.FLOAT, 20, 3);
      quantizer.quantize(dropout.forward(x));
      return x.normalLike().toDoubles();
    }
  }

  /** Uses both ways of committing, and freezes one of the variables of the update. */
  @Test
  void variablesFrozenBetweenPassAndCommitAreNotUpdated() {
    for (boolean drained : new boolean[] {true, false}) {
      try (BatchNorm2d norm = new BatchNorm2d(2);
          BatchNorm2d other = new BatchNorm2d(2);
          Step step = Step.training(new Rng(1))) {
        Map<String, double[]> before = state(norm);
        other.forward(norm.forward(input(step, DType.FLOAT, 2, 2, 2, 2)));
        norm.variables().get("running_var").freeze();
        if (drained) {
          step.drainCommits().run();
        } else {
          step.commit();
        }
        assertSameState(before, norm);
        assertFalse(Arrays.equals(before.get("running_var"), state(other).get("running_var")));
      }
    }
  }

  @Test
  void variablesFrozenDuringThePassAreNotUpdatedAtCommit() {
    try (BatchNorm2d norm = new BatchNorm2d(2);
        Step step = Step.training(new Rng(1))) {
      double[] before = state(norm).get("running_var");
      norm.freeze();
      norm.forward(input(step, DType.FLOAT, 2, 2, 2, 2));
      norm.unfreeze();
      step.commit();
      assertArrayEquals(before, state(norm).get("running_var"));
    }
  }
}
