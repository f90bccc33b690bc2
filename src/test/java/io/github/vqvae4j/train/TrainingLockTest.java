package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A model is trained by one run at a time. */
class TrainingLockTest {
  private static Trainer<int[]> trainer(Trainable<int[]> model) {
    return Trainer.of(model).batch(4).steps(3).optimizer(Sgd.rate(1e-3)).quiet();
  }

  @Test
  void secondRunOfAnotherThreadIsRejected() {
    Numbers model = new Numbers();
    Trainable<int[]> trainsItself =
        model.withObjectives(
            List.of(
                Objective.all(
                    "",
                    (step, batch, progress) -> {
                      trainer(model).fit(Numbers.source(8, indices -> {}));
                      return model.loss(step, batch, progress);
                    },
                    model.variables())));
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () -> trainer(trainsItself).fit(Numbers.source(8, indices -> {}))),
        "Trainer.fit",
        "is being trained by thread " + Thread.currentThread().getName(),
        "another instance");
    trainer(model).fit(Numbers.source(8, indices -> {})); // the failed runs have released it
  }

  @Test
  void listenersMayTrainTheModelBetweenSteps() {
    Numbers model = new Numbers();
    long[] steps = {0};
    TrainingListener nested =
        new TrainingListener() {
          @Override
          public void onStepEnd(TrainingRun run, long step) {
            steps[0] += trainer(model).fit(Numbers.source(8, indices -> {})).last().step();
          }
        };
    trainer(model).listener(nested).fit(Numbers.source(8, indices -> {}));
    assertEquals(9, steps[0]);
  }
}
