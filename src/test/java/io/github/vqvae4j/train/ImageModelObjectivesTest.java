package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.metrics.Psnr;
import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An image model with objectives of its own: the metrics and the comparison of its evaluations. */
class ImageModelObjectivesTest {
  private static final Dataset TRAIN = Shapes.rectangles(60, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  /** A linear model of single pixels, and a second one that must match the first. */
  private static final class TwoLines extends ImageModel {
    private final Linear line = child("line", new Linear(1, 1, new Rng(1)));
    private final Linear follower = child("follower", new Linear(1, 1, new Rng(2)));
    private final boolean reconstructs;

    TwoLines(boolean reconstructs) {
      this.reconstructs = reconstructs;
    }

    @Override
    public List<Objective<ImageBatch>> objectives() {
      Objective<ImageBatch> follow = Objective.of("follow", this::follow, follower);
      return reconstructs
          ? List.of(follow, Objective.of("reconstruct", this::loss, line))
          : List.of(follow);
    }

    private BatchLoss follow(Step step, ImageBatch batch, TrainingProgress progress) {
      Tensor images = batch.in(step);
      return BatchLoss.of(
          "difference", follower.forward(images).meanSquaredError(line.forward(images)));
    }

    @Override
    public ImageLoss loss(Tensor images, TrainingProgress progress) {
      Tensor reconstruction = line.forward(images);
      return new ImageLoss(
          reconstructionTerms(reconstruction, images, progress),
          images,
          reconstruction,
          List.of(),
          List.of());
    }

    @Override
    protected Tensor compute(Tensor images) {
      return line.forward(images);
    }

    @Override
    public Images reconstruct(Dataset images) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Optional<?>> settings() {
      return Map.of();
    }

    @Override
    public void save(Path file) {
      throw new UnsupportedOperationException();
    }
  }

  private static TrainingReport train(TwoLines model) {
    return Trainer.of(model)
        .optimizer(Adam.rate(3e-2))
        .batch(10)
        .steps(40)
        .evaluate(TEST, 10)
        .stopEarly(10)
        .quiet()
        .fit(TRAIN);
  }

  private static List<String> names(Evaluation evaluation) {
    return evaluation.metrics().stream().map(Metric::name).toList();
  }

  @Test
  void oneOfTwoObjectivesReportsTheMse() {
    try (TwoLines model = new TwoLines(true)) {
      TrainingReport report = train(model);
      Evaluation best = report.best().orElseThrow();
      assertEquals(List.of("reconstruct/mse", "mse", "normalizedMse", "psnr"), names(best));
      double mse = best.metric(ImageModel.MSE);
      assertEquals(mse, best.objective("reconstruct").term("reconstruction"), 1e-6);
      assertEquals(mse / TRAIN.variance(), best.metric(ImageModel.NORMALIZED_MSE), 1e-9);
      assertEquals(Psnr.fromMeanSquaredError(mse), best.metric(ImageModel.PSNR), 1e-9);
      double min =
          report.evaluations().stream()
              .mapToDouble(e -> e.metric(ImageModel.MSE))
              .min()
              .orElseThrow();
      assertEquals(min, mse);
      assertTrue(mse < report.evaluations().get(0).metric(ImageModel.MSE), report.toString());
    }
  }

  @Test
  void evaluationsWithoutMseAreComparedByTheLoss() {
    try (TwoLines model = new TwoLines(false)) {
      TrainingReport report = train(model);
      Evaluation best = report.best().orElseThrow();
      assertEquals(List.of(), names(best));
      double min = report.evaluations().stream().mapToDouble(Evaluation::loss).min().orElseThrow();
      assertEquals(min, best.loss());
    }
  }
}
