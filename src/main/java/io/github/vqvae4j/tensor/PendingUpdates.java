package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Buffer updates that are deferred until the results of a step have been accepted. */
final class PendingUpdates {
  private final Arena arena;
  private StateUpdates updates = new StateUpdates();

  /**
   * Creates an empty queue.
   *
   * @param arena allocates the copies of the variables
   */
  PendingUpdates(Arena arena) {
    this.arena = arena;
  }

  <S> void add(
      S statistics, BinaryOperator<S> merge, Consumer<? super S> update, Variable... written) {
    updates.add(statistics, merge, update, written);
  }

  /** Runs all updates. If one throws, all variables that any of them writes are restored. */
  void run() {
    Map<Variable, INDArray> saved = new IdentityHashMap<>();
    List<Runnable> savedReplacements = new ArrayList<>();
    updates.variables().forEach(variable -> saved.computeIfAbsent(variable, this::copy));
    saved.keySet().forEach(variable -> savedReplacements.add(variable.saveReplacements()));
    try {
      drain().run();
    } catch (Throwable e) {
      saved.forEach(PendingUpdates::restore);
      savedReplacements.forEach(Runnable::run);
      throw e;
    } finally {
      saved.values().forEach(arena::release);
    }
  }

  private static void restore(Variable variable, INDArray copy) {
    DType savedType = NativeMemory.dtypeOf(copy);
    if (variable.dtype() != savedType) {
      variable.convert(savedType);
    }
    variable.set(copy);
  }

  private INDArray copy(Variable variable) {
    INDArray copy = arena.allocate(variable.dtype(), variable.shape());
    HeapCopy.copy(variable.array(), copy);
    return copy;
  }

  /** Removes and returns all updates, to be run by the caller. */
  StateUpdates drain() {
    StateUpdates drained = updates;
    updates = new StateUpdates();
    return drained;
  }

  void clear() {
    updates = new StateUpdates();
  }
}
