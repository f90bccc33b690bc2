package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.BatchStream;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Augmentation;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.BatchNorm2d;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Dropout;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** 60 steps in one go equal 30, then new objects and 30 more, bit for bit. */
class ResumeTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);
  private static final Source<float[]> POINTS = PointGan.points(200, 3);

  @TempDir Path folder;

  /**
   * A kind of run.
   *
   * @param model returns a new model of a seed
   * @param settings configures a trainer, with new optimizers
   * @param own configures what a checkpoint cannot contain
   */
  private record Kind<B>(
      String name,
      LongFunction<? extends Trainable<B>> model,
      UnaryOperator<Trainer<B>> settings,
      UnaryOperator<Trainer<B>> own,
      Source<B> data) {
    @Override
    public String toString() {
      return name;
    }

    Trainer<B> trainer(Trainable<B> trained, Runs runs) {
      return own.apply(settings.apply(Trainer.of(trained).batch(12).steps(60)))
          .quiet()
          .listener(runs);
    }

    Trainer<B> resumed(Path file, Trainable<B> trained, Runs runs) throws IOException {
      return own.apply(Trainer.resume(file, trained)).quiet().listener(runs);
    }
  }

  /** A model with statistics of batches and with random numbers. */
  private static final class Normed extends Block implements Trainable<ImageBatch> {
    private final BatchNorm2d norm = child("norm", new BatchNorm2d(1));
    private final Dropout dropout = child("dropout", new Dropout(0.3));
    private final Linear linear;

    Normed(long seed) {
      linear = child("linear", new Linear(64, 4, new Rng(seed)));
    }

    @Override
    public BatchLoss loss(Step step, ImageBatch batch, TrainingProgress progress) {
      Tensor images = dropout.forward(norm.forward(batch.in(step)));
      Tensor output = linear.forward(images.reshape(batch.count(), 64));
      return BatchLoss.of("loss", output.sub(1).square().mean())
          .withMetric("notANumber", Double.NaN);
    }
  }

  private static Kind<ImageBatch> vqVae(String name, UnaryOperator<Trainer<ImageBatch>> settings) {
    return vqVae(name, settings, t -> t);
  }

  private static Kind<ImageBatch> vqVae(
      String name,
      UnaryOperator<Trainer<ImageBatch>> settings,
      UnaryOperator<Trainer<ImageBatch>> own) {
    return new Kind<>(name, seed -> Shapes.model(1, seed), settings, own, TRAIN);
  }

  private static Trainable<float[]> gan(long seed) {
    PointGan gan = new PointGan(seed);
    return gan.withObjectives(
        List.of(
            gan.discriminatorObjective().optimizer(new Sgd(0.05, 0.9)).clipNorm(0.5),
            gan.generatorObjective().optimizer(Adam.rate(1e-2)).every(4)));
  }

  /** Kinds whose models checkpoints describe. */
  static Stream<Kind<ImageBatch>> imageKinds() {
    return Stream.of(
        vqVae("adam", t -> t.optimizer(Adam.rate(1e-3)).workers(1)),
        vqVae("adamW", t -> t.optimizer(AdamW.rate(1e-3)).workers(2)),
        vqVae("momentum", t -> t.optimizer(new Sgd(1e-2, 0.9)).workers(2)),
        vqVae("accumulate", t -> t.accumulate(2).workers(2)),
        vqVae("averages", t -> t.averageWeights(0.9).workers(2), t -> t.evaluate(TEST, 7)),
        vqVae("defaults", t -> t.workers(1)),
        vqVae(
            "group",
            t ->
                t.group(ParameterGroup.of(((VqVae) t.model()).encoder()).rate(3e-3).weightDecay(0))
                    .optimizer(AdamW.rate(1e-3, 0.1))
                    .workers(2)),
        vqVae(
            "clipping and schedule",
            t ->
                t.clipNorm(0.5)
                    .schedule(Schedule.warmUp().then(20, Schedule.cosine(0.1)))
                    .workers(1)),
        vqVae(
            "best weights of the first part",
            t -> t.stopEarly(6).workers(1),
            t -> t.evaluate(TEST, 8).monitor(evaluation -> evaluation.step() == 16 ? 0 : 1)),
        vqVae(
            "best averages",
            t -> t.averageWeights(0.95).stopEarly(50).workers(1),
            t -> t.evaluate(TEST, 30)),
        new Kind<ImageBatch>(
            "restarted rows of a parameter",
            seed -> Shapes.model(1, seed, VectorQuantizer.gradient(32, 4).deadCodeThreshold(0.9)),
            t -> t.optimizer(Adam.rate(1e-3)).averageWeights(0.9).workers(2),
            t -> t,
            TRAIN),
        new Kind<ImageBatch>(
            "restarted rows of a buffer",
            seed -> Shapes.model(1, seed, VectorQuantizer.ema(32, 4).deadCodeThreshold(0.9)),
            t -> t.averageWeights(0.9).accumulate(2).workers(2),
            t -> t,
            TRAIN),
        new Kind<ImageBatch>(
            "restarted rows with momentum",
            seed -> Shapes.model(1, seed, VectorQuantizer.gradient(32, 4).deadCodeThreshold(0.9)),
            t -> t.optimizer(new Sgd(1e-2, 0.9)).workers(1),
            t -> t,
            TRAIN),
        new Kind<ImageBatch>(
            "vae",
            LatentModels::convolutional,
            t -> t.averageWeights(0.9).workers(2),
            t -> t,
            TRAIN),
        new Kind<ImageBatch>(
            "augmentation",
            seed -> Shapes.model(1, seed),
            t -> t.workers(2),
            t -> t,
            TRAIN.augmented(Augmentation.NONE.flip(true).brightness(0.1), 5)));
  }

  static Stream<Kind<?>> kinds() {
    return Stream.concat(
        imageKinds(),
        Stream.of(
            new Kind<ImageBatch>(
                "batch normalization and dropout", Normed::new, t -> t.workers(2), t -> t, TRAIN),
            new Kind<float[]>("two objectives", ResumeTest::gan, t -> t.workers(2), t -> t, POINTS),
            new Kind<float[]>(
                "one optimizer of two", PointGan::new, t -> t.workers(1), t -> t, POINTS)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <B> void twoPartsEqualOneRun(Kind<B> kind) throws IOException {
    Runs whole = new Runs(folder.resolve("whole"), 60);
    Trainable<B> expected = kind.model.apply(3);
    TrainingReport one = kind.trainer(expected, whole).fit(kind.data);
    kind.trainer(kind.model.apply(3), new Runs(folder.resolve("first"), 30)).fit(kind.data);
    Runs second = new Runs(folder.resolve("second"), 60);
    Trainable<B> resumed = kind.model.apply(4);
    TrainingReport two = kind.resumed(folder.resolve("first"), resumed, second).fit(kind.data);
    assertEquals(60, whole.losses().size());
    assertEquals(30, second.losses().size());
    second.losses().forEach((step, loss) -> assertEquals(whole.losses().get(step), loss));
    Runs.assertSame(folder.resolve("whole"), folder.resolve("second"));
    States.assertSame(values(expected), values(resumed));
    assertEquals(one.last().step(), two.last().step());
    assertEquals(one.clippedSteps(), two.clippedSteps());
    assertEquals(one.modelStep(), two.modelStep());
    assertEquals(one.evaluations().toString(), two.evaluations().toString());
    assertEquals(one.best().toString(), two.best().toString());
  }

  /** The model, too, comes from the checkpoint. */
  @ParameterizedTest
  @MethodSource("imageKinds")
  void modelIsBuiltFromTheCheckpoint(Kind<ImageBatch> kind) throws IOException {
    Path first = folder.resolve("first");
    Trainable<ImageBatch> expected = kind.model.apply(3);
    kind.trainer(expected, new Runs(folder.resolve("whole"), 60)).fit(kind.data);
    kind.trainer(kind.model.apply(3), new Runs(first, 30)).fit(kind.data);
    Trainer<ImageBatch> trainer =
        kind.own
            .apply(Trainer.resume(first))
            .quiet()
            .listener(new Runs(folder.resolve("second"), 60));
    trainer.fit(kind.data);
    Runs.assertSame(folder.resolve("whole"), folder.resolve("second"));
    States.assertSame(values(expected), values(trainer.model()));
    assertEquals(expected.getClass(), trainer.model().getClass());
  }

  /** Returns a stream of images that get brighter, so that their variance changes. */
  private static BatchStream<ImageBatch> stream(long start) {
    return new BatchStream<>() {
      private long position = start;

      @Override
      public ImageBatch next(int n) {
        int[] indices = new int[n];
        for (int i = 0; i < n; i++) {
          indices[i] = (int) (position + i) % TRAIN.size();
        }
        ImageBatch batch = TRAIN.batch(indices);
        for (int i = 0; i < batch.images().length; i++) {
          batch.images()[i] *= (float) (0.5 + position / 1_000.0);
        }
        position += n;
        return batch;
      }

      @Override
      public long position() {
        return position;
      }
    };
  }

  /** The variance of a stream is that of its first images, which a resumed run does not see. */
  @Test
  void varianceOfAStream() throws IOException {
    Kind<ImageBatch> kind = vqVae("stream", t -> t.workers(2));
    Path file = folder.resolve("first");
    try (VqVae expected = Shapes.model(1, 3);
        VqVae first = Shapes.model(1, 3);
        VqVae second = Shapes.model(1, 3)) {
      kind.trainer(expected, new Runs(folder.resolve("whole"), 60)).fit(stream(0));
      kind.trainer(first, new Runs(file, 30)).fit(stream(0));
      kind.resumed(file, second, new Runs(folder.resolve("second"), 60)).fit(stream(360));
      assertEquals(expected.dataVariance(), second.dataVariance());
    }
    Runs.assertSame(folder.resolve("whole"), folder.resolve("second"));
  }

  private static Map<String, float[]> values(Model model) {
    Map<String, float[]> values = new TreeMap<>();
    model.variables().forEach((name, variable) -> values.put(name, variable.toFloats()));
    return values;
  }

  /** The kinds above contain what they are named after. */
  @Test
  void rowsAreReplacedAndGradientsClipped() throws IOException {
    for (Kind<?> kind : kinds().toList()) {
      if (kind.name.startsWith("restarted")) {
        assertTrue(replacements(kind) > 30, kind.name);
      }
    }
    Kind<ImageBatch> clipping = vqVae("", t -> t.clipNorm(0.5).workers(1));
    try (VqVae model = Shapes.model(1, 3)) {
      assertTrue(
          clipping.trainer(model, new Runs(folder.resolve("c"), 60)).fit(TRAIN).clippedSteps() > 0);
    }
  }

  private <B> long replacements(Kind<B> kind) {
    Trainable<B> model = kind.model.apply(3);
    kind.trainer(model, new Runs(folder.resolve("r"), 60)).fit(kind.data);
    return model.variables().values().stream()
        .mapToLong(Variable::replacementCount)
        .max()
        .orElse(0);
  }
}
