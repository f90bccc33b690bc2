package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.CustomCases.Formula;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests gradients, traces, checks and memory of custom operations. */
class CustomOperationTest {
  private static final float[] X = {-1.5f, 0.3f, 0.5f, 2.51f, -0f};
  private static final float[] DY = {1, 2, 3, 5, 7};

  /** Rounds exactly, with the surrogate gradient of tanh(x / width). */
  record Rounding(double width) implements CustomOperation {
    @Override
    public String name() {
      return "rounding";
    }

    @Override
    public Tensor forward(Tensor... inputs) {
      return inputs[0].round();
    }

    @Override
    public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
      Tensor tanh = inputs[0].div(width).tanh();
      return new Tensor[] {gradient.mul(tanh.square().rsub(1)).div(width)};
    }
  }

  private static Tensor tensor(Step step, float... values) {
    return step.tensor(values, values.length);
  }

  private static Tensor[] all(Tensor... gradients) {
    return gradients;
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void surrogateHasExactValueAndCustomGradient(KernelSet kernels) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = tensor(step, X).requireGradient();
      Tensor y = step.apply(new Rounding(2), x);
      assertArrayEquals(tensor(step, X).round().toFloats(), y.toFloats());
      y.mul(tensor(step, DY)).sum().backward();
      float[] expected = new float[X.length];
      for (int i = 0; i < X.length; i++) {
        double tanh = Math.tanh(X[i] / 2);
        expected[i] = (float) (DY[i] * (1 - tanh * tanh) / 2);
      }
      assertArrayEquals(expected, x.gradient().toFloats(), 1e-6f);
    }
  }

  // --- traces

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void traceRecordsOneOperationWithNameLayerAndAttributes(boolean training) {
    try (Step step = training ? Step.training(new Rng(1)) : Step.inference()) {
      Tensor x = tensor(step, X);
      Tensor recorded = training ? x.requireGradient() : x;
      Trace trace = step.trace();
      Tensor y = step.within("layer", () -> step.apply(new Rounding(2), recorded));
      assertEquals(1, trace.operations().size());
      Operation operation = trace.operations().get(0);
      assertEquals("rounding in layer", operation.toString());
      assertEquals(Map.of("width", 2.0), operation.attributes());
      assertSame(recorded, operation.inputs().get(0));
      assertSame(y, operation.results().get(0));
      try (Step other = Step.inference()) {
        Tensor next = tensor(other, 7.6f, 1, 1, 1, -3.2f);
        Tensor replayed = trace.replay(other, Map.of(recorded, next)).get(y);
        assertArrayEquals(new float[] {8, 1, 1, 1, -3}, replayed.toFloats());
      }
      y.add(1);
      assertEquals(2, trace.operations().size(), "recording goes on");
    }
  }

  @Test
  void nonRecordOperationHasNoAttributes() {
    CustomOperation operation =
        new CustomOperation() {
          @Override
          public String name() {
            return "anonymous";
          }

          @Override
          public Tensor forward(Tensor... inputs) {
            return inputs[0];
          }

          @Override
          public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
            return all(gradient);
          }
        };
    try (Step step = Step.inference()) {
      Trace trace = step.trace();
      step.apply(operation, tensor(step, X));
      assertEquals(Map.of(), trace.operations().get(0).attributes());
    }
  }

  // --- gradients

  @Test
  void backwardRunsOnlyIfAGradientIsRequired() {
    AtomicInteger runs = new AtomicInteger();
    Formula operation =
        new Formula(
            "product",
            x -> x[0].mul(x[1]),
            (g, y, x) -> {
              runs.incrementAndGet();
              return all(g.mul(x[1]), g.mul(x[0]));
            });
    try (Variable a = new Variable(true, new float[] {3}, 1);
        Variable b = new Variable(true, new float[] {5}, 1);
        Variable c = new Variable(true, new float[] {7}, 1);
        Step step = Step.training(new Rng(1))) {
      assertFalse(step.apply(operation, tensor(step, 1), tensor(step, 2)).isTracked());
      Tensor loss = step.apply(operation, a.in(step), b.in(step)).add(c.in(step));
      step.gradients(loss, List.of(c), true);
      assertEquals(0, runs.get());
      for (int i = 1; i <= 3; i++) {
        List<Tensor> gradients = step.gradients(loss, List.of(b), true);
        assertEquals(3, gradients.get(0).item());
        assertEquals(i, runs.get());
      }
      loss.backward();
      assertEquals(5, step.gradient(a).item());
      assertEquals(3, step.gradient(b).item());
      assertEquals(1, step.gradient(c).item());
    }
  }

  /** Gradients are accumulated in place, which must not overwrite values. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void inputsAndResultsMayBeReturnedAsGradients(KernelSet kernels) {
    Formula operation = new Formula("values", x -> x[0].mul(10), (g, y, x) -> all(x[0], y, x[0]));
    try (Variable a = new Variable(true, new float[] {1, 2}, 2);
        Variable b = new Variable(true, new float[] {3, 4}, 2);
        Variable c = new Variable(true, new float[] {5, 6}, 2);
        Step step = kernels.training(new Rng(1))) {
      Tensor y = step.apply(operation, a.in(step), b.in(step), c.in(step));
      Tensor rest = a.in(step).mul(100).add(b.in(step).mul(200)).add(c.in(step));
      Tensor loss = y.add(rest).add(y).sum();
      for (int i = 0; i < 2; i++) {
        List<Tensor> gradients = step.gradients(loss, List.of(a, b, c), true);
        assertArrayEquals(new float[] {101, 102}, gradients.get(0).toFloats());
        assertArrayEquals(new float[] {210, 220}, gradients.get(1).toFloats());
        assertArrayEquals(new float[] {2, 3}, gradients.get(2).toFloats());
        assertArrayEquals(new float[] {1, 2}, a.toFloats());
        assertArrayEquals(new float[] {10, 20}, y.toFloats());
      }
    }
  }

  @Test
  void nullMeansNoGradient() {
    Formula operation = new Formula("half", x -> x[0].mul(x[1]), (g, y, x) -> all(null, g));
    try (Step step = Step.training(new Rng(1))) {
      Tensor a = tensor(step, 1, 2).requireGradient();
      Tensor b = tensor(step, 3, 4).requireGradient();
      step.apply(operation, a, b).sum().backward();
      assertNull(a.gradient());
      assertArrayEquals(new float[] {1, 1}, b.gradient().toFloats());
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void intInputsAndResultsAreSupported(KernelSet kernels) {
    Formula look =
        new Formula(
            "look",
            x -> x[0].embedding(x[1]),
            (g, y, x) -> all(x[0].mul(0).scatterAdd(0, x[1].reshape(-1, 1).expand(3, 2), g), null));
    Formula largest = new Formula("largest", x -> x[0].argmax(1), (g, y, x) -> all(g));
    try (Step step = kernels.training(new Rng(1))) {
      Tensor table = step.tensor(new float[] {1, 2, 3, 4}, 2, 2).requireGradient();
      Tensor indices = step.tensor(new int[] {1, 0, 1}, 3);
      Tensor y = step.apply(look, table, indices);
      assertArrayEquals(new float[] {3, 4, 1, 2, 3, 4}, y.toFloats());
      y.mul(step.tensor(new float[] {1, 2, 3, 4, 5, 6}, 3, 2)).sum().backward();
      assertArrayEquals(new float[] {3, 4, 6, 8}, table.gradient().toFloats());
      Tensor codes = step.apply(largest, table);
      assertArrayEquals(new int[] {1, 1}, codes.toInts());
      assertFalse(codes.isTracked());
    }
  }

  /** A nested step computes gradients of built-in operations. */
  @Test
  void nestedStepMayComputeGradients() {
    Formula operation =
        new Formula(
            "checkpoint",
            x -> x[0].sin().exp(),
            (g, y, x) -> {
              try (Step inner = Step.training(new Rng(1))) {
                Tensor next = inner.tensor(x[0].toDoubles(), x[0].shape()).requireGradient();
                next.sin().exp().mul(inner.tensor(g.toDoubles(), g.shape())).sum().backward();
                return all(x[0].step().tensor(next.gradient().toDoubles(), x[0].shape()));
              }
            });
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = step.tensor(new double[] {0.3, -2}, 2).requireGradient();
      step.apply(operation, x).sum().backward();
      double[] expected = {
        Math.cos(0.3) * Math.exp(Math.sin(0.3)), Math.cos(-2) * Math.exp(Math.sin(-2))
      };
      assertArrayEquals(expected, x.gradient().toDoubles(), 1e-12);
    }
  }

  @Test
  void writingAVariableInputBeforeBackwardThrows() {
    try (Variable v = new Variable(true, new float[] {3}, 1);
        Step step = Step.training(new Rng(1))) {
      Tensor loss = step.apply(new Rounding(1), v.in(step));
      v.set(new float[] {4});
      CustomOperationErrorsTest.assertRejected(
          loss::backward, "was written after its use in the forward pass");
    }
  }

  // --- memory

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void temporaryMemoryIsReleased(KernelSet kernels) throws Exception {
    int size = 1 << 16;
    Formula many =
        new Formula(
            "many",
            x -> {
              Tensor y = x[0];
              for (int i = 0; i < 50; i++) {
                y = y.tanh().add(1).reshape(2, -1).mul(0.5).reshape(size);
              }
              return y;
            },
            (g, y, x) -> {
              Tensor dx = g;
              for (int i = 0; i < 50; i++) {
                dx = dx.mul(0.5).reshape(2, -1).neg().reshape(size);
              }
              return all(dx);
            });
    for (boolean training : new boolean[] {false, true}) {
      FutureTask<Long> task =
          new FutureTask<>(
              () -> {
                try (Step step = training ? kernels.training(new Rng(1)) : kernels.inference()) {
                  Tensor x = step.tensor(new float[size], size);
                  Tensor y = training ? x.requireGradient() : x;
                  for (int i = 0; i < 8; i++) {
                    y = step.apply(many, y);
                  }
                  if (training) {
                    y.sum().backward();
                  }
                  return step.bytes();
                }
              });
      new Thread(task, "new thread with an unused arena").start();
      long tensors = task.get() / (4L * size);
      // 1 input, 8 results, and the peak of one call: 200 temporaries of two generations.
      assertTrue(tensors < 9 + 210, tensors + " tensors in training " + training);
    }
  }

  /** Temporary arrays within operations are released, too. */
  @TestFactory
  Stream<DynamicTest> everyOperationReleasesItsMemory() {
    return Stream.concat(
            OperationCases.all(),
            Stream.of(
                comparisonCase("lt a number", t -> t[0].lt(0.5)),
                comparisonCase("eq an int", t -> t[0].to(DType.INT).eq(2)),
                comparisonCase("lt of ints", t -> t[0].to(DType.INT).lt(1.5))))
        .map(
            testCase ->
                DynamicTest.dynamicTest(testCase.name(), () -> checkReleasesMemory(testCase)));
  }

  private static OperationCase comparisonCase(String name, OperationCase.Operation operation) {
    return OperationCase.of(
        name, OperationCase.Range.NORMAL, operation, null, OperationCase.shape(3, 7));
  }

  private static void checkReleasesMemory(OperationCase testCase) {
    for (KernelSet kernels : KernelSet.values()) {
      try (Step step = kernels.inference()) {
        Tensor[] inputs =
            Arrays.stream(testCase.inputs(new Rng(1)))
                .map(n -> Tensors.of(step, DType.FLOAT, n))
                .toArray(Tensor[]::new);
        Formula operation =
            new Formula(
                "operation",
                x -> {
                  testCase.operation().apply(x);
                  return x[0];
                },
                null);
        step.apply(operation, inputs);
        step.apply(operation, inputs);
        long bytes = step.bytes();
        for (int i = 0; i < 4; i++) {
          step.apply(operation, inputs);
        }
        assertEquals(bytes, step.bytes(), testCase + ", " + kernels);
      }
    }
  }

  @Test
  void tensorsStoredInFieldsAreInvalidated() {
    List<Tensor> stored = new ArrayList<>();
    Formula operation =
        new Formula(
            "storing",
            x -> {
              Tensor inner = x[0].mul(2);
              stored.add(inner);
              stored.add(inner.reshape(1, 2));
              stored.add(inner.step().tensor(new float[] {1}, 1));
              Tensor y = inner.add(1);
              stored.add(y);
              return y.reshape(2);
            },
            (g, y, x) -> {
              Tensor dx = g.mul(2);
              stored.addAll(List.of(g, y, dx, g.mul(3)));
              return all(dx);
            });
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = tensor(step, 1, 2).requireGradient();
      Tensor y = step.apply(operation, x);
      y.sum().backward();
      assertEquals(8, stored.size());
      for (Tensor element : stored) {
        CustomOperationErrorsTest.assertRejected(
            element::toFloats, "at the end of the custom operation");
      }
      assertArrayEquals(new float[] {3, 5}, y.toFloats());
      assertArrayEquals(new float[] {2, 2}, x.gradient().toFloats());
    }
  }

  @Test
  void releaseWithinAnOperationHasNoEffect() {
    Formula operation =
        new Formula(
            "release",
            x -> {
              Tensor y = x[0].mul(2);
              return y.add(1).release(y).release(x[0]);
            },
            (g, y, x) -> all(g));
    try (Step step = Step.inference()) {
      Tensor x = tensor(step, 1, 2).add(0);
      assertArrayEquals(new float[] {3, 5}, step.apply(operation, x).toFloats());
      tensor(step, 9, 9);
      assertArrayEquals(new float[] {1, 2}, x.toFloats());
    }
  }

  @Test
  void resultSharingAnInputsMemoryIsReleasedWithIt() {
    Formula same = new Formula("same", x -> x[0], (g, y, x) -> all(g));
    try (Step step = Step.inference()) {
      Tensor x = tensor(step, 1, 2).add(0);
      Tensor y = step.apply(same, x);
      assertTrue(y.sharesMemoryWith(x));
      assertArrayEquals(new float[] {2, 3}, y.add(1).release(x).toFloats());
      CustomOperationErrorsTest.assertRejected(y::toFloats, "was released");
    }
  }

  @Test
  void resultWithItsOwnMemoryCanBeReleased() {
    try (Step step = Step.inference()) {
      Tensor y = step.apply(new Rounding(1), tensor(step, X));
      Tensor z = y.add(1).release(y);
      CustomOperationErrorsTest.assertRejected(y::toFloats, "was released");
      assertEquals(3, z.toFloats()[3] - 1);
    }
  }

  // --- threads

  @Test
  void oneInstanceMayBeUsedByThreads() throws Exception {
    Rounding operation = new Rounding(0.7);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<float[]>> results = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        float shift = thread;
        results.add(
            threads.submit(
                () -> {
                  float[] last = null;
                  for (int i = 0; i < 200; i++) {
                    try (Step step = Step.training(new Rng(1))) {
                      Tensor x = tensor(step, X).add(shift).requireGradient();
                      step.apply(operation, x).square().sum().backward();
                      float[] actual = x.gradient().toFloats();
                      assertTrue(last == null || Arrays.equals(last, actual));
                      last = actual;
                    }
                  }
                  return last;
                }));
      }
      for (int thread = 0; thread < 4; thread++) {
        try (Step step = Step.training(new Rng(1))) {
          Tensor x = tensor(step, X).add(thread).requireGradient();
          step.apply(operation, x).square().sum().backward();
          assertArrayEquals(x.gradient().toFloats(), results.get(thread).get());
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
