package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The state of a replaced row, such as a restarted code, is reset as in a new parameter. */
class ReplacedRowsTest {
  /** Chunks of 2,048 elements start and end within rows. */
  private static final int ROWS = 50;

  private static final int D = 100;
  private static final long SEED = 12;

  static Stream<Supplier<Optimizer>> optimizers() {
    return Stream.of(
        () -> Adam.rate(0.1),
        () -> AdamW.rate(0.1, 0.5),
        () -> Sgd.rate(0.1),
        () -> new Sgd(0.1, 0.9));
  }

  /** Random gradients of one parameter. */
  private record Drawn(float[] values) implements Gradients {
    static Drawn of(long seed) {
      return new Drawn(gaussians(ROWS * D, seed));
    }

    @Override
    public boolean has(Parameter parameter) {
      return true;
    }

    @Override
    public void read(Parameter parameter, int offset, float[] target, int length) {
      System.arraycopy(values, offset, target, 0, length);
    }
  }

  private static float[] gaussians(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return values;
  }

  private static VectorQuantizer holder() {
    return VectorQuantizer.gradient(ROWS, D).init(Initialization.NORMAL).build(new Rng(SEED));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void optimizerStateIsResetForReplacedRowsOnly(Supplier<Optimizer> kind) {
    int[] first = {0, 7, 20, 21, 49};
    int[] second = {7, 8};
    try (VectorQuantizer one = holder();
        VectorQuantizer continued = holder();
        VectorQuantizer afterFirst = holder();
        VectorQuantizer afterSecond = holder()) {
      Optimizer optimizer = kind.get();
      Optimizer other = kind.get();
      Optimizer fresh = kind.get();
      Optimizer freshest = kind.get();
      for (int t = 0; t < 12; t++) {
        if (t == 4) {
          replace(one, first, 100);
          replace(afterFirst, first, 100);
        }
        if (t == 7) {
          replace(one, second, 200);
          replace(afterSecond, second, 200);
        }
        optimizer.update(one.parameters(), Drawn.of(t), 0.1);
        other.update(continued.parameters(), Drawn.of(t), 0.1);
        if (t >= 4) {
          fresh.update(afterFirst.parameters(), Drawn.of(t), 0.1);
        }
        if (t >= 7) {
          freshest.update(afterSecond.parameters(), Drawn.of(t), 0.1);
        }
      }
      for (int row = 0; row < ROWS; row++) {
        int r = row;
        VectorQuantizer expected =
            Arrays.stream(second).anyMatch(i -> i == r)
                ? afterSecond
                : Arrays.stream(first).anyMatch(i -> i == r) ? afterFirst : continued;
        assertArrayEquals(row(expected, row), row(one, row), "row " + row + " of " + optimizer);
      }
    }
  }

  private static void replace(VectorQuantizer quantizer, int[] rows, long seed) {
    double[] values = new double[rows.length * D];
    float[] drawn = gaussians(values.length, seed);
    Arrays.setAll(values, i -> drawn[i]);
    quantizer.variables().get("codebook").replaceRows(rows, values);
  }

  private static float[] row(VectorQuantizer quantizer, int row) {
    return Arrays.copyOfRange(quantizer.codebook(), row * D, (row + 1) * D);
  }

  /** Each optimizer has its own moments. */
  @Test
  void twoOptimizersOfOneParameterBothResetTheirState() {
    try (VectorQuantizer shared = holder();
        VectorQuantizer alone = holder()) {
      Optimizer a = new Sgd(0.1, 0.9);
      Optimizer b = new Sgd(0.1, 0.9);
      a.update(shared.parameters(), Drawn.of(1), 0.1);
      b.update(shared.parameters(), Drawn.of(2), 0.1);
      int[] all = new int[ROWS];
      Arrays.setAll(all, i -> i);
      replace(shared, all, 5);
      replace(alone, all, 5);
      a.update(shared.parameters(), Drawn.of(3), 0.1);
      b.update(shared.parameters(), Drawn.of(4), 0.1);
      Sgd.rate(0.1).update(alone.parameters(), Drawn.of(3), 0.1);
      Sgd.rate(0.1).update(alone.parameters(), Drawn.of(4), 0.1);
      assertArrayEquals(alone.codebook(), shared.codebook());
    }
  }

  /** End to end: a dead code restarts when the quantizer's step is committed. */
  @Test
  void restartedCodeIsUpdatedLikeANewParameter() {
    try (VectorQuantizer quantizer =
        VectorQuantizer.gradient(4, 2)
            .init(Initialization.UNIFORM)
            .deadCodeThreshold(0.5)
            .build(new Rng(1))) {
      Parameter codebook = quantizer.parameters().get(0);
      float[] corners = {0, 0, 9, 9, 90, 90, 91, 91};
      codebook.set(corners);
      Adam adam = Adam.rate(0.001);
      for (int t = 0; t < 200; t++) {
        float[] vectors = gaussians(40, t);
        for (int i = 0; i < vectors.length; i++) {
          vectors[i] += corners[i % corners.length];
        }
        train(quantizer, adam, vectors);
      }
      assertTrue(Math.abs(quantizer.codebook()[2] - 9) < 1);
      while (Math.abs(quantizer.codebook()[2] - 9) < 1) {
        train(quantizer, adam, gaussians(40, 3));
      }
      float[] before = quantizer.codebook();
      train(quantizer, adam, gaussians(40, 4));
      for (int i = 2; i < 4; i++) {
        float moved = Math.abs(quantizer.codebook()[i] - before[i]);
        assertEquals(0.001f, moved, 1e-5f);
      }
    }
  }

  private static void train(VectorQuantizer quantizer, Optimizer optimizer, float[] vectors) {
    try (Step step = Step.training(new Rng(2))) {
      quantizer
          .quantize(step.tensor(vectors, vectors.length / 2, 2))
          .terms()
          .get(0)
          .value()
          .backward();
      optimizer.update(quantizer.parameters(), step);
      step.commit();
    }
  }

  @Test
  void averagesOfReplacedRowsRestart() {
    try (VectorQuantizer quantizer = holder()) {
      WeightAverages averages = new WeightAverages(quantizer.variables().values(), 0.9);
      Optimizer sgd = Sgd.rate(0.1);
      for (int t = 0; t < 30; t++) {
        sgd.update(quantizer.parameters(), Drawn.of(t), 0.1);
        if (t == 20) {
          replace(quantizer, new int[] {3, 20}, 7);
        }
        averages.update();
        if (t == 20) {
          float[] own = quantizer.codebook();
          averages.swap();
          float[] averaged = quantizer.codebook();
          averages.swap();
          assertArrayEquals(
              Arrays.copyOfRange(own, 20 * D, 21 * D),
              Arrays.copyOfRange(averaged, 20 * D, 21 * D));
          assertFalse(Arrays.equals(own, 0, D, averaged, 0, D), "other rows are averages");
        }
      }
    }
  }

  @Test
  void weightDecayThatWouldFlipSignsIsRejected() {
    try (VectorQuantizer quantizer = holder()) {
      AdamW adam = AdamW.rate(0.1, 2);
      float[] before = quantizer.codebook();
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> adam.update(quantizer.parameters(), Drawn.of(1), 0.6)),
          "Optimizer",
          "at most 0.5 (1 / weight decay)",
          "got learning rate 0.6",
          "weight decay 2.0",
          "smaller");
      assertArrayEquals(before, quantizer.codebook());
      adam.update(quantizer.parameters(), Drawn.of(1), 0.5);
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void invalidLearningRatesAreRejected(Supplier<Optimizer> kind) {
    try (VectorQuantizer quantizer = holder()) {
      float[] before = quantizer.codebook();
      for (double rate : List.of(-0.1, Double.NaN, 1e39, Double.POSITIVE_INFINITY)) {
        assertMessageContains(
            assertThrows(
                IllegalArgumentException.class,
                () -> kind.get().update(quantizer.parameters(), Drawn.of(1), rate)),
            "learning rate of at least 0",
            "got " + rate);
      }
      assertArrayEquals(before, quantizer.codebook());
    }
  }

  @Test
  void rolledBackStepReplacesNoRows() {
    try (VectorQuantizer quantizer = holder()) {
      Parameter codebook = quantizer.parameters().get(0);
      ModelTransaction state = new ModelTransaction(quantizer.variables());
      replace(quantizer, new int[] {3}, 7);
      state.begin(1);
      float[] before = quantizer.codebook();
      replace(quantizer, new int[] {3, 20}, 8);
      state.rollBack();
      assertArrayEquals(before, quantizer.codebook());
      assertEquals(1, codebook.replacementCount());
      assertTrue(codebook.isReplaced(3, 0));
      assertFalse(codebook.isReplaced(20, 0));
      replace(quantizer, new int[] {20}, 9);
      state.commit(1, 0.1);
      replace(quantizer, new int[] {3}, 9);
      state.rollBack();
      assertEquals(2, codebook.replacementCount());
      assertTrue(codebook.isReplaced(20, 1));
      assertFalse(codebook.isReplaced(3, 1));
    }
  }
}
