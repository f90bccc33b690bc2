package io.github.vqvae4j.model;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.Metric;
import io.github.vqvae4j.train.ModelStatistics;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingProgress;
import io.github.vqvae4j.train.TrainingReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** An image model of a user: its metrics, and the report that it is untrained. */
class ImageModelTest {
  private static final Dataset IMAGES = Shapes.rectangles(40, 8, 1, 1);

  private final List<ImageModel> models = new ArrayList<>();

  @AfterEach
  void close() {
    models.forEach(ImageModel::close);
  }

  /** A linear model of single pixels. */
  private static class Line extends ImageModel {
    private final Linear line = child("line", new Linear(1, 1, new Rng(1)));
    private final String metric;

    Line(String metric) {
      this.metric = metric;
      markBuilt();
    }

    @Override
    public ImageLoss loss(Tensor images, TrainingProgress progress) {
      Tensor reconstruction = line.forward(images);
      double error = reconstruction.meanAbsoluteError(images).item();
      return new ImageLoss(
          reconstructionTerms(reconstruction, images, progress),
          images,
          reconstruction,
          List.of(new Metric(metric, error)),
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

  /** A model whose metrics do not depend on those of its base class. */
  private static final class OwnMetrics extends Line {
    OwnMetrics() {
      super("mae");
    }

    @Override
    public List<Metric> evaluationMetrics(List<Metric> means, Source<ImageBatch> data) {
      return List.of(new Metric("images", data.size()));
    }
  }

  /** A source that is no dataset. */
  private record Batched(Dataset images) implements Source<ImageBatch> {
    @Override
    public int size() {
      return images.size();
    }

    @Override
    public ImageBatch batch(int... indices) {
      return images.batch(indices);
    }

    @Override
    public List<Integer> exampleShape() {
      return images.exampleShape();
    }
  }

  private Line line(String metric) {
    Line model = new Line(metric);
    models.add(model);
    return model;
  }

  private static List<String> names(Evaluation evaluation) {
    return evaluation.metrics().stream().map(Metric::name).toList();
  }

  @Test
  void metricsOfTheModelAreReportedInTrainingAndEvaluation() {
    Line model = line("mae");
    TrainingReport report =
        Trainer.of(model).batch(8).steps(3).evaluate(IMAGES, 3).quiet().fit(IMAGES);
    List<Metric> training = report.last().objectives().get(0).loss().metrics();
    assertEquals(List.of("mae"), training.stream().map(Metric::name).toList());
    assertTrue(training.get(0).value() > 0);
    Evaluation evaluation = report.evaluations().get(0);
    assertEquals(List.of("mae", "mse", "normalizedMse", "psnr"), names(evaluation));
    double squared = evaluation.metric("mae") * evaluation.metric("mae");
    assertTrue(squared <= evaluation.metric("mse"), evaluation.toString());
  }

  @Test
  void aMetricWithTheNameOfTheError() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> Evaluation.of(line(ImageModel.MSE), IMAGES)),
        "different names",
        "mse");
  }

  @Test
  void onlyDatasetsOfPixelsHaveAPsnr() {
    Line model = line("mae");
    Source<ImageBatch> source = new Batched(IMAGES);
    for (Source<ImageBatch> data :
        List.of(
            source, source.range(0, 20), source.select(3, 1, 4), Images.from(IMAGES).unbounded())) {
      assertEquals(List.of("mae", "mse", "normalizedMse"), names(Evaluation.of(model, data)));
    }
    for (Source<ImageBatch> data : List.of(IMAGES, IMAGES.range(0, 20), IMAGES.select(3, 1, 4))) {
      assertTrue(names(Evaluation.of(model, data)).contains(ImageModel.PSNR));
    }
  }

  @Test
  void anEvaluationReportsAnUntrainedModelWithMetricsOfItsOwn() {
    OwnMetrics model = new OwnMetrics();
    models.add(model);
    assertEquals(List.of(), warnings(() -> ModelStatistics.of(model, IMAGES)));
    List<String> warnings =
        warnings(
            () -> {
              assertEquals(List.of("images"), names(Evaluation.of(model, IMAGES)));
              Evaluation.of(model, IMAGES);
            });
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.get(0).contains("OwnMetrics: the model has its initial weights"));
  }

  @Test
  void trainingReportsNoUntrainedModel() {
    Line model = line("mae");
    assertEquals(
        List.of(),
        warnings(
            () -> Trainer.of(model).batch(8).steps(3).evaluate(IMAGES, 1).quiet().fit(IMAGES)));
  }

  private static List<String> warnings(Runnable use) {
    Logger logger = (Logger) LoggerFactory.getLogger(ImageModel.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      use.run();
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
