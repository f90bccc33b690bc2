package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Regression tests of fixed bugs in gradients, traces, checks and random numbers. */
class RegressionTest {
  private static Variable variable(float... values) {
    return new Variable(true, values, values.length);
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
  void replayRejectsInputsOfAThirdStep() {
    try (Step recorded = Step.inference();
        Step in = Step.inference()) {
      Trace trace = recorded.trace();
      Tensor x = recorded.tensor(new float[] {1, 2, 3}, 3);
      Tensor y = x.mul(2);
      Tensor now;
      try (Step third = Step.inference()) {
        Tensor others = third.tensor(new float[] {4, 5, 6}, 3);
        now = trace.replay(in, Map.of(x, others)).get(y);
      } catch (IllegalArgumentException e) {
        return;
      }
      try (Step next = Step.inference()) {
        next.tensor(new float[] {-1, -1, -1}, 3);
        next.tensor(new float[] {-2, -2, -2}, 3);
        assertArrayEquals(new float[] {8, 10, 12}, now.toFloats());
      }
    }
  }

  @Test
  void replayRecomputesNearestRows() {
    Rng rng = new Rng(5);
    try (VectorQuantizer quantizer = VectorQuantizer.gradient(16, 2).build(rng);
        Step step = Step.inference()) {
      Trace trace = step.trace();
      Tensor x = step.tensor(Tensors.gaussians(rng, 16), 8, 2);
      Tensor y = quantizer.quantize(x).quantized();
      Tensor others = step.tensor(Tensors.gaussians(rng, 16), 8, 2);
      Tensor now = trace.replay(step, Map.of(x, others)).get(y);
      assertArrayEquals(quantizer.quantize(others).quantized().toFloats(), now.toFloats());
    }
  }

  @Test
  void replayRecomputesParametrizations() {
    try (Variable v = variable(1, 2);
        Step step = Step.inference()) {
      Parametrization doubled = new Parametrization(v, x -> x.mul(2));
      Trace trace = step.trace();
      Tensor x = step.tensor(new float[] {1, 1}, 2);
      Tensor y = x.mul(doubled.in(step));
      v.set(new float[] {10, 20});
      float[] now = trace.replay(step, Map.of(x, x)).get(y).toFloats();
      assertArrayEquals(new float[] {20, 40}, now);
    }
  }

  @Test
  void axesArrayMayBeModifiedAfterTheCall() {
    try (Step step = Step.inference()) {
      Trace trace = step.trace();
      Tensor x = step.tensor(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      int[] axes = {0};
      Tensor y = x.sum(axes);
      axes[0] = 1;
      Tensor now = trace.replay(step, Map.of(x, x.mul(1))).get(y);
      assertArrayEquals(y.toFloats(), now.toFloats());
    }
  }

  @Test
  void replayAdvancesTheDrawCounter() {
    RngKey key = new RngKey(1, 2, 0);
    try (Step step = Step.training(key);
        Step in = Step.training(key)) {
      Trace trace = step.trace();
      Tensor x = step.tensor(new float[64], 8, 8);
      Tensor noise = x.normalLike();
      Tensor others = in.tensor(new float[64], 8, 8);
      float[] replayed = trace.replay(in, Map.of(x, others)).get(noise).toFloats();
      assertTrue(
          !Arrays.equals(replayed, others.normalLike().toFloats()),
          "the next draw has the numbers of the replayed one");
    }
  }

  @Test
  void replayIntoAClosedStepThrows() {
    Step closed = Step.inference();
    closed.close();
    try (Step recorded = Step.inference()) {
      Trace trace = recorded.trace();
      recorded.tensor(new float[1 << 16], 1 << 16).mul(2);
      long before = recorded.bytes();
      assertThrows(IllegalStateException.class, () -> trace.replay(closed, Map.of()));
      assertEquals(before, recorded.bytes());
    }
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

  @Test
  void uniformFloatsAreLessThanOne() {
    long index = 0;
    while ((float) Rng.at(1, 0, 0, index).nextDouble() < 1) {
      index++;
    }
    try (Step step = Step.inference(new RngKey(1, 0, index))) {
      float u = step.tensor(new float[1], 1).uniformLike().toFloats()[0];
      assertTrue(u < 1, "seed 1, step 0, draw 0, place " + index + " gives " + u);
    }
  }

  @Test
  void overflowOfAGradientSumIsDetected() {
    try (Variable v = variable(0);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      Tensor x = v.in(step);
      Tensor loss = x.mul(3e38).add(x.mul(2e38)).sum();
      assertThrows(NonFiniteException.class, loss::backward);
    }
  }

  @Test
  void nanOfAGradientSumIsDetected() {
    try (Variable v = variable(0);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      Tensor x = v.in(step).mul(1.5);
      Tensor loss = x.mul(3e38).add(x.mul(2e38)).sub(x.mul(3e38).add(x.mul(2e38))).sum();
      assertThrows(NonFiniteException.class, loss::backward);
    }
  }

  /** As documented, results and gradients that are not finite throw. */
  @Test
  void nanWeightIsDetectedAtItsUse() {
    try (Variable v = variable(Float.NaN);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      assertThrows(NonFiniteException.class, () -> v.in(step).square().sum().backward());
    }
  }

  @Test
  void errorReportsNanInsteadOfTheMask() {
    float infinity = Float.POSITIVE_INFINITY;
    try (Step step = Step.inference()) {
      step.checkEachOperation();
      Tensor mask = step.tensor(new float[] {-infinity, -infinity}, 2);
      Tensor x = step.tensor(new float[] {0, infinity}, 2);
      NonFiniteException e = assertThrows(NonFiniteException.class, () -> x.add(mask));
      assertTrue(Double.isNaN(e.value()), e.getMessage());
    }
  }

  @Test
  void errorNamesAllPositionsOfARepeatedOperand() {
    try (Variable v = new Variable(true, new float[] {1e-30f, 1}, 2);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      Tensor testCase = v.in(step);
      // -(a / b) / b of the second operand overflows, while 1 / b of the first does not.
      Tensor loss = testCase.div(testCase).mul(1e20).sum();
      NonFiniteException e = assertThrows(NonFiniteException.class, loss::backward);
      assertTrue(e.getMessage().contains("input 1"), e.getMessage());
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

  @Test
  void replayChecksFusedOperationsSeparately() {
    try (Step step = KernelSet.ND4J.inference();
        Step in = KernelSet.ND4J.inference()) {
      Trace trace = step.trace();
      Tensor x = step.tensor(new float[] {1, 1}, 1, 1, 1, 2);
      Tensor w = step.tensor(new float[] {1, 1}, 1, 1, 2, 1);
      Convolutions.of(Form.CONV_2D, x, w, null, null, true, ConvOptions.of(1, 0));
      in.checkEachOperation();
      // The sum is negative infinity, which ReLU maps to 0.
      Tensor large = in.tensor(new float[] {-3e38f, -3e38f}, 1, 1, 1, 2);
      assertThrows(NonFiniteException.class, () -> trace.replay(in, Map.of(x, large)));
    }
  }

  @Test
  void overflowOfAccumulatedGradientsIsDetected() {
    try (Variable v = variable(0);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      v.in(step).mul(3e38).backward();
      Tensor second = v.in(step).mul(2e38);
      assertThrows(NonFiniteException.class, second::backward);
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

  @Test
  void intMemoryIsReusedForIntsOnly() {
    try (Step step = Step.inference()) {
      long bytes = 4L * 16;
      var array = step.arena().allocate(DType.INT, 16);
      assertEquals(bytes, array.length() * array.dataType().width(), "bytes that arrays write");
    }
  }
}
