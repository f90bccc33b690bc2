package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/** Tests the memory, lifetime and error messages of a step. */
class StepTest {
  private static final Rng RNG = new Rng(1);

  /** A named use of a tensor. */
  record Use(String name, java.util.function.Consumer<Tensor> action) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Use> uses() {
    return Stream.of(
        new Use("toFloats", Tensor::toFloats),
        new Use("toDoubles", Tensor::toDoubles),
        new Use("item", Tensor::item),
        new Use("read", x -> x.read(0, new float[1], 0, 1)),
        new Use("gradient", Tensor::gradient),
        new Use("backward", Tensor::backward),
        new Use("requireGradient", Tensor::requireGradient),
        new Use("stopGradient", Tensor::stopGradient),
        new Use("exp", Tensor::exp),
        new Use("add", x -> x.add(x)),
        new Use("add scalar", x -> x.add(1)),
        new Use("sum", Tensor::sum),
        new Use("meanSquaredError", x -> x.meanSquaredError(x)),
        new Use("reshape", x -> x.reshape(1, 1)),
        new Use("permute", x -> x.permute(0)),
        new Use("slice", x -> x.slice(0, 0, 1)),
        new Use("concat", x -> Tensor.concat(0, List.of(x))),
        new Use("straightThrough", x -> x.straightThrough(x)));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void useAfterCloseThrows(Use use) {
    Tensor x;
    try (Step step = Step.training(RNG)) {
      x = step.tensor(new float[] {7}, 1).requireGradient();
    }
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> use.action().accept(x)),
        "closed",
        "toFloats() before the step closes");
  }

  @ParameterizedTest
  @MethodSource("uses")
  void useInAnotherThreadThrows(Use use) throws InterruptedException {
    try (Step step = Step.training(RNG)) {
      Tensor x = step.tensor(new float[] {7}, 1).requireGradient();
      assertMessageContains(
          inThread("stranger", () -> use.action().accept(x)),
          "stranger",
          Thread.currentThread().getName(),
          "Open a separate step on each thread");
    }
  }

  @Test
  void failedCommitRestoresTheDataType() {
    try (Variable variable = new Variable(false, new float[] {1.5f, -2}, 2);
        Step step = Step.training(new Rng(1))) {
      step.onCommit(
          new double[0],
          sums -> {
            variable.convert(DType.DOUBLE);
            throw new IllegalStateException("on purpose");
          },
          variable);
      assertThrows(IllegalStateException.class, step::commit);
      assertEquals(DType.FLOAT, variable.dtype());
      assertArrayEquals(new float[] {1.5f, -2}, variable.toFloats());
    }
  }

  @Test
  void closedStepThrows() {
    Variable variable = new Variable(true, new float[] {1}, 1);
    Step step = Step.training(RNG);
    variable.in(step).square().backward();
    step.close();
    assertDoesNotThrow(step::close, "closing twice");
    for (Executable use :
        List.<Executable>of(
            () -> step.tensor(new float[1], 1),
            () -> step.tensor(new double[1], 1),
            () -> variable.in(step),
            () -> step.gradient(variable),
            () -> step.onCommit(new double[0], sums -> {}),
            step::commit)) {
      assertMessageContains(assertThrows(IllegalStateException.class, use), "closed");
    }
    variable.close();
  }

  @Test
  void closeInAnotherThreadThrows() throws InterruptedException {
    try (Step step = Step.training(RNG)) {
      assertMessageContains(inThread("stranger", step::close), "opened by thread", "stranger");
      assertEquals(3, step.tensor(new float[] {3}, 1).item(), "it is still open");
    }
  }

  /** Returns the exception that an action throws in another thread. */
  private static Throwable inThread(String name, Runnable action) throws InterruptedException {
    FutureTask<Void> task = new FutureTask<>(action, null);
    new Thread(task, name).start();
    Throwable error = assertThrows(ExecutionException.class, task::get).getCause();
    assertSame(IllegalStateException.class, error.getClass());
    return error;
  }

  @Test
  void nestedStepsHaveSeparateMemory() {
    try (Step outer = Step.training(RNG)) {
      Tensor x = outer.tensor(new float[] {1, 2, 3}, 3);
      try (Step inner = Step.inference()) {
        Tensor y = inner.tensor(new float[] {7, 8, 9}, 3);
        assertArrayEquals(new float[] {8, 9, 10}, y.add(1).toFloats());
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> x.add(y)),
            "add",
            "same step",
            "different steps");
      }
      assertArrayEquals(new float[] {1, 2, 3}, x.toFloats());
    }
  }

  @Test
  void mixedDataTypesAreRejected() {
    try (Step step = Step.training(RNG)) {
      Tensor x = step.tensor(new float[4], 2, 2);
      Tensor y = step.tensor(new double[4], 2, 2);
      for (Executable mixed :
          List.<Executable>of(
              () -> x.mul(y),
              () -> x.matmul(y),
              () -> x.meanSquaredError(y),
              () -> x.straightThrough(y),
              () -> x.nearestRows(y),
              () -> Tensor.concat(0, List.of(x, y)))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, mixed), "FLOAT", "DOUBLE");
      }
    }
  }

  // --- gradients

  @Test
  void backwardRequiresAScalar() {
    try (Step step = Step.training(RNG)) {
      Tensor x = step.tensor(new float[6], 2, 3).requireGradient();
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> x.exp().backward()),
          "scalar",
          "[2, 3]",
          "mean() or sum()");
    }
  }

  @Test
  void backwardRequiresADependencyOnAParameter() {
    try (Step step = Step.training(RNG)) {
      Tensor loss = step.tensor(new float[6], 2, 3).sum();
      assertMessageContains(
          assertThrows(IllegalStateException.class, loss::backward),
          "[1]",
          "depends on no parameter");
    }
  }

  @Test
  void gradientsOfIntermediateResultsAreNotRetained() {
    try (Step step = Step.training(RNG)) {
      Tensor x = step.tensor(new float[] {2}, 1).requireGradient();
      Tensor y = x.square();
      y.exp().sum().backward();
      assertMessageContains(
          assertThrows(IllegalStateException.class, y::gradient),
          "gradients of intermediate results",
          "requireGradient()");
    }
  }

  @Test
  void gradientIsNullBeforeBackwardAndWithoutDependency() {
    Variable used = new Variable(true, new float[] {3}, 1);
    Variable other = new Variable(true, new float[] {3}, 1);
    try (Step step = Step.training(RNG)) {
      Tensor loss = used.in(step).square();
      other.in(step).square();
      assertNull(step.gradient(used));
      loss.backward();
      assertEquals(6, step.gradient(used).item());
      assertNull(step.gradient(other));
      assertNull(step.gradient(new Variable(true, new float[] {3}, 1)), "never used");
    }
    used.close();
    other.close();
  }

  @Test
  void gradientsOfAVariablesUsesAreSummed() {
    Variable variable = new Variable(true, new float[] {3, 4}, 2);
    try (Step step = Step.training(RNG)) {
      assertSame(variable.in(step), variable.in(step));
      variable.in(step).mul(variable.in(step)).add(variable.in(step)).sum().backward();
      assertArrayEquals(new float[] {7, 9}, step.gradient(variable).toFloats());
      assertSame(variable.in(step), variable.in(step));
    }
    variable.close();
  }

  @Test
  void gradientsAreConstants() {
    try (Step step = Step.training(RNG)) {
      Tensor x = step.tensor(new float[] {3}, 1).requireGradient();
      x.square().backward();
      assertThrows(IllegalStateException.class, () -> x.gradient().square().backward());
    }
  }

  /** As for a generator and a discriminator: each loss has separate results. */
  @Test
  void gradientsOfSuccessiveLossesAccumulate() {
    try (Step step = Step.training(RNG)) {
      Tensor x = step.tensor(new float[] {3}, 1).requireGradient();
      Tensor first = x.square();
      Tensor second = x.mul(5);
      first.backward();
      second.backward();
      x.add(1).backward();
      assertEquals(12, x.gradient().item());
    }
  }

  /** Otherwise gradients behind the released part would silently be missing. */
  @Test
  void secondBackwardThroughAResultThrows() {
    try (Step step = Step.training(RNG)) {
      Tensor x = step.tensor(new float[] {3}, 1).requireGradient();
      Tensor shared = x.square();
      Tensor loss = shared.exp();
      Tensor other = shared.sum();
      loss.backward();
      for (Tensor next : List.of(loss, other, shared.mul(2))) {
        assertMessageContains(
            assertThrows(IllegalStateException.class, next::backward),
            "backward",
            "already backpropagated through a result of shape [1]",
            "on the sum of the losses");
      }
    }
  }

  @Test
  void bufferTensorsAreConstants() {
    Variable buffer = new Variable(false, new float[] {3}, 1);
    try (Step step = Step.training(RNG)) {
      assertThrows(IllegalStateException.class, () -> buffer.in(step).square().backward());
    }
    buffer.close();
  }

  // --- inference

  @Test
  void inferenceHasNoGradientsAndNoRandomNumbers() {
    Variable variable = new Variable(true, new float[] {3}, 1);
    try (Step step = Step.inference()) {
      assertFalse(step.isTraining());
      Tensor y = variable.in(step).square();
      assertFalse(y.isTracked());
      assertThrows(IllegalStateException.class, y::backward);
      assertMessageContains(
          assertThrows(IllegalStateException.class, step::key), "Step.inference(rng)");
      assertThrows(IllegalStateException.class, step::sharedRng);
      assertThrows(IllegalStateException.class, () -> variable.in(step).normalLike());
    }
    variable.close();
  }

  /** Gradients with respect to inputs are available in all steps. */
  @Test
  void inferenceSupportsGradientsOfInputs() {
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(new float[] {3}, 1).requireGradient();
      x.square().backward();
      assertEquals(6, x.gradient().item());
    }
  }

  @Test
  void trainingStepHasItsKey() {
    RngKey key = new RngKey(7, 3, 16);
    try (Step step = Step.training(key)) {
      assertTrue(step.isTraining());
      assertSame(key, step.key());
    }
    try (Step step = Step.training(new Rng(5))) {
      assertEquals(new RngKey(new Rng(5).nextLong(), 0, 0), step.key());
    }
  }

  // --- commits and observers

  @Test
  void updatesRunInOrderOnCommit() {
    List<Integer> done = new ArrayList<>();
    try (Step step = Step.training(RNG)) {
      for (int i = 0; i < 3; i++) {
        int value = i;
        step.onCommit(new double[0], sums -> done.add(value));
      }
      assertEquals(List.of(), done);
      step.commit();
      assertEquals(List.of(0, 1, 2), done);
      step.commit();
      assertEquals(List.of(0, 1, 2), done, "each once");
    }
    try (Step step = Step.training(RNG)) {
      step.onCommit(new double[0], sums -> done.add(99));
    }
    assertEquals(List.of(0, 1, 2), done, "a step that was not committed changes nothing");
  }

  @Test
  void failedCommitChangesNothing() {
    for (DType dtype : List.of(DType.FLOAT, DType.DOUBLE)) {
      Variable first = new Variable(false, new float[] {1, 2}, 2);
      Variable second = new Variable(false, new float[] {3}, 1);
      first.convert(dtype);
      second.convert(dtype);
      try (Step step = Step.training(RNG)) {
        step.onCommit(new double[0], sums -> first.set(new double[] {7, 8}), first);
        step.onCommit(
            new double[0],
            sums -> {
              second.set(new double[] {9});
              throw new ArithmeticException("in the middle");
            },
            second,
            first);
        assertMessageContains(
            assertThrows(ArithmeticException.class, step::commit), "in the middle");
        assertArrayEquals(new double[] {1, 2}, first.toDoubles());
        assertArrayEquals(new double[] {3}, second.toDoubles());
        step.commit();
        assertArrayEquals(new double[] {1, 2}, first.toDoubles(), "it is not tried again");
        step.onCommit(new double[0], sums -> first.set(new double[] {7, 8}), first);
        step.commit();
        assertArrayEquals(new double[] {7, 8}, first.toDoubles());
      }
      first.close();
      second.close();
    }
  }

  @Test
  void observerIsNotified() {
    List<Object> notified = new ArrayList<>();
    try (Step step = Step.training(RNG)) {
      Tensor y = step.tensor(new float[] {3}, 1);
      step.notifyObserver("no observer", y);
      step.observe((source, output) -> notified.add(List.of(source, output)));
      step.notifyObserver("layer", y);
      assertEquals(List.of(List.of("layer", y)), notified);
      step.observe((source, output) -> {});
      step.notifyObserver("layer", y);
      assertEquals(1, notified.size(), "a new observer replaces the old one");
    }
  }

  // --- tensors

  @Test
  void tensorReportsItsShape() {
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(new float[6], 1, 3, 2);
      assertArrayEquals(new long[] {1, 3, 2}, x.shape());
      assertNotSame(x.shape(), x.shape());
      assertEquals(3, x.rank());
      assertEquals(6, x.length());
      assertEquals(3, x.size(1));
      assertEquals(2, x.size(-1));
      assertEquals(DType.FLOAT, x.dtype());
      assertEquals("Tensor[1, 3, 2]", x.toString());
      assertSame(step, x.step());
    }
  }

  @Test
  void valuesAreCopied() {
    try (Step step = Step.inference()) {
      float[] floats = {1, 2, 3};
      Tensor x = step.tensor(floats, 3);
      floats[0] = 9;
      x.toFloats()[1] = 9;
      assertArrayEquals(new float[] {1, 2, 3}, x.toFloats());
      assertArrayEquals(new double[] {1, 2, 3}, x.toDoubles());
      float[] target = {9, 9, 9, 9};
      x.read(1, target, 2, 2);
      assertArrayEquals(new float[] {9, 9, 2, 3}, target);
      double third = 1.0 / 3;
      Tensor precise = step.tensor(new double[] {third}, 1);
      assertEquals(third, precise.item());
      assertArrayEquals(new float[] {1f / 3}, precise.toFloats());
    }
  }

  /** Callers may modify their arrays after a call. */
  @Test
  void laterChangesOfArgumentArraysHaveNoEffect() {
    try (Step step = Step.training(RNG)) {
      long[] shape = {2, 2};
      Tensor x = step.tensor(new float[] {1, 2, 3, 4}, shape).requireGradient();
      shape[0] = 1;
      int[] indices = {1, 1};
      List<Tensor> fragments = new ArrayList<>(List.of(x.embedding(step.tensor(indices, 2)), x));
      Tensor both = Tensor.concat(0, fragments);
      indices[0] = 0;
      fragments.clear();
      both.sum().backward();
      assertArrayEquals(new float[] {1, 1, 3, 3}, x.gradient().toFloats());
      assertArrayEquals(new long[] {2, 2}, x.shape());
    }
  }

  @Test
  void nullKeyIsRejected() {
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> Step.training((RngKey) null)),
        "Step.training: expected a key, got null");
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> Step.inference((RngKey) null)),
        "Step.inference: expected a key, got null");
  }

  @Test
  void observerIsNotifiedBeforeEachTensor() {
    try (Step step = Step.inference();
        Step other = Step.inference()) {
      List<Object> layers = new ArrayList<>();
      step.observe(
          new Step.Observer() {
            @Override
            public void afterLayer(Object source, Tensor output) {}

            @Override
            public void beforeOperation(Object layer) {
              layers.add(layer);
            }
          });
      step.within("a", () -> step.tensor(new float[] {1}, 1));
      step.within("b", () -> step.tensor(Nd4j.create(new float[] {1})));
      step.within("c", () -> step.copy(other.tensor(new float[] {1}, 1)));
      assertEquals(List.of("a", "b", "c"), layers);
    }
  }

  @Test
  void comparingIntsWithAnIntScalarCopiesNothing() {
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(new int[1 << 16], 1 << 16);
      long before = step.bytes();
      x.eq(0);
      assertTrue(step.bytes() - before < (4 << 16) + 4096, "the result and a number");
      x.lt(0.5); // creates a temporary DOUBLE copy
      long once = step.bytes();
      x.gt(-0.5);
      assertTrue(step.bytes() - once < (4 << 16) + 4096, "the result and a number");
    }
  }
}
