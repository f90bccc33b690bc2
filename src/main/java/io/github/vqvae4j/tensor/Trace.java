package io.github.vqvae4j.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The operations of a {@link Step} in the order in which they were carried out, as a graph that can
 * be read, or replayed on other inputs.
 *
 * <p>It holds the forward pass; backward passes are not recorded. Variables, such as weights, are
 * read anew when it is replayed; constants are those of the recorded step, which must still be
 * open. Updates that layers give to {@link Step#onCommit} are no operations. Memory that {@link
 * Tensor#release} would give back stays while a step is recorded.
 *
 * <pre>{@code
 * try (Step step = Step.inference()) {
 *   Trace trace = step.trace();
 *   Tensor images = step.tensor(pixels, 1, 28, 28, 1);
 *   Tensor codes = model.encode(images);
 *   Tensor others = step.tensor(otherPixels, 1, 28, 28, 1);
 *   Tensor otherCodes = trace.replay(step, Map.of(images, others)).get(codes);
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
   * Returns the operations so far.
   *
   * @return in the order in which they were carried out, which is one in which each comes after
   *     those that give its inputs
   */
  public List<Operation> operations() {
    return List.copyOf(operations);
  }

  /**
   * Carries all operations out anew. With the same inputs, variables and key the results are the
   * same, bit for bit.
   *
   * @param in the step to compute in; it may be the recorded one
   * @param inputs which tensor of that step takes the place of which recorded one, of the same
   *     shape and format: inputs, or results of operations that are then left out
   * @return the new tensor for each recorded one, results and what they were computed from
   * @throws IllegalArgumentException if a recorded one is neither operand nor result of a recorded
   *     operation, or the other is of another step, shape or format
   * @throws IllegalStateException if the recorded step was closed
   */
  public Map<Tensor, Tensor> replay(Step in, Map<Tensor, Tensor> inputs) {
    recorded.check();
    in.check();
    inputs.keySet().forEach(this::checkRecorded);
    replaying = true;
    try {
      Map<Tensor, Tensor> now = new IdentityHashMap<>();
      inputs.forEach((before, after) -> now.put(before, checked(before, after, in)));
      for (Operation operation : operations()) {
        if (!operation.results().stream().allMatch(now::containsKey)) {
          replay(operation, in, now);
        }
      }
      return Collections.unmodifiableMap(now);
    } finally {
      replaying = false;
    }
  }

  private void checkRecorded(Tensor before) {
    for (Operation operation : operations) {
      for (Tensor input : operation.tensors()) {
        if (input == before) {
          return;
        }
      }
      if (operation.results().contains(before)) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "Trace.replay: expected operands or results of the recorded operations as keys, got one of"
            + " shape "
            + Arrays.toString(before.dims())
            + ", which is not an input of this trace: none of its "
            + operations.size()
            + " operations uses or gives it. Call Step.trace() before the tensor is used, and pass"
            + " the very tensor that the model was applied to.");
  }

  private static Tensor checked(Tensor before, Tensor after, Step in) {
    if (after.step() != in) {
      throw new IllegalArgumentException(
          "Trace.replay: expected inputs of the step to compute in, got one of another step.");
    }
    Shape.checkEqual("Trace.replay", before.dims(), after.dims());
    if (before.dtype() != after.dtype()) {
      throw new IllegalArgumentException(
          "Trace.replay: expected an input in " + before.dtype() + ", got " + after.dtype() + ".");
    }
    return after;
  }

  private void replay(Operation operation, Step in, Map<Tensor, Tensor> now) {
    Tensor[] inputs = new Tensor[operation.tensors().length];
    Arrays.setAll(
        inputs,
        i -> {
          Tensor before = operation.tensors()[i];
          return before == null ? null : now.computeIfAbsent(before, b -> outside(b, in));
        });
    Object layer = operation.layer();
    List<Tensor> results =
        layer == null
            ? in.applyAll(operation.kind(), inputs)
            : in.within(layer, () -> in.applyAll(operation.kind(), inputs));
    for (int i = 0; i < results.size(); i++) {
      now.putIfAbsent(operation.results().get(i), results.get(i));
    }
  }

  /** What no operation gave: a variable's tensor, or a constant. */
  private static Tensor outside(Tensor before, Step in) {
    if (before.isVariable()) {
      return before.storage().in(in);
    }
    return before.step() == in ? before : in.copy(before);
  }

  void add(Operation operation) {
    if (!replaying) {
      operations.add(operation);
    }
  }
}
