package io.github.vqvae4j.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A recording of the operations of a {@link Step} in execution order: a graph that can be
 * inspected, or replayed on other inputs.
 *
 * <p>A trace contains the forward pass only. Replaying reads the current values of variables, such
 * as weights. Constants belong to the recorded step, which must still be open. Updates registered
 * with {@link Step#onCommit} are not recorded. While a step is recorded, {@link Tensor#release}
 * retains memory.
 *
 * <pre>{@code
 * try (Step step = Step.inference()) {
 *   Trace trace = step.trace();
 *   Tensor images = step.tensor(pixels, 1, 28, 28, 1);
 *   Tensor codes = model.encode(images);
 *   Tensor otherImages = step.tensor(otherPixels, 1, 28, 28, 1);
 *   Tensor otherCodes = trace.replay(step, Map.of(images, otherImages)).get(codes);
 * }
 * }</pre>
 */
public final class Trace {
  private final Step recorded;
  private final List<Operation> operations = new ArrayList<>();
  private boolean replaying;

  Trace(Step recorded) {
    this.recorded = recorded;
  }

  /**
   * Returns the operations recorded so far.
   *
   * @return the operations in execution order, which is a topological order of the graph
   */
  public List<Operation> operations() {
    return List.copyOf(operations);
  }

  /**
   * Executes all operations again. With the same inputs, variables and key, the results are bitwise
   * identical.
   *
   * @param step the step to compute in; it may be the recorded one
   * @param inputs a map from recorded tensors to their replacements in {@code step}, of the same
   *     shape and data type. Operations whose results are all replaced are skipped
   * @return the new tensor for each recorded operand and result
   * @throws IllegalArgumentException if a replaced tensor is neither an operand nor a result of a
   *     recorded operation, or its replacement has another step, shape or data type
   * @throws IllegalStateException if the recorded step is closed
   */
  public Map<Tensor, Tensor> replay(Step step, Map<Tensor, Tensor> inputs) {
    recorded.check();
    step.check();
    inputs.keySet().forEach(this::checkRecorded);
    replaying = true;
    try {
      Map<Tensor, Tensor> replayed = new IdentityHashMap<>();
      inputs.forEach(
          (original, replacement) ->
              replayed.put(original, checkReplacement(original, replacement, step)));
      for (Operation operation : operations()) {
        if (!operation.results().stream().allMatch(replayed::containsKey)) {
          replay(operation, step, replayed);
        }
      }
      return Collections.unmodifiableMap(replayed);
    } finally {
      replaying = false;
    }
  }

  private void checkRecorded(Tensor original) {
    for (Operation operation : operations) {
      for (Tensor input : operation.inputArray()) {
        if (input == original) {
          return;
        }
      }
      if (operation.results().contains(original)) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "Trace.replay: expected operands or results of the recorded operations as keys, got a"
            + " tensor of shape "
            + Arrays.toString(original.dims())
            + " that none of the "
            + operations.size()
            + " recorded operations uses or computes. Call Step.trace() before the tensor is used,"
            + " and pass the same instance that the model was applied to.");
  }

  private static Tensor checkReplacement(Tensor original, Tensor replacement, Step step) {
    if (replacement.step() != step) {
      throw new IllegalArgumentException(
          "Trace.replay: expected inputs of the step to compute in, got a tensor of another step.");
    }
    Shape.checkEqual("Trace.replay", original.dims(), replacement.dims());
    if (original.dtype() != replacement.dtype()) {
      throw new IllegalArgumentException(
          "Trace.replay: expected an input of type "
              + original.dtype()
              + ", got "
              + replacement.dtype()
              + ".");
    }
    return replacement;
  }

  private void replay(Operation operation, Step step, Map<Tensor, Tensor> replayed) {
    Tensor[] inputs = new Tensor[operation.inputArray().length];
    Arrays.setAll(
        inputs,
        i -> {
          Tensor original = operation.inputArray()[i];
          return original == null ? null : replayed.computeIfAbsent(original, t -> leaf(t, step));
        });
    Object layer = operation.layer();
    List<Tensor> results =
        layer == null
            ? step.applyAll(operation.kind(), inputs)
            : step.within(layer, () -> step.applyAll(operation.kind(), inputs));
    for (int i = 0; i < results.size(); i++) {
      replayed.putIfAbsent(operation.results().get(i), results.get(i));
    }
  }

  /** Returns the new tensor for a variable's tensor or a constant. */
  private static Tensor leaf(Tensor original, Step step) {
    if (original.isVariable()) {
      return original.storage().in(step);
    }
    return original.step() == step ? original : step.copy(original);
  }

  void add(Operation operation) {
    if (!replaying) {
      operations.add(operation);
    }
  }
}
