package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.slf4j.Logger;

/**
 * Statistics of the layer outputs, weights and gradients of one training step, for finding dead,
 * saturated or exploding layers. {@link #toString} prints them as a table.
 *
 * <pre>{@code
 * System.out.println(ModelStatistics.of(model, images.range(0, 32)));
 * }</pre>
 *
 * @param outputs the outputs of each layer, in order of computation
 * @param weights the values of each parameter
 * @param gradients the gradient of each parameter that the loss depends on and that is not frozen
 */
public record ModelStatistics(
    List<ArrayStatistics> outputs, List<ArrayStatistics> weights, List<ArrayStatistics> gradients) {
  private static final Logger LOG = Log.of(ModelStatistics.class);

  /**
   * Runs the forward and backward pass of a training step for each objective of a model, without
   * updating the model. If a layer output is not finite, only the outputs up to that layer are
   * reported, and there are no gradients of that objective.
   *
   * @param model the model
   * @param data the examples, processed as one batch
   * @param <B> the type of a batch
   * @return the statistics; if the model has several objectives, names of outputs start with that
   *     of the objective
   * @throws IllegalArgumentException if the examples do not fit the model
   * @throws IllegalStateException if the codebook is initialized from data and has not been
   *     initialized yet; train for a step first
   */
  public static <B> ModelStatistics of(Trainable<B> model, Source<B> data) {
    return ThreadPool.call(() -> compute(model, data)); // on a platform thread
  }

  private static <B> ModelStatistics compute(Trainable<B> model, Source<B> data) {
    model.prepare(data);
    B batch = data.batch(IntStream.range(0, data.size()).toArray());
    Map<Object, String> names = names(model);
    List<ArrayStatistics> outputs = new ArrayList<>();
    List<ArrayStatistics> gradients = new ArrayList<>();
    for (Objective<B> objective : Objective.allOf(model)) {
      add(model, objective, batch, names, outputs, gradients);
    }
    List<ArrayStatistics> weights = new ArrayList<>();
    model
        .variables()
        .forEach(
            (name, variable) -> {
              if (variable instanceof Parameter) {
                weights.add(ArrayStatistics.of(name, variable.toDoubles()));
              }
            });
    return new ModelStatistics(List.copyOf(outputs), weights, List.copyOf(gradients));
  }

  private static <B> void add(
      Trainable<B> model,
      Objective<B> objective,
      B batch,
      Map<Object, String> names,
      List<ArrayStatistics> outputs,
      List<ArrayStatistics> gradients) {
    String prefix = objective.name().isEmpty() ? "" : objective.name() + "/";
    try (Step step = Step.training(new Rng(0))) {
      Map<String, Variable> trained = objective.variables();
      step.updateOnly(trained.values());
      step.observe(
          (layer, output) ->
              outputs.add(
                  ArrayStatistics.of(
                      prefix + names.getOrDefault(layer, layer.toString()), output.toDoubles())));
      try {
        BatchLoss loss = objective.loss(step, batch, new TrainingProgress(1, 0));
        if (trained.values().stream().anyMatch(Variable::isTrainable)) {
          loss.total().backward();
        }
      } catch (NonFiniteException e) {
        LOG.warn("Forward pass stopped early; there are no gradients. {}", e.getMessage());
      }
      model
          .variables()
          .forEach(
              (name, variable) -> {
                Tensor gradient = trained.containsValue(variable) ? step.gradient(variable) : null;
                if (gradient != null) {
                  gradients.add(ArrayStatistics.of(name, gradient.toDoubles()));
                }
              });
    }
  }

  /** Returns the hierarchical name of each layer of a model. The model's own name is empty. */
  static Map<Object, String> names(Model model) {
    Map<Object, String> names = new IdentityHashMap<>();
    if (BlockModel.original(model) instanceof Block block) {
      addNames("", block, names);
    }
    return names;
  }

  private static void addNames(String path, Block block, Map<Object, String> names) {
    names.putIfAbsent(block, path);
    block
        .children()
        .forEach(
            (name, child) -> addNames(path.isEmpty() ? name : path + "." + name, child, names));
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    append(table, "outputs", outputs);
    append(table, "weights", weights);
    append(table, "gradients", gradients);
    return table.toString();
  }

  private void append(StringBuilder table, String title, List<ArrayStatistics> rows) {
    table.append(
        String.format(
            Locale.ROOT,
            "%-32s %10s %11s %11s %11s %7s %11s%n",
            title,
            "size",
            "mean",
            "std",
            "max abs",
            "zeros",
            "norm"));
    for (ArrayStatistics row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              "  %-30s %10d %11.3e %11.3e %11.3e %6.1f%% %11.3e%n",
              row.name(),
              row.size(),
              row.mean(),
              row.standardDeviation(),
              row.maxAbs(),
              100 * row.zeroFraction(),
              row.norm()));
    }
  }
}
