package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Tests that chunks of a batch generate the same random values as the whole batch. */
class RngKeyChunksTest {
  private static final int BATCH = 7;
  private static final int EACH = 12;
  private static final double[] X =
      new Rng(20_260_103).doubles((long) BATCH * EACH, 1, 2).toArray();

  private static double[] of(
      UnaryOperator<Tensor> operation, DType dtype, int from, int to, long... element) {
    double[] part = Arrays.copyOfRange(X, from * EACH, to * EACH);
    long[] shape = new long[element.length + 1];
    System.arraycopy(element, 0, shape, 1, element.length);
    shape[0] = to - from;
    try (Step step = Step.training(new RngKey(3, 5, from))) {
      return operation.apply(Tensors.of(step, dtype, new NdArray(part, shape))).toDoubles();
    }
  }

  private static double[] parts(
      UnaryOperator<Tensor> operation, DType dtype, int cut, long... element) {
    double[] first = of(operation, dtype, 0, cut, element);
    double[] second = of(operation, dtype, cut, BATCH, element);
    double[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Test
  void chunksDrawTheSameNumbersAsTheBatch() {
    List<UnaryOperator<Tensor>> operations =
        List.of(
            x -> x.dropout(0.4),
            Tensor::normalLike,
            Tensor::uniformLike,
            x -> x.dropout(0.3).add(x.normalLike()).dropout(0.5).add(x.uniformLike()));
    for (DType dtype : new DType[] {DType.FLOAT, DType.DOUBLE}) {
      for (UnaryOperator<Tensor> operation : operations) {
        for (int cut = 1; cut < BATCH; cut++) {
          for (long[] element : new long[][] {{EACH}, {2, 6}, {2, 3, 2}}) {
            assertArrayEquals(
                of(operation, dtype, 0, BATCH, element), parts(operation, dtype, cut, element));
          }
        }
      }
    }
  }

  @Test
  void floatValuesAreRoundedDoubleValues() {
    double[] exact = of(Tensor::normalLike, DType.DOUBLE, 0, BATCH, EACH);
    double[] floats = of(Tensor::normalLike, DType.FLOAT, 0, BATCH, EACH);
    for (int i = 0; i < exact.length; i++) {
      exact[i] = (float) exact[i];
    }
    assertArrayEquals(exact, floats);
  }

  /**
   * The first axis is always the batch axis; if it merges several axes, chunks differ from the
   * whole.
   */
  @Test
  void chunksOfMergedAxesDrawOtherNumbers() {
    UnaryOperator<Tensor> ofTokens = x -> x.reshape(-1, 3).dropout(0.5).reshape(x.shape());
    UnaryOperator<Tensor> moved = x -> x.permute(1, 0).dropout(0.5).permute(1, 0);
    for (UnaryOperator<Tensor> operation : List.of(ofTokens, moved)) {
      double[] whole = of(operation, DType.FLOAT, 0, BATCH, EACH);
      assertFalse(Arrays.equals(whole, parts(operation, DType.FLOAT, 3, EACH)));
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
}
