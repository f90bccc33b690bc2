package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** A long training program that {@link ProcessShutdownTest} stops. */
final class ShutdownTestProgram {
  private ShutdownTestProgram() {}

  /**
   * Trains.
   *
   * @param args the folder of the run, the number of held-out images, the number of steps between
   *     evaluations, and the step after which to exit; negative to exit in the loss of that step
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    long exitAfter = Long.parseLong(args[3]);
    Dataset train = Shapes.rectangles(64, 8, 1, 1);
    Dataset heldOut = Shapes.rectangles(Integer.parseInt(args[1]), 8, 1, 2);
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.in(Path.of(args[0]));
      Trainable<ImageBatch> trained = exitAfter < 0 ? exitsInLoss(model, -exitAfter) : model;
      Trainer.of(trained)
          .batch(16)
          .steps(1_000_000)
          .evaluate(heldOut, Long.parseLong(args[2]))
          .listener(folder)
          .listener(
              new TrainingListener() {
                @Override
                public void onStart(TrainingRun run) {
                  out.println("start");
                }

                @Override
                public void onStep(TrainingRun run, StepReport report) {
                  out.println("step " + report.step());
                  if (report.step() == exitAfter) {
                    System.exit(7);
                  }
                }

                @Override
                public void onEvaluation(TrainingRun run, Evaluation evaluation) {
                  out.println("evaluation " + evaluation.step());
                }

                @Override
                public void onEnd(TrainingRun run, TrainingReport report) {
                  out.println("end " + report.last().step() + " " + report.stopReason());
                }
              })
          .fit(train);
    }
  }

  private static Trainable<ImageBatch> exitsInLoss(VqVae model, long exitIn) {
    Objective.Loss<ImageBatch> loss =
        (step, batch, progress) -> {
          if (progress.step() == exitIn) {
            System.exit(7);
          }
          return model.loss(step, batch, progress);
        };
    return model.withObjectives(List.of(Objective.all("", loss, model.variables())));
  }
}
