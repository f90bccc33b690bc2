package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A table of a model's layers, for people: names, output shapes and numbers of parameters.
 *
 * @param rows a row a layer, in the order in which they compute
 * @param parameters numbers that training changes, in all
 * @param buffers numbers that are saved but have no gradient, in all
 */
public record Summary(List<Row> rows, long parameters, long buffers) {
  /**
   * One layer.
   *
   * @param name hierarchical
   * @param type its class
   * @param output the shape of what it computed
   * @param parameters its own parameters, without those of inner layers
   */
  public record Row(String name, String type, List<Long> output, long parameters) {}

  /**
   * Runs a layer once on zeros and writes down what it computes.
   *
   * @param layer any layer
   * @param inputShape the shape of an input, as [1, 28, 28, 1]
   * @return the table
   */
  public static Summary of(Layer layer, long... inputShape) {
    int size = 1;
    for (long d : inputShape) {
      // Of no size, so that the step's own check refuses it.
      size = Math.toIntExact(size * Math.max(0, d));
    }
    float[] zeros = new float[size];
    return of(layer, step -> layer.forward(step.tensor(zeros, inputShape)));
  }

  /**
   * Runs a block once and writes down what it computes.
   *
   * @param block any block
   * @param pass calls the block with inputs of the step for inference that it is given
   * @return the table
   */
  public static Summary of(Block block, Consumer<Step> pass) {
    Map<Block, Deque<String>> names = new IdentityHashMap<>();
    name("", block, names);
    List<Row> rows = new ArrayList<>();
    try (Step step = Step.inference()) {
      step.observe((source, output) -> rows.add(row(names, (Block) source, output)));
      pass.accept(step);
    }
    return new Summary(
        List.copyOf(rows),
        count(block.variables().values(), true),
        count(block.variables().values(), false));
  }

  private static void name(String path, Block block, Map<Block, Deque<String>> names) {
    names.computeIfAbsent(block, b -> new ArrayDeque<>()).add(path.isEmpty() ? "(all)" : path);
    block
        .children()
        .forEach((name, child) -> name(path.isEmpty() ? name : path + "." + name, child, names));
  }

  private static Row row(Map<Block, Deque<String>> names, Block block, Tensor output) {
    Deque<String> own = names.getOrDefault(block, new ArrayDeque<>(List.of("?")));
    // A layer that stands in several places, as an activation may, computes in their order.
    String name = own.size() > 1 ? own.poll() : own.peek();
    // Inner layers may share parameters, or be one.
    Set<Variable> ownVariables = new HashSet<>(block.variables().values());
    block
        .children()
        .values()
        .forEach(c -> ownVariables.removeAll(Set.copyOf(c.variables().values())));
    return new Row(
        name,
        block.getClass().getSimpleName(),
        Arrays.stream(output.shape()).boxed().toList(),
        count(ownVariables, true));
  }

  private static long count(Collection<Variable> variables, boolean parameters) {
    long sum = 0;
    for (Variable variable : Set.copyOf(variables)) {
      sum += variable instanceof Parameter == parameters ? variable.size() : 0;
    }
    return sum;
  }

  @Override
  public String toString() {
    int name = rows.stream().mapToInt(r -> r.name().length()).max().orElse(0);
    int type = rows.stream().mapToInt(r -> r.type().length()).max().orElse(0);
    StringBuilder table = new StringBuilder();
    for (Row row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-" + name + "s  %-" + type + "s  %-20s %,12d%n",
              row.name(),
              row.type(),
              row.output(),
              row.parameters()));
    }
    return table
        .append(
            String.format(
                Locale.ROOT, "%,d parameters and %,d numbers in buffers", parameters, buffers))
        .toString();
  }
}
