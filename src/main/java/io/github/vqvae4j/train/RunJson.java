package io.github.vqvae4j.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Variable;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Creates the JSON files of a {@link RunFolder}. Non-finite metrics are written as null. */
final class RunJson {
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private static final String VERSION = "version";

  /** The name of a random ID, by which a run that was continued differs from what it was before. */
  private static final String RUN_ID = "runId";

  private RunJson() {}

  static String text(JsonObject object) {
    return JSON.toJson(object) + "\n";
  }

  /** Returns the settings of the model, the training run and its folder, with a new run ID. */
  static JsonObject config(Model model, TrainingSettings training, RunFolderSettings folder) {
    JsonObject config = new JsonObject();
    config.addProperty(VERSION, 1);
    config.addProperty(RUN_ID, UUID.randomUUID().toString());
    config.add("model", model(model));
    config.add("training", RecordJson.toJson(training));
    config.add(RunFolderSettings.NAME, RecordJson.toJson(folder));
    return config;
  }

  /** Returns the settings of the model. */
  static JsonObject model(Model model) {
    JsonObject components = new JsonObject();
    if (!(model instanceof CombinedObjectives)) {
      components.addProperty("type", BlockModel.original(model).getClass().getSimpleName());
    }
    model
        .settings()
        .forEach((name, settings) -> components.add(name, component(part(model, name), settings)));
    components.addProperty(
        "parameters",
        model.variables().values().stream()
            .filter(Parameter.class::isInstance)
            .distinct()
            .mapToLong(Variable::size)
            .sum());
    return components;
  }

  /** Returns the child of a model with the given name, or the model itself. */
  private static Object part(Model model, String name) {
    Object original = BlockModel.original(model);
    return original instanceof Block block && block.children().containsKey(name)
        ? block.children().get(name)
        : original;
  }

  private static JsonObject component(Object layer, Optional<?> settings) {
    JsonObject component = new JsonObject();
    component.addProperty("type", layer.getClass().getSimpleName());
    if (settings.isPresent() && settings.get() instanceof Record values) {
      component.add("settings", RecordJson.toJson(values));
    }
    return component;
  }

  /** Returns the final metrics, all evaluations and the stop reason. */
  static JsonObject metrics(TrainingReport report) {
    JsonObject metrics = new JsonObject();
    metrics.addProperty(VERSION, 1);
    add(metrics, report.last().step(), MetricNames.latest(report.last()));
    metrics.addProperty("stopReason", report.stopReason().name());
    metrics.addProperty("modelStep", report.modelStep());
    metrics.add("seconds", RecordJson.metric(report.seconds()));
    metrics.add("examplesPerSecond", RecordJson.metric(report.examplesPerSecond()));
    metrics.add("secondsWaited", RecordJson.metric(report.secondsWaited()));
    metrics.addProperty("clippedSteps", report.clippedSteps());
    metrics.addProperty("skippedFiles", report.skippedFiles());
    report.best().ifPresent(best -> metrics.addProperty("bestStep", best.step()));
    JsonArray evaluations = new JsonArray();
    for (Evaluation evaluation : report.evaluations()) {
      JsonObject object = new JsonObject();
      add(object, evaluation.step(), MetricNames.of(evaluation));
      evaluations.add(object);
    }
    metrics.add("evaluations", evaluations);
    return metrics;
  }

  private static void add(JsonObject target, long step, List<Metric> metrics) {
    target.addProperty("step", step);
    metrics.forEach(metric -> target.add(metric.name(), RecordJson.metric(metric.value())));
  }
}
