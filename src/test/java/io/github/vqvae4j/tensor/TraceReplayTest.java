package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests what the replay of a trace recomputes, rejects and checks. */
class TraceReplayTest {
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

  private static Variable variable(float... values) {
    return new Variable(true, values, values.length);
  }
}
