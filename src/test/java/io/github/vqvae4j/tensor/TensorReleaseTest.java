package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import org.junit.jupiter.api.Test;

/** Tests the release of memory within an inference step. */
class TensorReleaseTest {
  private static final float[] NUMBERS = {1, 2, 3, 4, 5, 6};

  /** The third result reuses the memory of the first. */
  @Test
  void nextResultReusesTheMemory() {
    try (Step step = Step.inference()) {
      Tensor first = step.tensor(NUMBERS, 2, 3).mul(2);
      long index = address(first);
      Tensor second = first.mul(2).release(first);
      Tensor third = second.mul(2);
      assertEquals(index, address(third));
      assertArrayEquals(new float[] {4, 8, 12, 16, 20, 24}, second.toFloats());
      assertArrayEquals(new float[] {8, 16, 24, 32, 40, 48}, third.toFloats());
    }
  }

  @Test
  void useAfterReleaseThrows() {
    try (Step step = Step.inference()) {
      Tensor first = step.tensor(NUMBERS, 2, 3);
      first.mul(2).release(first);
      IllegalStateException e = assertThrows(IllegalStateException.class, first::toFloats);
      assertTrue(e.getMessage().contains("[2, 3]: its memory was released"), e::getMessage);
    }
  }

  /** Memory shared with the result or owned by a variable is not released. */
  @Test
  void sharedMemoryAndVariablesAreNotReleased() {
    try (Variable variable = new Variable(true, NUMBERS, 6);
        Step step = Step.inference()) {
      Tensor view = variable.in(step).reshape(2, 3);
      Tensor result = view.mul(2).release(view);
      Tensor reshaped = result.reshape(3, 2);
      reshaped.release(result);
      step.tensor(new float[6], 6);
      assertArrayEquals(NUMBERS, view.toFloats());
      assertArrayEquals(NUMBERS, variable.toFloats());
      assertArrayEquals(result.toFloats(), reshaped.toFloats());
    }
  }

  @Test
  void trainingStepsReleaseNothing() {
    try (Step step = Step.training(new Rng(1))) {
      Tensor first = step.tensor(NUMBERS, 6).requireGradient();
      Tensor second = first.square();
      Tensor third = second.square().release(second);
      assertNotEquals(address(second), address(third.mul(1)));
      third.sum().backward();
      // d x^4 / dx
      assertArrayEquals(new float[] {4, 32, 108, 256, 500, 864}, first.gradient().toFloats());
    }
  }

  @Test
  void operandsOfGradientsAreNotReleasedInInference() {
    try (Step step = Step.inference()) {
      Tensor first = step.tensor(NUMBERS, 6).requireGradient();
      Tensor second = first.square();
      Tensor third = second.square().release(second);
      step.tensor(new float[6], 6);
      third.sum().backward();
      assertArrayEquals(new float[] {4, 32, 108, 256, 500, 864}, first.gradient().toFloats());
    }
  }

  /** Views of the same memory are invalidated together, and the memory is released once. */
  @Test
  void viewsAreInvalidatedWithTheirOwner() {
    try (Step step = Step.inference()) {
      Tensor first = step.tensor(NUMBERS, 2, 3);
      Tensor view = first.stopGradient().reshape(6);
      Tensor sum = view.add(1).release(first).release(view);
      Tensor second = step.tensor(NUMBERS, 6);
      Tensor third = sum.mul(1).release(view);
      step.tensor(new float[6], 6);
      assertThrows(IllegalStateException.class, view::toFloats);
      assertArrayEquals(NUMBERS, second.toFloats());
      assertArrayEquals(new float[] {2, 3, 4, 5, 6, 7}, third.toFloats());
    }
  }

  private static long address(Tensor tensor) {
    return tensor.array().data().pointer().address();
  }

  /** A returned gradient may share memory with the gradient of another leaf. */
  @Test
  void releasingAGradientKeepsTheSharedGradient() {
    try (Step step = Step.inference()) {
      Tensor a = step.tensor(new float[] {1, 2}, 2).requireGradient();
      Tensor b = step.tensor(new float[] {3, 4}, 2).requireGradient();
      a.add(b).square().sum().backward();
      Tensor ofA = a.gradient();
      ofA.mul(-0.1).release(ofA);
      for (int i = 0; i < 4; i++) {
        step.tensor(new float[] {100, 100}, 2);
      }
      assertArrayEquals(new float[] {8, 12}, b.gradient().toFloats());
    }
  }

  @Test
  void releasingAGradientKeepsAccumulatedGradients() {
    try (Step step = Step.inference()) {
      Tensor a = step.tensor(new float[] {1, 2}, 2).requireGradient();
      a.square().sum().backward();
      Tensor first = a.gradient();
      first.mul(-0.1).release(first);
      for (int i = 0; i < 4; i++) {
        step.tensor(new float[] {100, 100}, 2);
      }
      assertArrayEquals(new float[] {2, 4}, a.gradient().toFloats());
    }
  }
}
