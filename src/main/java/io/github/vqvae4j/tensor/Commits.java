package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The updates of buffers that wait until a step's results were found good. */
final class Commits {
  private final Arena arena;
  private final List<Change> changes = new ArrayList<>();

  /** What is done at commit, and the variables that it writes. */
  private record Change(Runnable action, List<Variable> written) {
    void run() {
      if (written.stream().noneMatch(Variable::isFrozen)) {
        action.run();
      }
    }
  }

  /**
   * None yet.
   *
   * @param arena for copies of what is written
   */
  Commits(Arena arena) {
    this.arena = arena;
  }

  void add(Runnable action, Variable... written) {
    changes.add(new Change(action, List.of(written)));
  }

  /** Runs all; if one throws, what all would write is as before. */
  void run() {
    Map<Variable, INDArray> before = new IdentityHashMap<>();
    List<Runnable> replacements = new ArrayList<>();
    for (Change change : changes) {
      change.written().forEach(variable -> before.computeIfAbsent(variable, this::copy));
    }
    before.keySet().forEach(variable -> replacements.add(variable.keepReplacements()));
    try {
      take().run();
    } catch (Throwable e) {
      before.forEach(Commits::restore);
      replacements.forEach(Runnable::run);
      throw e;
    } finally {
      before.values().forEach(arena::release);
    }
  }

  private static void restore(Variable variable, INDArray copy) {
    DType before = NativeMemory.dtypeOf(copy);
    if (variable.dtype() != before) {
      variable.convert(before);
    }
    variable.set(copy);
  }

  private INDArray copy(Variable variable) {
    INDArray copy = arena.allocate(variable.dtype(), variable.shape());
    HeapCopy.copy(variable.array(), copy);
    return copy;
  }

  /** Removes all; whoever has them may run them later. */
  Runnable take() {
    List<Change> taken = List.copyOf(changes);
    changes.clear();
    return () -> taken.forEach(Change::run);
  }

  void clear() {
    changes.clear();
  }
}
