package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.TrainingProgress;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(ModelStatistics.class);

  /**
   * Runs the forward and backward pass of a training step without updating the model. If the
   * encoder output is not finite, only the outputs up to that layer are reported, and there are no
   * gradients.
   *
   * @param model the model
   * @param images the images, processed as one batch
   * @return the statistics
   * @throws IllegalArgumentException if the images do not fit the model or have zero variance
   * @throws IllegalStateException if the codebook is initialized from data and has not been
   *     initialized yet; train for a step first
   */
  public static ModelStatistics of(ImageModel model, Dataset images) {
    TrainingProgress progress = new TrainingProgress(1, images.variance());
    Map<Object, String> names = names(model);
    List<ArrayStatistics> outputs = new ArrayList<>();
    List<ArrayStatistics> weights = new ArrayList<>();
    List<ArrayStatistics> gradients = new ArrayList<>();
    try (Step step = Step.training(new Rng(0))) {
      step.observe(
          (layer, output) ->
              outputs.add(ArrayStatistics.of(names.getOrDefault(layer, "?"), output.toDoubles())));
      Tensor pixels =
          step.tensor(
              images.pixels(0, images.size()),
              images.size(),
              images.height(),
              images.width(),
              images.channels());
      try {
        TrainingStep.backward(model, LossTerm.total(model.loss(pixels, progress).terms()));
      } catch (NonFiniteException e) {
        LOG.warn("Forward pass stopped early; there are no gradients. {}", e.getMessage());
      }
      model
          .variables()
          .forEach(
              (name, variable) -> {
                if (variable instanceof Parameter) {
                  weights.add(ArrayStatistics.of(name, variable.toDoubles()));
                  Tensor gradient = step.gradient(variable);
                  if (gradient != null) {
                    gradients.add(ArrayStatistics.of(name, gradient.toDoubles()));
                  }
                }
              });
    }
    return new ModelStatistics(List.copyOf(outputs), List.copyOf(weights), List.copyOf(gradients));
  }

  /** Returns the hierarchical name of each layer of a model. The model's own name is empty. */
  static Map<Object, String> names(ImageModel model) {
    Map<Object, String> names = new IdentityHashMap<>();
    addNames("", model, names);
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
