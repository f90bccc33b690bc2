package io.github.vqvae4j.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Parameter;
import java.util.List;
import java.util.Optional;

/** What a {@link RunFolder} says of a run in JSON; a figure that is not finite is null. */
final class RunJson {
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private static final String VERSION = "version";

  private RunJson() {}

  static String text(JsonObject object) {
    return JSON.toJson(object) + "\n";
  }

  /** The settings of model and training. */
  static JsonObject config(ImageModel model, TrainingSettings training) {
    JsonObject parts = new JsonObject();
    model
        .settings()
        .forEach(
            (name, settings) ->
                parts.add(name, part(model.children().getOrDefault(name, model), settings)));
    parts.addProperty("parameters", model.parameters().stream().mapToLong(Parameter::size).sum());
    JsonObject config = new JsonObject();
    config.addProperty(VERSION, 1);
    config.add("model", parts);
    config.add("training", RecordJson.toJson(training));
    return config;
  }

  private static JsonObject part(Object layer, Optional<?> settings) {
    JsonObject part = new JsonObject();
    part.addProperty("type", layer.getClass().getSimpleName());
    if (settings.isPresent() && settings.get() instanceof Record values) {
      part.add("settings", RecordJson.toJson(values));
    }
    return part;
  }

  /** The last figures, all evaluations, how the run ended. */
  static JsonObject metrics(TrainingReport report) {
    JsonObject metrics = new JsonObject();
    metrics.addProperty(VERSION, 1);
    add(metrics, report.last().step(), Metric.of(report.last()));
    metrics.addProperty("stopReason", report.stopReason().name());
    metrics.addProperty("modelStep", report.modelStep());
    metrics.add("seconds", RecordJson.figure(report.seconds()));
    metrics.add("imagesPerSecond", RecordJson.figure(report.imagesPerSecond()));
    metrics.addProperty("clippedSteps", report.clippedSteps());
    metrics.addProperty("skippedFiles", report.skippedFiles());
    metrics.add("variance", RecordJson.figure(report.variance()));
    report.best().ifPresent(best -> metrics.addProperty("bestStep", best.step()));
    JsonArray evaluations = new JsonArray();
    for (Evaluation evaluation : report.evaluations()) {
      JsonObject figures = new JsonObject();
      add(figures, evaluation.step(), Metric.of(evaluation));
      evaluations.add(figures);
    }
    metrics.add("evaluations", evaluations);
    return metrics;
  }

  private static void add(JsonObject figures, long step, List<Metric> metrics) {
    figures.addProperty("step", step);
    metrics.forEach(metric -> figures.add(metric.name(), RecordJson.figure(metric.value())));
  }
}
