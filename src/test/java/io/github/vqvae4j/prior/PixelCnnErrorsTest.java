package io.github.vqvae4j.prior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVaePresets;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Codes and conditions that do not fit a prior. */
class PixelCnnErrorsTest {
  private static final Codes MAPS = Codes.of(new int[2 * 4 * 6], 5, 2, 4, 6);
  private static final PixelCnnConfig SMALL =
      PixelCnn.ofCodes(5).size(4, 6).layers(1).channels(4).headChannels(4);

  private static void assertRejected(String expected, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(expected), message);
  }

  private static void assertRejected(
      String expected, PixelCnnConfig config, Codes maps, Condition condition) {
    PixelCnn prior = config.build();
    assertRejected(expected, () -> prior.logProb(maps, condition));
  }

  @Test
  void rejectsCodesOfAnotherCodebookOrSize() {
    Codes many = Codes.of(new int[24], 6, 1, 4, 6);
    String expected =
        "expected codes [1, 4, 6] of a codebook of 5, got Codes[1, 4, 6] of a codebook";
    assertRejected(expected, SMALL, many, Condition.NONE);
    assertRejected("got Codes[1, 6, 4]", SMALL, Codes.of(new int[24], 5, 1, 6, 4), Condition.NONE);
    assertRejected("got Codes[4, 6]", SMALL, Codes.of(new int[24], 5, 4, 6), Condition.NONE);
  }

  @Test
  void rejectsMissingCodes() {
    int[] values = new int[24];
    values[7] = Codes.MISSING;
    assertRejected("PixelCnn.logProb", SMALL, Codes.of(values, 5, 1, 4, 6), Condition.NONE);
  }

  @Test
  void rejectsLabels() {
    PixelCnnConfig classes = SMALL.classes(3);
    assertRejected("expected the class of each map", classes, MAPS, Condition.NONE);
    assertRejected("expected classes from 0 to 2, got 3", classes, MAPS, Condition.label(3));
    assertRejected("each of 2 maps, got 3", classes, MAPS, Condition.labels(0, 1, 2));
    assertRejected(
        "expected no labels, for a prior without classes, got 1.", SMALL, MAPS, Condition.label(0));
    assertRejected("labels of at least 0, got -1.", () -> Condition.labels(3, -1, -2));
    assertRejected("got none.", () -> Condition.labels(new int[0]));
  }

  @Test
  void conditionsAreNamed() {
    assertEquals("Condition[none]", Condition.NONE.toString());
    assertEquals("Condition[label 7]", Condition.label(7).toString());
    assertEquals(
        "Condition[2 labels, Codes[2, 4, 6] of a codebook of 5]",
        Condition.labels(1, 2).withCodes(MAPS).toString());
  }

  @Test
  void rejectsOtherMaps() {
    PixelCnnConfig config = SMALL.conditionCodebookSize(3);
    Codes other = Codes.of(new int[2 * 2 * 3], 3, 2, 2, 3);
    assertRejected("got none. Use Condition.codes", config, MAPS, Condition.NONE);
    assertRejected("expected no other code map", SMALL, MAPS, Condition.codes(other));
    assertRejected("to be codes [2, ", config, MAPS, Condition.codes(other.range(0, 1)));
    Codes wrongK = Codes.of(new int[12], 4, 2, 2, 3);
    assertRejected("of a codebook of 3", config, MAPS, Condition.codes(wrongK));
    Codes uneven = Codes.of(new int[2 * 2 * 2], 3, 2, 2, 2);
    assertRejected("divided by an integer, got 2x2", config, MAPS, Condition.codes(uneven));
    PixelCnn sampler = config.build();
    assertRejected(
        "divided by an integer, got 2x2",
        () -> sampler.sample(2, Condition.codes(uneven), Sampling.DEFAULT, 1));
    CodePairs pairs = new CodePairs(MAPS, uneven);
    assertRejected(
        "divided by an integer, got 2x2",
        () -> Trainer.of(sampler.ofPairs()).batch(2).steps(1).quiet().fit(pairs));
    Codes large = Codes.of(new int[2 * 8 * 12], 3, 2, 8, 12);
    assertRejected("divided by an integer, got 8x12", config, MAPS, Condition.codes(large));
    assertRejected("one condition for each", () -> new CodePairs(MAPS, other.range(0, 1)));
    assertThrows(IllegalStateException.class, SMALL.build()::ofPairs);
  }

  /** Sampling with another factor than in training would use features that were never learned. */
  @Test
  void theFactorOfTheConditionIsThatOfTraining(@TempDir Path folder) throws IOException {
    PixelCnn prior = SMALL.conditionCodebookSize(3).build();
    Codes half = Codes.of(new int[2 * 2 * 3], 3, 2, 2, 3);
    Codes full = Codes.of(new int[2 * 4 * 6], 3, 2, 4, 6);
    Trainer.of(prior.ofPairs()).batch(2).steps(1).quiet().fit(new CodePairs(MAPS, half));
    assertEquals(2, prior.config().conditionFactor());
    Path file = folder.resolve("prior.safetensors");
    prior.save(file);
    for (PixelCnn trained : List.of(prior, PixelCnn.load(file))) {
      trained.sample(2, Condition.codes(half), Sampling.DEFAULT, 1);
      String expected = "4x6, divided by 2, the factor of the prior, got 4x6";
      Condition other = Condition.codes(full);
      assertRejected(expected, () -> trained.sample(2, other, Sampling.DEFAULT, 1));
      assertRejected(expected, () -> trained.complete(MAPS, other, Sampling.DEFAULT, 1));
      assertRejected(expected, () -> trained.logProb(MAPS, other));
      assertRejected(
          expected,
          () ->
              Trainer.of(trained.ofPairs())
                  .batch(2)
                  .steps(1)
                  .quiet()
                  .fit(new CodePairs(MAPS, full)));
    }
    PixelCnn given = SMALL.conditionCodebookSize(3).conditionFactor(1).build();
    assertRejected(
        "divided by 1, the factor of the prior, got 2x3",
        () -> Trainer.of(given.ofPairs()).batch(2).steps(1).quiet().fit(new CodePairs(MAPS, half)));
  }

  @Test
  void samplesAreComputedInFloat() {
    PixelCnn prior = SMALL.build();
    prior.convert(DType.DOUBLE);
    prior.logProb(MAPS, Condition.NONE);
    String message =
        assertThrows(
                IllegalStateException.class,
                () -> prior.sample(1, Condition.NONE, Sampling.DEFAULT, 1))
            .getMessage();
    assertTrue(message.contains("Call convert(DType.FLOAT) first"), message);
    prior.convert(DType.FLOAT);
    prior.sample(1, Condition.NONE, Sampling.DEFAULT, 1);
  }

  @Test
  void rejectsSettings() {
    assertRejected("PixelCnnConfig.kernel", () -> SMALL.kernel(2));
    assertRejected("PixelCnnConfig.firstKernel", () -> SMALL.firstKernel(1));
    assertRejected("PixelCnnConfig.classDropout", () -> SMALL.classDropout(1));
    assertRejected("width and height both at least 1", () -> SMALL.size(0, 3));
  }

  @Test
  void reportsADivergedPrior() {
    PixelCnn prior = SMALL.build();
    prior.parameters().forEach(p -> p.set(filled(p.size())));
    assertThrows(NonFiniteException.class, () -> prior.logProb(MAPS, Condition.NONE));
  }

  private static float[] filled(int size) {
    float[] values = new float[size];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  @Test
  void takesTheCodebookOfAModel() {
    VqVae model = VqVaePresets.kerasMnist().build();
    assertEquals(model.quantizer().codebookSize(), PixelCnn.forCodesOf(model).codebookSize());
  }

  /** Training data that do not fit leave the prior as it was, so that the right ones can follow. */
  @Test
  void rejectedTrainingDataChangeNothing() {
    PixelCnnConfig unsized = PixelCnn.ofCodes(5).layers(1).channels(4).headChannels(4);
    Codes large = Codes.of(new int[2 * 4 * 6], 5, 2, 4, 6).withModelHash("ab".repeat(32));
    Codes small = Codes.of(new int[2 * 2 * 3], 5, 2, 2, 3);
    PixelCnn given = unsized.conditionCodebookSize(5).build();
    Trainer<CodePairs> pairs = Trainer.of(given.ofPairs()).batch(2).steps(1).quiet();
    assertRejected(
        "got 4x6. In CodePairs, the modeled maps come first",
        () -> pairs.fit(new CodePairs(small, large)));
    pairs.fit(new CodePairs(large, small));
    assertEquals(4, given.config().height());

    PixelCnn classes = unsized.classes(3).build();
    Trainer<Codes> trainer = Trainer.of(classes).batch(2).steps(1).quiet();
    assertRejected("expected classes from 0 to 2", () -> trainer.fit(large.withLabels(3, 3)));
    assertTrue(classes.modelHash().isEmpty());
    trainer.fit(small.withLabels(0, 2));
    assertEquals(2, classes.config().height());
  }
}
