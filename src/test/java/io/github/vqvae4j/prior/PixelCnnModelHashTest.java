package io.github.vqvae4j.prior;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.ChangedMetadata;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.CodesSource;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A prior is bound to the model whose codes it was trained on. */
class PixelCnnModelHashTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String OTHER = "fedcba9876543210".repeat(4);
  private static final NoisySums TRUTH = new NoisySums(2, 4, 0, true);
  private static final Codes UNKNOWN = TRUTH.draw(24, 1).codes();
  private static final Codes CODES = UNKNOWN.withModelHash(HASH);
  private static final Codes FOREIGN = UNKNOWN.withModelHash(OTHER);

  @TempDir private Path folder;

  private static PixelCnnConfig small() {
    return PixelCnn.ofCodes(NoisySums.K).layers(2).channels(4).headChannels(8);
  }

  private static Trainer<Codes> trainer(PixelCnn prior) {
    return Trainer.of(prior).optimizer(Adam.rate(1e-2)).batch(8).steps(3).quiet();
  }

  private static PixelCnn trained() {
    PixelCnn prior = small().build();
    trainer(prior).fit(CODES);
    return prior;
  }

  private static void assertRejected(Executable call) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, call),
        HASH,
        OTHER,
        "a prior for another codebook",
        "Further training of a model changes its hash");
  }

  @Test
  void theHashIsThatOfTheTrainingCodes() throws IOException {
    PixelCnn prior = small().build();
    assertEquals(Optional.empty(), prior.modelHash());
    trainer(prior).fit(UNKNOWN);
    assertEquals(Optional.empty(), prior.modelHash());
    trainer(prior).fit(CODES);
    assertEquals(Optional.of(HASH), prior.modelHash());
    trainer(prior).fit(UNKNOWN);
    Path file = folder.resolve("prior.safetensors");
    prior.save(file);
    assertEquals(Optional.of(HASH), PixelCnn.load(file).modelHash());
  }

  @Test
  void codesOfAnotherModelAreRejected() {
    PixelCnn prior = trained();
    assertRejected(() -> prior.logProb(FOREIGN, Condition.NONE));
    assertRejected(() -> prior.complete(FOREIGN, Condition.NONE, Sampling.DEFAULT, 1));
    assertRejected(() -> trainer(prior).fit(FOREIGN));
    assertRejected(() -> trainer(prior).evaluate(FOREIGN, 1).fit(CODES));
    assertRejected(() -> Evaluation.of(prior, FOREIGN));
    assertArrayEquals(prior.logProb(CODES, Condition.NONE), prior.logProb(UNKNOWN, Condition.NONE));
    assertEquals(Optional.of(HASH), prior.modelHash());
  }

  @Test
  void samplesHaveTheHash() {
    PixelCnn prior = trained();
    Codes samples = prior.sample(2, Condition.NONE, Sampling.DEFAULT, 1);
    assertEquals(Optional.of(HASH), samples.modelHash());
    for (Codes partial : List.of(CODES, UNKNOWN)) {
      Codes completed = prior.complete(partial, Condition.NONE, Sampling.DEFAULT, 1);
      assertEquals(Optional.of(HASH), completed.modelHash());
    }
    PixelCnn untrained = small().size(2, 4).build();
    Codes sample = untrained.sample(1, Condition.NONE, Sampling.DEFAULT, 1);
    assertEquals(Optional.empty(), sample.modelHash());
    Codes completed = untrained.complete(CODES, Condition.NONE, Sampling.DEFAULT, 1);
    assertEquals(Optional.of(HASH), completed.modelHash());
  }

  @Test
  void conditionsOfAnotherModelAreRejected() {
    CodePairs pairs = TRUTH.draw(24, 1);
    Codes other = pairs.condition();
    PixelCnn prior = small().conditionCodebookSize(NoisySums.K).build();
    Codes foreign = other.withModelHash(OTHER);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new CodePairs(CODES, foreign)),
        "codes and conditions of one model",
        HASH,
        OTHER);
    CodePairs training = new CodePairs(CODES, other.withModelHash(HASH));
    Trainer.of(prior.ofPairs()).batch(8).steps(2).quiet().fit(training);
    assertEquals(Optional.of(HASH), prior.modelHash());
    Condition condition = Condition.codes(foreign);
    assertRejected(() -> prior.sample(24, condition, Sampling.DEFAULT, 1));
    assertRejected(() -> prior.logProb(UNKNOWN, condition));
    assertRejected(() -> prior.complete(UNKNOWN, condition, Sampling.DEFAULT, 1));
    CodePairs unknown = new CodePairs(UNKNOWN, foreign);
    assertRejected(() -> Trainer.of(prior.ofPairs()).batch(8).steps(2).quiet().fit(unknown));
    assertEquals(24, prior.sample(24, Condition.codes(other), Sampling.DEFAULT, 1).count());
  }

  @Test
  void samplesAreDecodedByTheModelOfTheTrainingCodes() {
    Dataset images = Shapes.rectangles(40, 8, 1, 1);
    try (VqVae model = Shapes.model(1, 2);
        VqVae fineTuned = Shapes.model(1, 2)) {
      Trainer.of(fineTuned).batch(8).steps(1).quiet().fit(images);
      PixelCnn prior = PixelCnn.forCodesOf(model).layers(2).channels(4).headChannels(8).build();
      trainer(prior).fit(model.encode(images));
      assertEquals(Optional.of(model.weightHash()), prior.modelHash());
      Codes samples = prior.sample(2, Condition.NONE, Sampling.DEFAULT, 1);
      assertEquals(2, model.decode(samples).size());
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> fineTuned.decode(samples)),
          "further training of a model changes its hash");
      assertThrows(
          IllegalArgumentException.class,
          () -> prior.logProb(fineTuned.encode(images), Condition.NONE));
    }
  }

  @Test
  void aRunIsResumedWithCodesOfTheSameModelOnly() throws IOException {
    PixelCnn whole = small().build();
    trainer(whole).steps(6).listener(RunFolder.in(folder.resolve("whole"))).fit(CODES);
    Path run = folder.resolve("run");
    trainer(small().build()).listener(RunFolder.in(run)).fit(CODES);
    PixelCnn other = small().build();
    assertRejected(() -> Trainer.resume(run, other).quiet().steps(6).fit(FOREIGN));
    PixelCnn resumed = small().build();
    Trainer.resume(run, resumed).quiet().steps(6).fit(CODES);
    assertEquals(Optional.of(HASH), resumed.modelHash());
    assertSameParameters(whole, resumed);
    Path model = run.resolve("model.safetensors");
    assertEquals(Optional.of(HASH), PixelCnn.load(model).modelHash());
  }

  @Test
  void aRunOnPairsIsResumed() throws IOException {
    Path run = folder.resolve("run");
    CodePairs pairs = new CodePairs(CODES, TRUTH.draw(24, 1).condition());
    PixelCnnConfig config = small().conditionCodebookSize(NoisySums.K);
    Trainer.of(config.build().ofPairs())
        .batch(8)
        .steps(2)
        .quiet()
        .listener(RunFolder.in(run))
        .fit(pairs);
    PixelCnn resumed = config.build();
    CodePairs foreign = new CodePairs(FOREIGN, pairs.condition());
    assertRejected(() -> Trainer.resume(run, resumed.ofPairs()).quiet().steps(4).fit(foreign));
    PixelCnn again = config.build();
    Trainer.resume(run, again.ofPairs()).quiet().steps(4).fit(pairs);
    assertEquals(Optional.of(HASH), again.modelHash());
  }

  @Test
  void anInvalidHashInAFileIsReported() throws IOException {
    PixelCnn prior = trained();
    Path file = folder.resolve("prior.safetensors");
    prior.save(file);
    assertEquals(HASH, Safetensors.read(file).metadata().get("vqvae4j.priorModelHash"));
    ChangedMetadata.write(file, "vqvae4j.priorModelHash", "none", file);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> PixelCnn.load(file)),
        "metadata vqvae4j.priorModelHash",
        "expected 64 hexadecimal digits");
    assertThrows(
        IllegalArgumentException.class, () -> prior.restoreTrainingState(Map.of("other", "1")));
  }

  @Test
  void trainingFromAFileEqualsTrainingFromMemory() throws IOException {
    Codes codes = new NoisySums(2, 4, 3, false).draw(2_100, 5).codes().withModelHash(HASH);
    Path file = folder.resolve("maps.codes");
    codes.write(file);
    PixelCnn fromMemory = small().classes(3).classDropout(0.1).build();
    PixelCnn fromFile = small().classes(3).classDropout(0.1).build();
    Source<Codes> heldOut = codes.range(0, 100);
    trainer(fromMemory).steps(40).evaluate(heldOut, 20).fit(codes);
    try (CodesSource source = CodesSource.open(file)) {
      trainer(fromFile).steps(40).evaluate(heldOut, 20).fit(source);
    }
    assertEquals(fromMemory.config(), fromFile.config());
    assertEquals(Optional.of(HASH), fromFile.modelHash());
    assertSameParameters(fromMemory, fromFile);
  }

  private static void assertSameParameters(PixelCnn expected, PixelCnn actual) {
    expected
        .variables()
        .forEach(
            (name, v) ->
                assertArrayEquals(v.toFloats(), actual.variables().get(name).toFloats(), name));
  }

  @Test
  void pairsOfCodeFilesTrainLikePairsInMemory(@TempDir Path folder) throws IOException {
    CodePairs pairs = TRUTH.draw(24, 1);
    pairs.codes().write(folder.resolve("bottom.codes"));
    pairs.condition().write(folder.resolve("top.codes"));
    try (CodesSource bottom = CodesSource.open(folder.resolve("bottom.codes"));
        CodesSource top = CodesSource.open(folder.resolve("top.codes"))) {
      Source<CodePairs> files = CodePairs.of(bottom, top);
      assertEquals(pairs.exampleShape(), files.exampleShape());
      assertEquals(pairs.batch(7, 0, 23), files.batch(7, 0, 23));
      assertArrayEquals(trainedOn(pairs), trainedOn(files));
      Source<Codes> fewer = top.range(0, 23);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> CodePairs.of(bottom, fewer)),
          "24 code maps and 23 conditions");
    }
  }

  private static float[] trainedOn(Source<CodePairs> pairs) {
    try (PixelCnn prior =
        PixelCnn.ofCodes(NoisySums.K)
            .conditionCodebookSize(NoisySums.K)
            .layers(2)
            .channels(4)
            .headChannels(8)
            .build()) {
      Trainer.of(prior.ofPairs()).batch(8).steps(5).workers(2).quiet().fit(pairs);
      return prior.variables().get("head.1.weight").toFloats();
    }
  }

  @Test
  void priorsOfTheLevelsOfAModel() {
    Dataset images = Shapes.rectangles(24, 16, 1, 1);
    try (VqVae2 model =
        VqVae2.channels(1)
            .hidden(8)
            .downsample(1, 1, 1)
            .residual(1, 4)
            .quantizer(VectorQuantizer.ema(16, 4))
            .build()) {
      List<Codes> codes = model.encode(images);
      Codes[] samples = new Codes[3];
      for (int level = 0; level < 3; level++) {
        PixelCnnConfig config = PixelCnn.forCodesOf(model, level);
        assertEquals(16, config.codebookSize());
        assertEquals(level == 0 ? 0 : 16, config.conditionCodebookSize());
        PixelCnn prior = config.layers(2).channels(4).headChannels(8).build();
        if (level == 0) {
          trainer(prior).fit(codes.get(0));
          samples[0] = prior.sample(3, Condition.NONE, Sampling.DEFAULT, 1);
        } else {
          CodePairs pairs = new CodePairs(codes.get(level), codes.get(level - 1));
          Trainer.of(prior.ofPairs()).batch(8).steps(2).quiet().fit(pairs);
          Condition above = Condition.codes(samples[level - 1]);
          samples[level] = prior.sample(3, above, Sampling.DEFAULT, 1 + level);
        }
      }
      assertEquals(3, model.decode(Arrays.asList(samples)).size());
      for (int level : new int[] {-1, 3}) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> PixelCnn.forCodesOf(model, level)),
            "expected a level from 0, the top, to 2, got " + level);
      }
    }
  }

  @Test
  void aConditionOfAnotherModelIsRejectedByAnUnboundPrior() {
    PixelCnn prior = small().conditionCodebookSize(NoisySums.K).size(2, 4).build();
    Condition foreign = Condition.codes(FOREIGN);
    String says = "expected codes and conditions of one model, got those of models with the hashes";
    for (Executable call :
        new Executable[] {
          () -> prior.logProb(CODES, foreign),
          () -> prior.complete(CODES, foreign, Sampling.DEFAULT, 1)
        }) {
      assertMessageContains(assertThrows(IllegalArgumentException.class, call), says);
    }
  }

  @Test
  void aConditionBindsAPriorOfCodesWithoutHash() {
    PixelCnn prior = small().conditionCodebookSize(NoisySums.K).build();
    Trainer.of(prior.ofPairs()).batch(8).steps(2).quiet().fit(new CodePairs(UNKNOWN, CODES));
    assertEquals(Optional.of(HASH), prior.modelHash());
  }
}
