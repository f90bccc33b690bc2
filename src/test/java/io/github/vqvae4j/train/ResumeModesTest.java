package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.BatchNorm2d;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Dropout;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks in evaluation mode and frozen parts are the same in a resumed run. */
class ResumeModesTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);

  @TempDir Path folder;

  /** A model whose blocks compute differently in training. */
  private static final class Normed extends Block implements Trainable<ImageBatch> {
    private final BatchNorm2d norm = child("norm", new BatchNorm2d(1));
    private final Dropout dropout = child("dropout", new Dropout(0.3));
    private final Linear linear = child("linear", new Linear(64, 4, new Rng(3)));

    @Override
    public BatchLoss loss(Step step, ImageBatch batch, TrainingProgress progress) {
      Tensor images = dropout.forward(norm.forward(batch.in(step)));
      Tensor output = linear.forward(images.reshape(batch.count(), 64));
      return BatchLoss.of("loss", output.sub(1).square().mean());
    }
  }

  /** Changes modes in the middle of a run. */
  private static TrainingListener changing(Normed model) {
    return Runs.atStepEnd(
        10,
        run -> {
          model.eval();
          model.dropout.train();
          model.linear.variables().get("bias").freeze();
        });
  }

  private static Trainer<ImageBatch> trainer(Normed model) {
    return Trainer.of(model).batch(12).workers(1).steps(30).quiet().listener(changing(model));
  }

  @Test
  void modesOfAModelSurvive() throws IOException {
    Path whole = folder.resolve("whole");
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    try (Normed one = new Normed();
        Normed two = new Normed();
        Normed three = new Normed()) {
      trainer(one).listener(new Runs(whole, 30)).fit(TRAIN);
      trainer(two).listener(new Runs(first, 15)).fit(TRAIN);
      three.dropout.eval();
      Trainer.resume(first, three).quiet().listener(new Runs(second, 30)).fit(TRAIN);
      Runs.assertSame(whole, second);
      assertFalse(three.isTraining());
      assertFalse(three.norm.isTraining());
      assertTrue(three.dropout.isTraining());
      assertTrue(three.linear.variables().get("bias").isFrozen());
      assertFalse(three.linear.variables().get("weight").isFrozen());
    }
  }

  /** The blocks of objectives are not children of a model. */
  @Test
  void modesOfObjectivesSurvive() throws IOException {
    Source<float[]> points = PointGan.points(50, 1);
    Path file = folder.resolve("gan");
    try (PointGan gan = new PointGan(1);
        PointGan other = new PointGan(1)) {
      gan.discriminator.eval();
      Trainer.of(gan.generatorObjective(), gan.discriminatorObjective())
          .batch(4)
          .workers(1)
          .quiet()
          .listener(new Runs(file, 3))
          .fit(points);
      Trainable<float[]> model =
          Trainable.of(other.generatorObjective(), other.discriminatorObjective());
      Trainer.resume(file, model).steps(5).quiet().fit(points);
      assertFalse(other.discriminator.isTraining());
      assertFalse(other.discriminator.children().get("0").isTraining());
      assertTrue(other.generator.isTraining());
    }
  }

  @Test
  void modesOfABuiltModelSurvive() throws IOException {
    Path file = folder.resolve("vq");
    try (VqVae model = Shapes.model(1, 3)) {
      model.encoder().eval();
      model.decoder().freeze();
      Trainer.of(model).batch(8).quiet().listener(new Runs(file, 3)).fit(TRAIN);
      Trainer<ImageBatch> resumed = Trainer.resume(file).steps(5).quiet();
      assertEquals(5, resumed.fit(TRAIN).last().step());
      try (VqVae built = (VqVae) resumed.model()) {
        assertFalse(built.encoder().isTraining());
        assertTrue(built.decoder().isTraining());
        assertTrue(built.decoder().isFrozen());
        assertFalse(built.encoder().isFrozen());
      }
    }
  }
}
