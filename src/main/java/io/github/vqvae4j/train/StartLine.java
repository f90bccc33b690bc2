package io.github.vqvae4j.train;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes a run before its first step, as one line. */
final class StartLine {
  private StartLine() {}

  /** Returns the model, and as far as they are known the data, the limits and the workers. */
  static String of(TrainingRun run) {
    TrainingSettings settings = run.settings();
    List<String> parts = new ArrayList<>();
    parts.add("Training " + model(run.model()));
    List<Integer> data = settings.trainingData();
    if (!data.isEmpty()) {
      parts.add(data.get(0) + " " + Examples.describe(data.subList(1, data.size())));
    }
    if (settings.steps() != StepReport.NO_LIMIT) {
      parts.add(Counts.of(settings.steps(), "step"));
    }
    if (settings.maxSeconds() > 0) {
      parts.add(String.format(Locale.ROOT, "at most %.1f s", settings.maxSeconds()));
    }
    if (settings.batch() > 0) {
      parts.add(
          Counts.of((long) settings.batch() * settings.accumulate(), "example") + " per step");
    }
    if (settings.workers() > 0) {
      parts.add(Counts.of(settings.workers(), "worker"));
    }
    parts.add("kernels: " + Step.kernels());
    return String.join(", ", parts);
  }

  private static String model(Model model) {
    String name = BlockModel.original(model).getClass().getSimpleName();
    long parameters =
        model.variables().values().stream()
            .filter(Parameter.class::isInstance)
            .mapToLong(Variable::size)
            .sum();
    return String.format(
        Locale.ROOT,
        "%s (%,d parameters)",
        name.isEmpty() ? "a model" : name, // an anonymous class
        parameters);
  }
}
