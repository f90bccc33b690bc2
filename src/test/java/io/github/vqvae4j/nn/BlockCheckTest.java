package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockCheckTest {
  private static final class CachesATensor extends Layer {
    private Tensor hidden;

    @Override
    protected Tensor compute(Tensor x) {
      hidden = x.relu();
      return hidden.add(x);
    }
  }

  private static final class CountsCalls extends Layer {
    private int calls;

    @Override
    protected Tensor compute(Tensor x) {
      calls++;
      return x.mul(calls);
    }
  }

  private static final class ReusesAnArray extends Layer {
    private final double[] scratch = new double[100];

    @Override
    protected Tensor compute(Tensor x) {
      double[] values = x.toDoubles();
      System.arraycopy(values, 0, scratch, 0, values.length);
      return x.mul(scratch[0]);
    }
  }

  private static final class RemembersByShape extends Layer {
    private final Map<Long, float[]> masks = new HashMap<>();

    @Override
    protected Tensor compute(Tensor x) {
      float[] mask = masks.computeIfAbsent(x.length(), n -> new float[Math.toIntExact(n)]);
      return x.add(x.step().tensor(mask, x.shape()));
    }
  }

  /** Writes an object that a field refers to, which only interleaved passes reveal. */
  private static final class CachesElsewhere extends Layer {
    private static final class Cache {
      Tensor hidden;
    }

    private final Cache cache = new Cache();

    @Override
    protected Tensor compute(Tensor x) {
      cache.hidden = x.relu();
      Tensor other = x.tanh();
      return cache.hidden.add(other);
    }
  }

  /** Writes a nested array, so that results are wrong but nothing fails. */
  private static final class SharesValues extends Layer {
    private final float[][] holder = {{0}};

    @Override
    protected Tensor compute(Tensor x) {
      holder[0][0] = (float) x.toDoubles()[0];
      Tensor y = x.square();
      Tensor result = y.mul(holder[0][0]);
      holder[0][0] = 0;
      return result;
    }
  }

  /** Counts training passes in an object that a field refers to. */
  private static final class CountsElsewhere extends Layer {
    private final AtomicLong draws = new AtomicLong();

    @Override
    protected Tensor compute(Tensor x) {
      long count = isTraining(x.step()) ? draws.incrementAndGet() : 0;
      return x.mul(1 + count);
    }
  }

  private static final class Harmless extends Layer {
    private final AtomicLong passes = new AtomicLong();
    private final Deque<Integer> settings = new ArrayDeque<>(List.of(1, 2, 3));
    private final double[] factors = {1, 2, 3};

    @Override
    protected Tensor compute(Tensor x) {
      passes.incrementAndGet();
      return x.mul(factors[settings.size() - 1]).dropout(isTraining(x.step()) ? 0.3 : 0);
    }
  }

  private static AssertionError threads(Layer layer) {
    BlockCheck check = BlockCheck.of(Sequential.of(Activation.TANH, layer), 2, 5);
    AssertionError error = assertThrows(AssertionError.class, check::checkThreadSafety);
    assertMessageContains(
        error, "1", layer.getClass().getSimpleName(), "local variables", "onCommit");
    return error;
  }

  @Test
  void modifiedFieldIsNamedInTheError() {
    for (int i = 0; i < 3; i++) {
      assertMessageContains(
          threads(new CachesATensor()), "modified the field hidden of CachesATensor 1");
      assertMessageContains(threads(new CountsCalls()), "field calls of");
      assertMessageContains(threads(new ReusesAnArray()), "field scratch of");
      assertMessageContains(threads(new RemembersByShape()), "field masks of");
    }
  }

  @Test
  void indirectWriteIsFoundByInterleavedPasses() {
    for (int i = 0; i < 3; i++) {
      assertMessageContains(
          threads(new CachesElsewhere()), "failed while another thread was running it", "thread");
      assertMessageContains(threads(new SharesValues()), "produced a different output or gradient");
      assertMessageContains(
          threads(new CountsElsewhere()), "produced a different output or gradient");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void layersWithUnchangedResultsPass(DType dtype) {
    BlockCheck.of(new Harmless(), 2, 5).checkThreadSafety();
    try (Layer layer = new Linear(3, 2, new Rng(1))) {
      layer.convert(dtype);
      BlockCheck.of(layer, 2, 3).checkThreadSafety();
    }
  }

  @Test
  void failureOfALayerRunAloneIsRethrown() {
    try (Layer layer = new Linear(3, 2, new Rng(1))) {
      BlockCheck check = BlockCheck.of(layer, 2, 4);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, check::checkThreadSafety),
          "[.., 3]",
          "[2, 4]");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, check::checkGradients), "[.., 3]");
    }
  }

  /** Has a correct gradient for the input, the weight, or both. */
  private static final class Weighted extends Layer {
    private final Parameter weight = parameter("weight", new float[] {2, 3, 5, 7, 0.1f}, 5);
    private final Parameter unused = parameter("unused", new float[] {1}, 1);
    private final boolean input;
    private final boolean parameter;

    Weighted(boolean input, boolean parameter) {
      this.input = input;
      this.parameter = parameter;
    }

    @Override
    protected Tensor compute(Tensor x) {
      Tensor w = weight.in(x.step());
      return (input ? x : x.stopGradient()).square().mul(parameter ? w : w.stopGradient());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void wrongGradientIsNamedAndStateIsRestored(DType dtype) {
    try (Weighted right = new Weighted(true, true);
        Weighted wrongInput = new Weighted(false, true);
        Weighted wrongWeight = new Weighted(true, false)) {
      for (Weighted layer : List.of(right, wrongInput, wrongWeight)) {
        layer.convert(dtype);
      }
      double[] before = right.weight.toDoubles();
      BlockCheck.of(right, 2, 5).checkGradients();
      BlockCheck input = BlockCheck.of(wrongInput, 2, 5);
      assertMessageContains(
          assertThrows(AssertionError.class, input::checkGradients), "Weighted", "input 0", "0.0");
      BlockCheck parameter = BlockCheck.of(Sequential.of(Activation.TANH, wrongWeight), 2, 5);
      assertMessageContains(
          assertThrows(AssertionError.class, parameter::checkGradients),
          "Sequential: gradient of 1.weight at element 0: expected ",
          " (central difference), got ",
          "stopGradient");
      for (Weighted layer : List.of(right, wrongInput, wrongWeight)) {
        assertEquals(dtype, layer.weight.dtype());
        assertEquals(dtype, layer.unused.dtype());
        assertArrayEquals(before, layer.weight.toDoubles());
      }
    }
  }

  @Test
  void frozenParametersAreNotChecked() {
    try (Weighted layer = new Weighted(true, false)) {
      layer.freeze();
      BlockCheck.of(layer, 3, 5).checkGradients();
    }
  }

  @Test
  void allInputsOfABlockAreChecked() {
    List<List<Long>> seen = new ArrayList<>();
    try (Linear scale = new Linear(3, 4, new Rng(1))) {
      BlockCheck check =
          BlockCheck.of(
              scale,
              x -> {
                seen.add(List.of(x.get(0).size(0), x.get(1).size(0)));
                return x.get(0).mul(scale.forward(x.get(1)));
              },
              new long[] {2, 4},
              new long[] {2, 3});
      check.checkThreadSafety();
      check.checkGradients();
      assertEquals(List.of(2L, 2L), seen.get(0));
      assertEquals(List.of(3L, 3L), seen.get(2), "another batch size");
      BlockCheck wrong =
          BlockCheck.of(
              scale,
              x -> x.get(0).mul(scale.forward(x.get(1).stopGradient())),
              new long[] {2, 4},
              new long[] {2, 3});
      assertMessageContains(assertThrows(AssertionError.class, wrong::checkGradients), "input 1");
    }
  }

  @Test
  void observerIsNotifiedOfEveryUseOfAStep() {
    List<String> events = new ArrayList<>();
    try (Linear linear = new Linear(2, 2, new Rng(1));
        Step step = Step.inference()) {
      Tensor x = step.tensor(new float[2], 1, 2);
      step.observe(
          new Step.Observer() {
            @Override
            public void afterLayer(Object source, Tensor output) {
              events.add("computed");
            }

            @Override
            public void beforeOperation(Object layer) {
              events.add(layer == linear ? "linear" : String.valueOf(layer));
            }
          });
      linear.forward(x.square());
    }
    assertEquals("null", events.get(0));
    assertEquals(List.of("linear", "linear"), events.subList(1, 3), "weight and bias");
    assertEquals("computed", events.get(events.size() - 1));
  }

  private static final class AddsNoise extends Layer {
    @Override
    protected Tensor compute(Tensor x) {
      return x.add(x.normalLike());
    }
  }

  @Test
  void blocksWithRandomnessInInferenceAreChecked() {
    BlockCheck.of(new AddsNoise(), 2, 5).checkThreadSafety();
    BlockCheck.of(new AddsNoise(), 2, 5).checkGradients();
  }

  @Test
  void inputsMayBeIntegers() {
    try (Embedding embedding = new Embedding(7, 3, new Rng(1))) {
      BlockCheck one = BlockCheck.of(embedding, 4, 5).integerInput(0, 7);
      one.checkThreadSafety();
      one.checkGradients();
      BlockCheck two =
          BlockCheck.of(
                  embedding,
                  x -> embedding.forward(x.get(1)).mul(x.get(0)),
                  new long[] {4, 3},
                  new long[] {4})
              .integerInput(1, 7);
      two.checkThreadSafety();
      two.checkGradients();
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> one.integerInput(1, 7)),
          "from 0 to 0");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> one.integerInput(0, 0)), "bound 0");
    }
  }
}
