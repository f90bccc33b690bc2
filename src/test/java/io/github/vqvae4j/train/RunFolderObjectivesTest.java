package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.EventFileReader;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.tensor.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.Summary;

/** The files of runs with two objectives and with a user's own metrics. */
class RunFolderObjectivesTest {
  private static final Source<float[]> POINTS = PointGan.points(100, 1);

  @TempDir private Path folder;

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  /** Returns the values of each scalar in the event file of a run. */
  private static Map<String, Map<Long, Float>> scalars(Path run) throws IOException {
    Path events;
    try (Stream<Path> files = Files.list(run)) {
      events = files.filter(f -> f.getFileName().toString().contains("tfevents")).findFirst().get();
    }
    Map<String, Map<Long, Float>> scalars = new TreeMap<>();
    for (EventFileReader.Event event : EventFileReader.read(events)) {
      for (Summary.Value value : event.summary().getValueList()) {
        if (value.hasSimpleValue()) {
          Float previous =
              scalars
                  .computeIfAbsent(value.getTag(), tag -> new TreeMap<>())
                  .put(event.step(), value.getSimpleValue());
          assertEquals(null, previous, "two values of " + value.getTag());
        }
      }
    }
    return scalars;
  }

  @Test
  void namesOfTwoObjectives() throws IOException {
    Path run = folder.resolve("gan");
    try (PointGan gan = new PointGan(1);
        PointGan loaded = new PointGan(2)) {
      TrainingReport report =
          Trainer.of(gan.discriminatorObjective(), gan.generatorObjective().every(2))
              .batch(10)
              .steps(4)
              .evaluate(POINTS.range(0, 20), 4)
              .listener(RunFolder.in(run).metricsEvery(1).tensorBoard())
              .quiet()
              .fit(POINTS);
      List<List<String>> rows = MetricsTableTest.read(run.resolve("metrics.csv"));
      List<String> columns = rows.get(0);
      assertEquals(
          List.of(
              "step",
              "train/discriminator/loss",
              "train/discriminator/told apart",
              "train/discriminator/realLogit",
              "train/discriminator/learningRate",
              "train/discriminator/gradientNorm",
              "examplesPerSecond",
              "train/generator/loss",
              "train/generator/fooled",
              "train/generator/learningRate",
              "train/generator/gradientNorm",
              "validation/discriminator/loss",
              "validation/discriminator/told apart",
              "validation/generator/loss",
              "validation/generator/fooled",
              "validation/discriminator/realLogit"),
          columns);
      assertEquals(
          List.of("1", "2", "3", "4", "4"), rows.stream().skip(1).map(r -> r.get(0)).toList());
      int fooled = columns.indexOf("train/generator/fooled");
      assertEquals("", rows.get(1).get(fooled));
      assertEquals("", rows.get(3).get(fooled), "the generator does not run in step 3");
      ObjectiveReport last = report.last().objective("generator");
      assertEquals(String.valueOf((float) last.loss().term("fooled")), rows.get(4).get(fooled));
      checkScalars(run, columns, rows);
      checkJson(run, report);
      String summary = Files.readString(run.resolve("summary.txt"));
      assertTrue(summary.contains("model.safetensors\"), \"discriminator\")."), summary);
      loaded.generator.loadWeights(run.resolve("model.safetensors"), "generator");
      loaded.discriminator.loadWeights(run.resolve("model.safetensors"), "discriminator");
      States.assertSame(States.of(gan), States.of(loaded));
    }
  }

  private static void checkScalars(Path run, List<String> columns, List<List<String>> rows)
      throws IOException {
    Map<String, Map<Long, Float>> scalars = scalars(run);
    assertEquals(new HashSet<>(columns.subList(1, columns.size())), scalars.keySet());
    for (List<String> row : rows.subList(1, rows.size())) {
      for (int i = 1; i < row.size(); i++) {
        if (!row.get(i).isEmpty()) {
          long step = Long.parseLong(row.get(0));
          assertEquals(Float.parseFloat(row.get(i)), scalars.get(columns.get(i)).get(step));
        }
      }
    }
  }

  private static void checkJson(Path run, TrainingReport report) throws IOException {
    JsonObject metrics = json(run.resolve("metrics.json"));
    double logit = report.last().objective("discriminator").loss().metric("realLogit");
    assertEquals(logit, metrics.get("train/discriminator/realLogit").getAsDouble());
    JsonObject evaluation = metrics.getAsJsonArray("evaluations").get(0).getAsJsonObject();
    assertEquals(
        report.evaluations().get(0).metric("discriminator/realLogit"),
        evaluation.get("validation/discriminator/realLogit").getAsDouble());
    JsonObject training = json(run.resolve("config.json")).getAsJsonObject("training");
    List<String> names =
        training.getAsJsonArray("objectives").asList().stream()
            .map(JsonElement::getAsJsonObject)
            .map(o -> o.get("name").getAsString() + " " + o.get("every").getAsInt())
            .toList();
    assertEquals(List.of("discriminator 1", "generator 2"), names);
  }

  @Test
  void metricsOfAnyNameReachReportsAndFiles() throws IOException {
    Path run = folder.resolve("own");
    String odd = "accuracy, \"top\" 5 %/é";
    try (PointGan gan = new PointGan(1)) {
      Trainable<float[]> model =
          new ObjectivesTest.Wrapped(
              gan,
              (step, batch, progress) ->
                  BatchLoss.of("loss", gan.generatorLoss(step, batch, progress).total())
                      .withMetric(odd, batch.length)
                      .withUsage("a/b", CodeUsage.of(new int[] {0, 2, 2}, 3)));
      TrainingReport report =
          Trainer.of(model)
              .batch(10)
              .workers(1) // the size of a batch is not a mean over its examples
              .steps(3)
              .evaluate(POINTS.range(0, 20), 2)
              .listener(RunFolder.in(run).metricsEvery(1).tensorBoard())
              .quiet()
              .fit(POINTS);
      assertEquals(20, report.last().metric(odd));
      assertEquals(40, report.evaluations().get(0).metric(odd));
      List<List<String>> rows = MetricsTableTest.read(run.resolve("metrics.csv"));
      Set<String> columns = new HashSet<>(rows.get(0));
      assertEquals(rows.get(0).size(), columns.size(), "columns have different names");
      assertTrue(
          columns.containsAll(
              List.of(
                  "train/" + odd,
                  "train/loss",
                  "validation/" + odd,
                  "validation/loss",
                  "a/b/perplexity",
                  "validation/a/b/usage")),
          columns.toString());
      assertEquals("20.0", rows.get(1).get(rows.get(0).indexOf("train/" + odd)));
      checkScalars(run, rows.get(0), rows);
      JsonObject metrics = json(run.resolve("metrics.json"));
      assertEquals(20, metrics.get("train/" + odd).getAsDouble());
      JsonObject config = json(run.resolve("config.json")).getAsJsonObject("model");
      assertEquals("Wrapped", config.get("type").getAsString());
      assertEquals(report.last().loss(), metrics.get("train/loss").getAsDouble());
    }
  }

  @Test
  void termsMetricsAndCodebooksOfABatchHaveDifferentNames() {
    try (Step step = Step.inference()) {
      BatchLoss loss =
          BatchLoss.of("mse", step.tensor(new float[] {1}, 1))
              .withMetric("accuracy", 1)
              .withUsage("top", CodeUsage.empty(2));
      assertThrows(IllegalArgumentException.class, () -> loss.withMetric("mse", 1));
      assertThrows(IllegalArgumentException.class, () -> loss.withMetric("accuracy", 1));
      assertThrows(IllegalArgumentException.class, () -> loss.withUsage("top", CodeUsage.empty(2)));
      assertThrows(IllegalArgumentException.class, () -> BatchLoss.of(List.of()));
    }
  }

  @Test
  void weightedTermsAreWrittenUnweighted() {
    LossReport loss =
        new LossReport(
            "", List.of(new TermReport("a", 2, 3), new TermReport("b", 5, 7)), List.of());
    Evaluation evaluation = new Evaluation(1, List.of(loss), List.of(), List.of());
    assertEquals(
        List.of(
            new Metric("validation/loss", 41),
            new Metric("validation/a", 2),
            new Metric("validation/b", 5)),
        MetricNames.of(evaluation));
  }
}
