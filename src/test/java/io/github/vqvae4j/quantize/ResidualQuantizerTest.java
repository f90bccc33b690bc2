package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.ResidualQuantizerConfig.StageLoss;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ResidualQuantizerTest {
  private static final int D = 3;
  private static final VectorQuantizerConfig STAGE =
      VectorQuantizer.ema(6, D).init(Initialization.NORMAL);
  private static final float[] LATENTS = QuantizerCase.gaussians(400 * D, 5);

  private static Tensor latents(Step step) {
    return step.tensor(LATENTS, 40, 10, D);
  }

  private static double[] errors(Quantizer quantizer) {
    try (Step step = Step.inference()) {
      Tensor latents = latents(step);
      Tensor vectors = quantizer.lookup(quantizer.encode(latents));
      return latents.sub(vectors).square().sum(-1).toDoubles();
    }
  }

  @Test
  void oneStageEqualsItsQuantizer() {
    try (Quantizer plain = STAGE.build(new Rng(1));
        Quantizer residual = ResidualQuantizer.of(1, STAGE).build(new Rng(1));
        Step step = Step.training(new Rng(1));
        Step other = Step.training(new Rng(1))) {
      Quantized expected = plain.quantize(latents(step).requireGradient());
      Quantized actual = residual.quantize(latents(other).requireGradient());
      assertArrayEquals(expected.codes().shape(), actual.codes().shape());
      assertArrayEquals(expected.codes().toInts(), actual.codes().toInts());
      assertArrayEquals(expected.quantized().toFloats(), actual.quantized().toFloats());
      assertEquals(expected.terms().get(0).value().item(), actual.terms().get(0).value().item());
      step.commit();
      other.commit();
      assertArrayEquals(
          plain.variables().get("codebook").toFloats(),
          residual.variables().get("stage0.codebook").toFloats());
      assertEquals(Codebooks.of(6), residual.codebooks());
    }
  }

  /** Each stage of k-means divides what the one before left, also if the codebook is shared. */
  @Test
  void initializationReducesTheErrorWithEachStage() {
    VectorQuantizerConfig stage = VectorQuantizer.ema(8, D);
    for (ResidualQuantizerConfig config :
        List.of(ResidualQuantizer.of(4, stage), ResidualQuantizer.of(4, stage).shared())) {
      try (ResidualQuantizer quantizer = config.build(new Rng(1));
          Step step = Step.inference()) {
        assertEquals(160, quantizer.initializationLatents());
        quantizer.initialize(LATENTS, 400, new Rng(2));
        assertEquals(0, quantizer.initializationLatents());
        Tensor latents = latents(step);
        Codes codes = Codes.of(quantizer.encode(latents), quantizer.codebooks());
        double before = latents.square().mean().item();
        for (int stages = 1; stages <= 4; stages++) {
          Tensor prefix = quantizer.lookup(codes.withStages(stages), step);
          double error = latents.meanSquaredError(prefix).item();
          assertTrue(error < 0.85 * before, stages + ": " + error + " after " + before);
          before = error;
        }
      }
    }
  }

  @Test
  void beamSearchIsNeverWorseAndOftenBetter() {
    try (Quantizer greedy = ResidualQuantizer.of(3, STAGE).build(new Rng(1));
        Quantizer beam = ResidualQuantizer.of(3, STAGE).beam(2).build(new Rng(1));
        Quantizer wide = ResidualQuantizer.of(3, STAGE).beam(36).build(new Rng(1))) {
      double[] expected = errors(greedy);
      double[] actual = errors(beam);
      double[] best = errors(wide); // all sums of two stages
      for (int i = 0; i < expected.length; i++) {
        assertTrue(actual[i] <= expected[i], "row " + i);
        assertTrue(best[i] <= actual[i] * (1 + 1e-6), "row " + i);
      }
      assertTrue(Arrays.stream(actual).sum() < 0.9 * Arrays.stream(expected).sum());
    }
  }

  @Test
  void aBeamOfAllSumsFindsTheNearest() {
    try (ResidualQuantizer quantizer = ResidualQuantizer.of(2, STAGE).beam(6).build(new Rng(1));
        Step step = Step.inference()) {
      float[] first = ((VectorQuantizer) quantizer.stage(0)).codebook();
      float[] second = ((VectorQuantizer) quantizer.stage(1)).codebook();
      int[] codes = quantizer.encode(latents(step)).toInts();
      for (int row = 0; row < 400; row++) {
        int nearest = 0;
        double min = Double.POSITIVE_INFINITY;
        for (int pair = 0; pair < 36; pair++) {
          double squares = 0;
          for (int i = 0; i < D; i++) {
            double sum = (double) first[pair / 6 * D + i] + second[pair % 6 * D + i];
            squares += Math.pow(LATENTS[row * D + i] - sum, 2);
          }
          nearest = squares < min ? pair : nearest;
          min = Math.min(min, squares);
        }
        assertArrayEquals(
            new int[] {nearest / 6, nearest % 6}, Arrays.copyOfRange(codes, 2 * row, 2 * row + 2));
      }
    }
  }

  private static Set<Integer> numbersOfStages(StageDropout dropout, int count) {
    Set<Integer> numbers = new TreeSet<>();
    float[] few = Arrays.copyOf(LATENTS, 8 * D);
    try (Quantizer quantizer =
        ResidualQuantizer.of(count, STAGE).dropout(dropout).build(new Rng(1))) {
      for (int i = 0; i < 25; i++) {
        try (Step step = Step.training(new RngKey(1, i, 0))) {
          int[] codes = quantizer.quantize(step.tensor(few, 4, 2, D)).codes().toInts();
          int first = used(codes, 0, count);
          numbers.add(first);
          for (int row = 1; row < 8 && !dropout.isPerExample(); row++) {
            assertEquals(first, used(codes, row, count));
          }
        }
      }
    }
    return numbers;
  }

  private static int used(int[] codes, int row, int count) {
    int used = 0;
    while (used < count && codes[row * count + used] != Codes.MISSING) {
      used++;
    }
    for (int i = used; i < count; i++) {
      assertEquals(Codes.MISSING, codes[row * count + i]);
    }
    return used;
  }

  @Test
  void allNumbersOfStagesAreDrawn() {
    assertEquals(Set.of(1, 2, 3, 4), numbersOfStages(StageDropout.perStep(), 4));
    assertEquals(Set.of(3, 4, 5), numbersOfStages(StageDropout.perStep(2, 1), 5));
    assertEquals(Set.of(2, 4, 5), numbersOfStages(StageDropout.perStep(0, 2), 5));
    assertEquals(Set.of(1, 3), numbersOfStages(StageDropout.choice(3, 1), 4));
    assertEquals(Set.of(1, 2, 3, 4), numbersOfStages(StageDropout.perExample(1), 4));
    assertEquals(Set.of(4), numbersOfStages(StageDropout.perExample(0), 4));
  }

  @Test
  void aDroppedStageIsNotUpdatedAndHasNoUsage() {
    ResidualQuantizerConfig config = ResidualQuantizer.of(3, STAGE).dropout(StageDropout.choice(1));
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new Rng(1))) {
      float[] before = quantizer.variables().get("stage1.codebook").toFloats();
      float[] first = quantizer.variables().get("stage0.codebook").toFloats();
      Quantized quantized = quantizer.quantize(latents(step).requireGradient());
      assertEquals(
          List.of(400L, 0L, 0L), quantized.usage().stream().map(CodeUsage::total).toList());
      step.commit();
      assertArrayEquals(before, quantizer.variables().get("stage1.codebook").toFloats());
      assertEquals(0, quantizer.variables().get("stage1.weight").toFloats()[0]);
      assertFalse(Arrays.equals(first, quantizer.variables().get("stage0.codebook").toFloats()));
    }
  }

  @Test
  void aStageThatNoExampleUsesIsNotUpdated() {
    float[] few = Arrays.copyOf(LATENTS, 2 * D);
    int unused = 0;
    for (int i = 0; i < 20; i++) {
      try (Quantizer quantizer =
              ResidualQuantizer.of(2, STAGE).dropout(StageDropout.perExample(1)).build(new Rng(1));
          Step step = Step.training(new RngKey(1, i, 0))) {
        Quantized quantized = quantizer.quantize(step.tensor(few, 2, 1, D));
        step.commit();
        boolean isUsed = quantized.usage().get(1).total() > 0;
        assertEquals(isUsed, quantizer.variables().get("stage1.weight").toFloats()[0] > 0);
        unused += isUsed ? 0 : 1;
      }
    }
    assertTrue(unused > 0);
  }

  /** The commitment terms of Zeghidour et al. 2021 and of Lee et al. 2022 are the same. */
  @Test
  void theTermOfTheResidualsIsThatOfThePartialSums() {
    try (Quantizer quantizer =
            ResidualQuantizer.of(3, STAGE).loss(StageLoss.SUM).build(new Rng(1));
        Step step = Step.training(new Rng(1))) {
      Tensor latents = latents(step).requireGradient();
      Quantized quantized = quantizer.quantize(latents);
      Codes codes = Codes.of(quantized.codes(), quantizer.codebooks());
      double sum = 0;
      double[] gradient = new double[400 * D];
      for (int stages = 1; stages <= 3; stages++) {
        Tensor partial = quantizer.lookup(codes.withStages(stages), step);
        sum += latents.meanSquaredError(partial).item();
        double[] error = latents.sub(partial).toDoubles();
        for (int i = 0; i < error.length; i++) {
          gradient[i] += 2 * error[i] / error.length;
        }
      }
      LossTerm commitment = quantized.terms().get(0);
      assertEquals(sum, commitment.value().item(), 1e-5);
      commitment.value().backward();
      assertArrayEquals(gradient, latents.gradient().toDoubles(), 1e-6);
    }
  }

  /** L^Q values with equal steps; each latent gets the nearest to its bounded value. */
  @Test
  void finiteScalarStagesAreNestedGrids() {
    for (int level = 2; level <= 8; level++) {
      for (int stages = 1; stages <= 3; stages++) {
        try (Quantizer quantizer =
                ResidualQuantizer.of(stages, FiniteScalarQuantizer.symmetric(level))
                    .build(new Rng(1));
            Step step = Step.inference()) {
          double span = 1 + 1.0 / (level - 1);
          double increment = 2 / ((level - 1) * Math.pow(level, stages - 1));
          double largest = (Math.pow(level, stages) - 1) / 2 * increment;
          float[] values = quantizer.forward(step.tensor(LATENTS, LATENTS.length, 1)).toFloats();
          for (int i = 0; i < values.length; i++) {
            double bounded = span * Math.tanh(LATENTS[i] / span);
            double index = (values[i] + largest) / increment;
            assertEquals(Math.rint(index), index, 1e-4);
            assertTrue(Math.abs(values[i]) <= largest + 1e-6);
            assertTrue(Math.abs(values[i] - bounded) <= increment / 2 + 1e-6);
          }
        }
      }
    }
  }

  @Test
  void differentWeightsOfATermAreRejected() {
    List<VectorQuantizerConfig> stages = List.of(STAGE, STAGE.commitmentWeight(1));
    try (Quantizer quantizer = ResidualQuantizer.of(stages).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor latents = latents(step);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> quantizer.quantize(latents)),
          "expected the same weight of the loss term commitment in all stages, got 0.25 and 1.0.");
    }
  }

  @Test
  void invalidSettingsAreRejected() {
    ResidualQuantizerConfig valid = ResidualQuantizer.of(2, STAGE);
    assertRejected(
        () -> ResidualQuantizer.of(0, STAGE),
        "ResidualQuantizer.of: expected at least 1 stage, got 0.");
    assertRejected(
        () -> ResidualQuantizer.of(129, STAGE), "stages: expected from 1 to 128 stages, got 129.");
    assertRejected(
        () -> ResidualQuantizer.of(2, valid),
        "stages[0]: expected a quantizer of one codebook",
        "GroupedQuantizer.of(H, ResidualQuantizer.of(..))");
    assertRejected(
        () -> ResidualQuantizer.of(2, GroupedQuantizer.of(2, STAGE)),
        "stages[0]: expected a quantizer of one codebook");
    FiniteScalarQuantizerConfig grid = FiniteScalarQuantizer.symmetric(5, 5);
    for (List<Quantizer.Config> wrong :
        List.<List<Quantizer.Config>>of(
            List.of(FiniteScalarQuantizer.levels(5)),
            List.of(grid.noise(0.5)),
            List.of(grid, FiniteScalarQuantizer.symmetric(5, 4)),
            List.of(grid, VectorQuantizer.ema(4, 2)))) {
      assertRejected(
          () -> ResidualQuantizer.of(wrong),
          "expected a FiniteScalarQuantizer only with equal settings of all stages",
          "use such as ResidualQuantizer.of(3, FiniteScalarQuantizer.symmetric(5, 5, 5)).");
    }
    for (Quantizer.Config stage :
        List.of(
            STAGE.distance(VectorQuantizerConfig.Distance.COSINE),
            STAGE.estimator(VectorQuantizerConfig.Estimator.ROTATION),
            STAGE.temperature(1),
            STAGE.affine(true),
            VectorQuantizer.gradient(4, 2).deadCodeThreshold(0).onlineClustering(true))) {
      assertRejected(
          () -> ResidualQuantizer.of(2, stage),
          "stages[0]: expected a VectorQuantizer of Euclidean");
    }
    assertRejected(
        () -> ResidualQuantizer.of(List.of(STAGE, STAGE.commitmentWeight(1))).shared(),
        "sharedCodebook: expected equal settings of a VectorQuantizer for all stages");
    assertRejected(
        () -> valid.dropout(StageDropout.perStep(2, 1)),
        "dropout.cutoff: expected less than the 2 stages, got 2.");
    assertRejected(
        () -> valid.dropout(StageDropout.choice(1, 3)),
        "dropout.stages: expected numbers of at most the 2 stages, got [1, 3].");
    assertRejected(() -> valid.beam(0), "beam: expected B from 1 to 1024, got 0.");
    assertRejected(() -> StageDropout.perStep(-1, 1), "cutoff: expected at least 0, got -1.");
    assertRejected(() -> StageDropout.perStep(0, 0), "multiple: expected at least 1, got 0.");
    assertRejected(
        () -> StageDropout.perExample(1.5), "share: expected a share in [0, 1], got 1.5.");
    assertRejected(
        () -> StageDropout.choice(), "stages: expected one or more numbers of at least 1, got [].");
    assertRejected(
        () -> ResidualQuantizer.of(List.of(STAGE, VectorQuantizer.ema(4, D + 1))).build(new Rng(1)),
        "ResidualQuantizer: expected stages of one codebook and of dimension 3, got a codebook of 4"
            + " of dimension 4.");
    try (Quantizer quantizer = valid.build(new Rng(1));
        Step step = Step.inference()) {
      Tensor wrong = step.tensor(new float[8], 2, 4);
      assertRejected(
          () -> quantizer.encode(wrong),
          "ResidualQuantizer: expected latents [.., 3], got [2, 4].");
    }
  }

  private static void assertRejected(Runnable wrong, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, wrong::run), parts);
  }
}
