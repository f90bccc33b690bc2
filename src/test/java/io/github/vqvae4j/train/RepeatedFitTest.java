package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Repeated calls of fit on the same model. */
class RepeatedFitTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final List<Supplier<Optimizer>> OPTIMIZERS =
      List.of(() -> Adam.rate(1e-3), () -> AdamW.rate(1e-3), () -> new Sgd(1e-2, 0.9));

  private static Trainer<ImageBatch> trainer(VqVae model, Optimizer optimizer) {
    return Trainer.of(model).optimizer(optimizer).batch(16).steps(5);
  }

  @Test
  void optimizerKeepsStateAndLogsIt() {
    for (Supplier<Optimizer> optimizer : OPTIMIZERS) {
      try (VqVae model = Shapes.model(1, 3);
          VqVae other = Shapes.model(1, 3);
          CapturedLog log = new CapturedLog(Trainer.class)) {
        Optimizer kept = optimizer.get();
        Trainer<ImageBatch> trainer = trainer(model, kept);
        assertEquals(0, kept.parameters().size());
        trainer.fit(TRAIN);
        assertEquals(0, log.all().size());
        TrainingReport second = trainer.fit(TRAIN);
        assertEquals(5, second.last().step(), "step count restarts");
        assertEquals(1, log.all().size());
        assertMessageContains(
            new Exception(log.all().get(0)), kept.toString(), "continues", "a new optimizer");
        trainer(other, optimizer.get()).fit(TRAIN);
        trainer(other, optimizer.get()).fit(TRAIN);
        assertNotEquals(
            States.of(other).get("encoder.mix.weight")[0],
            States.of(model).get("encoder.mix.weight")[0]);
      }
    }
  }

  @Test
  void newTrainerKeepsOptimizerState() {
    try (VqVae one = Shapes.model(1, 3);
        VqVae two = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = trainer(one, Adam.rate(1e-3));
      trainer.fit(TRAIN);
      trainer.fit(TRAIN);
      Optimizer optimizer = Adam.rate(1e-3);
      trainer(two, optimizer).fit(TRAIN);
      trainer(two, optimizer).fit(TRAIN);
      States.assertSame(States.of(one), States.of(two));
    }
  }

  @Test
  void defaultOptimizerKeepsItsState() {
    try (VqVae one = Shapes.model(1, 3);
        VqVae two = Shapes.model(1, 3);
        CapturedLog log = new CapturedLog(Trainer.class)) {
      Trainer<ImageBatch> trainer = Trainer.of(one).batch(16).steps(5);
      trainer.fit(TRAIN);
      trainer.fit(TRAIN);
      assertEquals(1, log.all().size());
      Trainer<ImageBatch> expected =
          trainer(two, Adam.rate(1.5e-3)).schedule(new DefaultSchedule());
      expected.fit(TRAIN);
      expected.fit(TRAIN);
      States.assertSame(States.of(two), States.of(one));
    }
  }

  @Test
  void optimizerOfADifferentModelIsRejected() {
    for (Supplier<Optimizer> optimizer : OPTIMIZERS) {
      try (VqVae one = Shapes.model(1, 3);
          VqVae two = Shapes.model(1, 3)) {
        Optimizer shared = optimizer.get();
        trainer(one, shared).fit(TRAIN);
        Map<String, float[]> before = States.of(two);
        assertMessageContains(
            assertThrows(IllegalStateException.class, () -> trainer(two, shared).fit(TRAIN)),
            "another model",
            "an optimizer for each model");
        States.assertSame(before, States.of(two));
      }
    }
  }

  @Test
  void optimizerIsResetAfterDivergence() {
    for (Supplier<Optimizer> optimizer : OPTIMIZERS) {
      try (VqVae one = Shapes.model(1, 3);
          VqVae two = Shapes.model(1, 3);
          CapturedLog log = new CapturedLog(Trainer.class)) {
        Optimizer kept = optimizer.get();
        Map<String, float[]> start = States.of(one);
        trainer(one, kept).fit(TRAIN);
        Dataset infinite = new Scaled(TRAIN, 1e30f);
        assertThrows(DivergenceException.class, () -> trainer(one, kept).fit(infinite));
        assertTrue(kept.parameters().isEmpty());
        one.variables().forEach((name, variable) -> variable.set(start.get(name)));
        int lines = log.all().size();
        trainer(one, kept).fit(TRAIN);
        assertEquals(lines, log.all().size());
        trainer(two, optimizer.get()).fit(TRAIN);
        States.assertSame(States.of(two), States.of(one));
      }
    }
  }

  @Test
  void optimizerKeepsStateAfterOtherFailures() {
    try (VqVae model = Shapes.model(1, 3)) {
      Optimizer optimizer = Adam.rate(1e-3);
      trainer(model, optimizer).fit(TRAIN);
      assertThrows(
          IllegalStateException.class,
          () -> trainer(model, optimizer).fit(new FailingDataset(TRAIN, 0)));
      assertFalse(optimizer.parameters().isEmpty());
    }
  }

  /** Images multiplied by a factor. */
  private static final class Scaled extends ForwardingDataset {
    private final float factor;

    Scaled(Dataset data, float factor) {
      super(data);
      this.factor = factor;
    }

    @Override
    public void image(int index, float[] target, int offset) {
      super.image(index, target, offset);
      for (int i = 0; i < imageLength(); i++) {
        target[offset + i] *= factor;
      }
    }
  }
}
