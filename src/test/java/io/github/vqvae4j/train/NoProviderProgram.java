package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.util.List;

/** Trains for six steps and prints the report, as README's program does. */
final class NoProviderProgram {
  private NoProviderProgram() {}

  /**
   * Trains.
   *
   * @param args "quiet" for a quiet trainer, "silent" to print no report
   */
  public static void main(String[] args) {
    Dataset images = Shapes.rectangles(64, 8, 1, 1);
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = Trainer.of(model).batch(16).steps(6).evaluate(images, 3);
      if (List.of(args).contains("quiet")) {
        trainer.quiet();
      }
      TrainingReport report = trainer.fit(images);
      if (!List.of(args).contains("silent")) {
        System.out.println(report);
      }
    }
  }
}
