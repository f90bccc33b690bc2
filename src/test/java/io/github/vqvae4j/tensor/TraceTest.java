package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that replaying a trace is bitwise equal to computing again. */
class TraceTest {
  private static final long SEED = 20_260_101;

  /** Lists are readable, and protect replays from modification. */
  @Test
  void arrayAttributesAreLists() {
    try (Step step = Step.inference()) {
      Trace trace = step.trace();
      Tensor x = step.tensor(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      x.reshape(3, 2).permute(1, 0);
      assertEquals(Map.of("shape", List.of(3L, 2L)), trace.operations().get(0).attributes());
      assertEquals(Map.of("axes", List.of(1, 0)), trace.operations().get(1).attributes());
    }
  }

  @TestFactory
  Stream<DynamicTest> everyOperationReplays() {
    return Stream.concat(OperationCases.all(), RandomCases.of(SEED, 12).stream())
        .map(testCase -> dynamicTest(testCase.name(), () -> checkReplays(testCase)));
  }

  private static void checkReplays(OperationCase testCase) {
    for (KernelSet kernels : KernelSet.values()) {
      for (DType dtype : new DType[] {DType.FLOAT, DType.DOUBLE}) {
        for (boolean training : new boolean[] {false, true}) {
          check(testCase, kernels, dtype, training);
        }
      }
    }
  }

  private static Step step(KernelSet kernels, boolean training) {
    return training ? kernels.training(new Rng(1)) : kernels.inference();
  }

  private static Tensor[] tensors(Step step, DType dtype, NdArray... inputs) {
    return Arrays.stream(inputs)
        .map(array -> Tensors.of(step, dtype, array))
        .map(tensor -> step.isTraining() ? tensor.requireGradient() : tensor)
        .toArray(Tensor[]::new);
  }

  private static void check(
      OperationCase testCase, KernelSet kernels, DType dtype, boolean training) {
    long seed = SEED + testCase.name().hashCode();
    String what =
        testCase + ", " + kernels + ", " + dtype + ", training " + training + ", seed " + seed;
    Rng rng = new Rng(seed);
    NdArray[] first = testCase.inputs(rng);
    NdArray[] second = testCase.inputs(rng);
    double[][] direct;
    try (Step step = step(kernels, training)) {
      Tensor[] inputs = tensors(step, dtype, second);
      direct = results(inputs, testCase.operation().apply(inputs));
    }
    try (Step step = step(kernels, training);
        Step other = step(kernels, training)) {
      Tensor[] inputs = tensors(step, dtype, first);
      Trace trace = step.trace();
      Tensor y = testCase.operation().apply(inputs);
      double[] before = y.toDoubles();
      for (Operation operation : trace.operations()) {
        assertNotNull(operation.name(), what);
        operation.attributes().forEach((name, value) -> assertNotNull(value, name));
      }
      for (Step in : List.of(step, other)) {
        Tensor[] others = tensors(in, dtype, second);
        int count = trace.operations().size();
        Map<Tensor, Tensor> map = new HashMap<>();
        for (int i = 0; i < inputs.length; i++) {
          if (isUsed(inputs[i], trace)) { // the identity has no operation
            map.put(inputs[i], others[i]);
          }
        }
        int same = Arrays.asList(inputs).indexOf(y);
        Tensor now = same < 0 ? trace.replay(in, map).get(y) : others[same];
        assertEquals(count, trace.operations().size(), what);
        double[][] replayed = results(others, now);
        for (int i = 0; i < direct.length; i++) {
          assertArrayEquals(direct[i], replayed[i], what + ": " + i + " in " + (in == step));
        }
      }
      assertArrayEquals(before, y.toDoubles(), what);
    }
  }

  private static boolean isUsed(Tensor input, Trace trace) {
    return trace.operations().stream().anyMatch(testCase -> testCase.inputs().contains(input));
  }

  /** Returns the value and, in training, the gradients of its weighted sum. */
  private static double[][] results(Tensor[] inputs, Tensor y) {
    double[][] results = new double[1 + inputs.length][];
    results[0] = y.toDoubles();
    if (y.isTracked()) {
      y.mul(y.stopGradient().add(0.3)).sum().backward();
      for (int i = 0; i < inputs.length; i++) {
        results[i + 1] = inputs[i].gradient() == null ? null : inputs[i].gradient().toDoubles();
      }
    }
    return results;
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void randomGraphsReplay(KernelSet kernels) {
    for (int seed = 1; seed <= 20; seed++) {
      int graph = seed;
      check(
          new OperationCase(
              "graph " + seed,
              t -> RandomGraph.loss(graph, t),
              null,
              OperationCase.Range.NORMAL,
              RandomGraph.LEAVES),
          kernels,
          DType.FLOAT,
          true);
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void replayReadsCurrentVariables(KernelSet kernels) {
    Rng rng = new Rng(SEED);
    float[] images = Tensors.gaussians(rng, 2 * 64);
    try (SmallNet net = new SmallNet(rng);
        Step step = kernels.training(new Rng(1))) {
      Trace trace = step.trace();
      Tensor x = step.tensor(images, 2, 8, 8, 1);
      Tensor loss = net.forward(x).loss();
      float before = loss.toFloats()[0];
      Variable bias = net.variables().get(net.variables().size() - 1);
      bias.set(new float[] {5});
      float direct;
      try (Step other = kernels.inference()) {
        direct = net.forward(other.tensor(images, 2, 8, 8, 1)).loss().toFloats()[0];
      }
      try (Step other = kernels.inference()) {
        Tensor same = other.tensor(images, 2, 8, 8, 1);
        assertEquals(direct, trace.replay(other, Map.of(x, same)).get(loss).toFloats()[0]);
        assertEquals(direct, trace.replay(other, Map.of()).get(loss).toFloats()[0]);
      }
      assertEquals(direct, trace.replay(step, Map.of()).get(loss).toFloats()[0]);
      assertEquals(before, loss.toFloats()[0]);
      try (Step other = kernels.training(new Rng(1))) {
        trace.replay(other, Map.of()).get(loss).backward();
        for (Variable variable : net.variables()) {
          assertNotNull(other.gradient(variable));
        }
      }
    }
  }

  @Test
  void replayWithEqualKeysDrawsEqualNumbers() {
    RngKey key = new RngKey(7, 8, 9);
    try (Step step = Step.training(key);
        Step same = Step.training(key);
        Step other = Step.training(new RngKey(7, 8, 10))) {
      Trace trace = step.trace();
      Tensor x = step.tensor(Tensors.gaussians(new Rng(1), 60), 5, 12);
      Tensor y = x.dropout(0.5).add(x.normalLike()).add(x.uniformLike().dropout(0.25));
      float[] values = y.toFloats();
      assertArrayEquals(values, trace.replay(step, Map.of()).get(y).toFloats());
      assertArrayEquals(values, trace.replay(same, Map.of()).get(y).toFloats());
      assertFalse(Arrays.equals(values, trace.replay(other, Map.of()).get(y).toFloats()));
    }
  }

  @Test
  void releaseWhileRecordingKeepsMemory() {
    try (Step step = Step.inference()) {
      Tensor early = step.tensor(new float[] {1, 2}, 2).mul(1.5);
      Trace trace = step.trace();
      Tensor x = step.tensor(new float[] {3, 4}, 2);
      Tensor product = x.mul(early);
      Tensor y = product.add(1).release(product).release(early);
      step.tensor(new float[] {100, 100}, 2);
      step.tensor(new float[] {100, 100}, 2);
      Tensor others = step.tensor(new float[] {10, 20}, 2);
      assertArrayEquals(
          new float[] {16, 61}, trace.replay(step, Map.of(x, others)).get(y).toFloats());
    }
  }

  @Test
  void replayKeepsStopGradient() {
    try (Step step = Step.training(new Rng(1));
        Step other = Step.training(new Rng(1))) {
      Tensor x = step.tensor(new float[] {3, 4}, 2).requireGradient();
      Trace trace = step.trace();
      Tensor y = x.mul(x.stopGradient()).add(x.square().requireGradient()).sum();
      Tensor repeated = other.tensor(new float[] {5, 6}, 2).requireGradient();
      Tensor now = trace.replay(other, Map.of(x, repeated)).get(y);
      assertEquals(2 * 61, now.item());
      now.backward();
      assertArrayEquals(new float[] {5, 6}, repeated.gradient().toFloats());
    }
  }

  @Test
  void replacedResultsAreNotComputed() {
    try (Step step = Step.inference()) {
      Trace trace = step.trace();
      Tensor x = step.tensor(new float[] {3, 4}, 2);
      Tensor middle = x.mul(2);
      Tensor y = middle.add(1);
      Tensor others = step.tensor(new float[] {10, 20}, 2);
      Map<Tensor, Tensor> now = trace.replay(step, Map.of(middle, others));
      assertArrayEquals(new float[] {11, 21}, now.get(y).toFloats());
      assertSame(others, now.get(middle));
      assertNull(now.get(x));
    }
  }

  @Test
  void replayOfAClosedStepThrows() {
    Step step = Step.inference();
    Trace trace = step.trace();
    step.tensor(new float[] {3, 4}, 2).mul(2);
    step.close();
    try (Step other = Step.inference()) {
      assertThrows(IllegalStateException.class, () -> trace.replay(other, Map.of()));
    }
  }

  @Test
  void operationsAreRecordedWithTheirLayer() {
    Rng rng = new Rng(2);
    try (Sequential model = Sequential.of(new Linear(2, 3, rng), new Linear(3, 1, rng));
        Step step = Step.inference()) {
      Trace trace = step.trace();
      model.forward(step.tensor(new float[2], 1, 2)).exp();
      List<Operation> operations = trace.operations();
      assertEquals("exp", operations.get(operations.size() - 1).toString());
      assertEquals(
          List.of("matmul in 0", "matmul in 1"),
          operations.stream()
              .filter(operation -> operation.name().equals("matmul"))
              .map(Operation::toString)
              .toList());
    }
  }

  @Test
  void unrecordedTensorsAreRejected() {
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(new float[] {3, 4}, 2);
      Tensor before = x.exp();
      Trace trace = step.trace();
      Tensor factor = step.tensor(new float[] {2, 2}, 2);
      Tensor y = x.mul(factor);
      Tensor never = step.tensor(new float[] {1, 1}, 2);
      Tensor others = step.tensor(new float[] {10, 20}, 2);
      for (Tensor unknown : List.of(before, never, others)) {
        Map<Tensor, Tensor> map = Map.of(unknown, others);
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> trace.replay(step, map)),
            "Trace.replay: expected operands or results of the recorded operations",
            "a tensor of shape [2] that none of the 1 recorded operations uses or computes",
            "Step.trace()");
      }
      assertArrayEquals(
          new float[] {30, 80}, trace.replay(step, Map.of(factor, others)).get(y).toFloats());
      assertArrayEquals(
          new float[] {10, 20}, trace.replay(step, Map.of(y, others)).get(y).toFloats());
    }
  }

  @Test
  void replayKeepsRecordedLayers() {
    Rng rng = new Rng(2);
    try (Sequential model = Sequential.of(new Linear(2, 3, rng), new Linear(3, 1, rng));
        Step step = Step.inference();
        Step other = Step.inference()) {
      Trace trace = step.trace();
      Tensor x = step.tensor(new float[2], 1, 2);
      model.forward(x).log();
      Trace repeated = other.trace();
      trace.replay(other, Map.of(x, other.tensor(new float[2], 1, 2)));
      assertEquals(
          trace.operations().stream().map(Operation::toString).toList(),
          repeated.operations().stream().map(Operation::toString).toList());
      other.checkEachOperation();
      Tensor large = other.tensor(new float[] {3e38f, 3e38f}, 1, 2);
      model.variables().values().iterator().next().set(new float[] {9, 9, 9, 9, 9, 9});
      assertMessageContains(
          assertThrows(NonFiniteException.class, () -> trace.replay(other, Map.of(x, large))),
          "matmul in 0");
    }
  }

  /** Calls the quantizer as models do. */
  @Test
  void quantizerOperationsAreRecordedWithTheirLayer() {
    Rng rng = new Rng(5);
    try (VectorQuantizer quantizer =
            VectorQuantizer.gradient(4, 2).init(Initialization.NORMAL).build(rng);
        Step step = Step.inference()) {
      Trace trace = step.trace();
      quantizer.quantize(step.tensor(new float[] {1, 2}, 1, 2));
      trace
          .operations()
          .forEach(element -> assertSame(quantizer, element.layer(), element.toString()));
    }
  }

  @Test
  void mulByOneIsNamedMul() {
    try (Step step = Step.inference()) {
      Trace trace = step.trace();
      step.tensor(new float[1], 1).mul(1);
      assertEquals("mul", trace.operations().get(0).name());
    }
  }
}
