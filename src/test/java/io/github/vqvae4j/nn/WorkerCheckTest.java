package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests {@link BlockCheck#checkWorkers} on right and wrong layers. */
class WorkerCheckTest {
  /** Subtracts the mean over the examples, of the whole batch or of a share. */
  private static final class Centering extends Layer {
    private final boolean wholeBatch;
    private final Parameter scale = parameter("scale", new float[] {1, 2, 3}, 3);

    Centering(boolean wholeBatch) {
      this.wholeBatch = wholeBatch;
    }

    @Override
    protected Tensor compute(Tensor x) {
      Step step = x.step();
      Tensor count = step.tensor(new float[] {x.size(0)}, 1).to(x.dtype());
      UnaryOperator<Tensor> sum = wholeBatch ? step::sumOverWorkers : y -> y;
      return x.sub(sum.apply(x.sum(0)).div(sum.apply(count))).mul(scale.in(step));
    }
  }

  /** Updates a buffer, with sums or with means. */
  private static final class MovingAverage extends Layer {
    private final boolean sums;
    private final Buffer mean = buffer("mean", new float[3], 3);

    MovingAverage(boolean sums) {
      this.sums = sums;
    }

    @Override
    protected Tensor compute(Tensor x) {
      double[] values = (sums ? x.sum(0) : x.mean(0)).toDoubles();
      double[] statistics = Arrays.copyOf(values, 4);
      statistics[3] = sums ? x.size(0) : 1;
      x.step()
          .onCommit(
              statistics,
              all -> mean.set(Arrays.stream(all, 0, 3).map(sum -> sum / all[3]).toArray()),
              mean);
      return x.mul(2);
    }
  }

  /** Has the right output and the wrong gradient of its parameter. */
  private static final class ForgetsGradients extends Layer {
    private final Parameter bias = parameter("bias", new float[3], 3);

    @Override
    protected Tensor compute(Tensor x) {
      Tensor b = bias.in(x.step());
      return x.add(x.step().workers().rank() == 0 ? b : b.stopGradient());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void layersThatCombineExamplesNeedSumsOverWorkers(DType dtype) {
    try (Layer right = new Centering(true);
        Layer wrong = new Centering(false)) {
      right.convert(dtype);
      wrong.convert(dtype);
      BlockCheck.of(right, 2, 3).checkWorkers();
      BlockCheck.of(Sequential.of(right, Activation.TANH), 1, 3).checkWorkers();
      AssertionError error =
          assertThrows(AssertionError.class, BlockCheck.of(wrong, 2, 3)::checkWorkers);
      assertMessageContains(
          error,
          "BlockCheck.checkWorkers: Centering: output at element 0: expected ",
          "(one worker), got ",
          "step.sumOverWorkers(..)");
      assertEquals(dtype, wrong.variables().get("scale").dtype());
    }
  }

  @Test
  void statisticsOfBuffersMustBeSums() {
    try (Layer right = new MovingAverage(true);
        Layer wrong = new MovingAverage(false)) {
      BlockCheck.of(right, 2, 3).checkWorkers();
      AssertionError error =
          assertThrows(AssertionError.class, BlockCheck.of(wrong, 2, 3)::checkWorkers);
      assertMessageContains(error, "mean after the step at element", "sums instead of means");
      for (Layer layer : new Layer[] {right, wrong}) {
        float[] restored = layer.variables().get("mean").toFloats();
        assertArrayEquals(new float[3], restored);
      }
    }
  }

  @Test
  void gradientsOfParametersAreCompared() {
    try (Layer wrong = new ForgetsGradients()) {
      AssertionError error =
          assertThrows(AssertionError.class, BlockCheck.of(wrong, 2, 3)::checkWorkers);
      assertMessageContains(error, "gradient of bias at element");
    }
  }

  /** An output without a batch is a mean over the examples of a share. */
  @Test
  void lossesAreWeightedByTheShares() {
    try (Linear linear = new Linear(3, 4, new Rng(1))) {
      BlockCheck.of(linear, x -> linear.forward(x.get(0)).square().mean(), new long[] {2, 3})
          .checkWorkers();
      BlockCheck sum =
          BlockCheck.of(linear, x -> linear.forward(x.get(0)).square().sum(), new long[] {2, 3});
      assertMessageContains(assertThrows(AssertionError.class, sum::checkWorkers), "output at");
    }
  }

  @Test
  void severalAndIntegerInputsAreSplit() {
    try (Embedding embedding = new Embedding(7, 3, new Rng(1))) {
      BlockCheck.of(
              embedding,
              x -> embedding.forward(x.get(1)).mul(x.get(0)).dropout(0.5),
              new long[] {4, 5, 3},
              new long[] {4, 5})
          .integerInput(1, 7)
          .checkWorkers();
    }
  }
}
