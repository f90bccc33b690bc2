package io.github.vqvae4j.nn;

import io.github.vqvae4j.parallel.ThreadPool;
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
 * A human-readable table of a model's layers with their names, output shapes and parameter counts.
 *
 * <pre>{@code
 * System.out.println(Summary.of(model, 1, 28, 28, 1));
 * }</pre>
 *
 * @param rows one row per layer call, in order of execution
 * @param parameters the total number of parameter elements, including frozen ones
 * @param buffers the total number of values in buffers
 */
public record Summary(List<Row> rows, long parameters, long buffers) {
  /**
   * A layer of the table.
   *
   * @param name the hierarchical name
   * @param type the class name
   * @param output the output shape
   * @param parameters the number of elements of the layer's own parameters, excluding those of its
   *     children
   */
  public record Row(String name, String type, List<Long> output, long parameters) {}

  /**
   * Runs a layer once on zeros and summarizes it.
   *
   * @param layer the layer
   * @param inputShape the input shape, such as [1, 28, 28, 1]
   * @return the summary
   */
  public static Summary of(Layer layer, long... inputShape) {
    int size = 1;
    for (long d : inputShape) {
      // Negative dimensions count as 0, so that the step's own check rejects the shape.
      size = Math.toIntExact(size * Math.max(0, d));
    }
    float[] zeros = new float[size];
    return of(layer, step -> layer.forward(step.tensor(zeros, inputShape)));
  }

  /**
   * Runs a block once and summarizes it.
   *
   * @param block the block
   * @param pass calls the block with inputs created in the given inference step
   * @return the summary
   */
  public static Summary of(Block block, Consumer<Step> pass) {
    return ThreadPool.call(() -> summarize(block, pass)); // on a platform thread
  }

  private static Summary summarize(Block block, Consumer<Step> pass) {
    Map<Block, Deque<String>> names = new IdentityHashMap<>();
    collectNames("", block, names);
    List<Row> rows = new ArrayList<>();
    try (Step step = Step.inference()) {
      step.observe((source, output) -> rows.add(row(names, (Block) source, output)));
      pass.accept(step);
    }
    return new Summary(
        List.copyOf(rows),
        countElements(block.variables().values(), true),
        countElements(block.variables().values(), false));
  }

  private static void collectNames(String path, Block block, Map<Block, Deque<String>> names) {
    names.computeIfAbsent(block, b -> new ArrayDeque<>()).add(path.isEmpty() ? "(all)" : path);
    block
        .children()
        .forEach(
            (name, child) -> collectNames(path.isEmpty() ? name : path + "." + name, child, names));
  }

  private static Row row(Map<Block, Deque<String>> names, Block block, Tensor output) {
    Deque<String> own = names.getOrDefault(block, new ArrayDeque<>(List.of("?")));
    // A layer that is used several times, such as an activation, is called in the order of its
    // names.
    String name = own.size() > 1 ? own.poll() : own.peek();
    // Subtract sets, since children may share parameters or be the same layer.
    Set<Variable> ownVariables = new HashSet<>(block.variables().values());
    block
        .children()
        .values()
        .forEach(c -> ownVariables.removeAll(Set.copyOf(c.variables().values())));
    return new Row(
        name,
        Block.typeName(block),
        Arrays.stream(output.shape()).boxed().toList(),
        countElements(ownVariables, true));
  }

  private static long countElements(Collection<Variable> variables, boolean parameters) {
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
                Locale.ROOT, "%,d parameters and %,d buffer elements", parameters, buffers))
        .toString();
  }
}
