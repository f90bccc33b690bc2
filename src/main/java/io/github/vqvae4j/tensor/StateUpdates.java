package io.github.vqvae4j.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;

/**
 * The updates of buffers that a pass has registered with {@link Step#onCommit}, with their
 * statistics. Those of several passes, each with a part of the examples of a training step, are
 * merged and then run once.
 */
public final class StateUpdates {
  /** Statistics, how to merge and to use them, and the variables that their use writes. */
  private record Update<S>(
      S statistics, BinaryOperator<S> merge, Consumer<? super S> action, List<Variable> written) {
    void run() {
      if (written.stream().noneMatch(Variable::isFrozen)) {
        action.accept(statistics);
      }
    }

    /** Returns this update with the statistics of both, which the same code has registered. */
    @SuppressWarnings("unchecked") // the types are those of the same call of onCommit
    Update<S> merge(Update<?> following) {
      S merged = merge.apply(statistics, (S) following.statistics);
      return new Update<>(merged, merge, action, written);
    }
  }

  private final List<Update<?>> updates = new ArrayList<>();
  private boolean used;

  StateUpdates() {}

  <S> void add(
      S statistics, BinaryOperator<S> merge, Consumer<? super S> action, Variable... written) {
    updates.add(new Update<>(statistics, merge, action, List.of(written)));
  }

  /**
   * Merges the statistics of these updates with those of the following examples. Run the result
   * instead of the two originals.
   *
   * @param following the updates of a pass of the same model on the examples that follow
   * @return the merged updates
   * @throws IllegalStateException if the passes have not registered the same updates in the same
   *     order
   */
  public StateUpdates merge(StateUpdates following) {
    boolean same = updates.size() == following.updates.size();
    StateUpdates merged = new StateUpdates();
    for (int i = 0; same && i < updates.size(); i++) {
      Update<?> other = following.updates.get(i);
      same = updates.get(i).written.equals(other.written);
      if (same) {
        merged.updates.add(updates.get(i).merge(other));
      }
    }
    if (!same) {
      throw new IllegalStateException(
          "Step.onCommit: expected the same updates in every pass of a training step, got updates"
              + " of "
              + written()
              + " and "
              + following.written()
              + ". Register them independently of the examples.");
    }
    return merged;
  }

  private List<String> written() {
    return updates.stream().flatMap(u -> u.written.stream()).map(Variable::name).toList();
  }

  /**
   * Runs the updates in order, skipping those that write a frozen variable. May be called before or
   * after the step closes. If an update throws, the preceding updates have already run, and are not
   * undone.
   *
   * @throws IllegalStateException if these updates have been run before
   */
  public void run() {
    if (used) {
      throw new IllegalStateException(
          "StateUpdates.run: these updates have been run before; they would count their examples"
              + " twice.");
    }
    used = true;
    updates.forEach(Update::run);
  }

  /**
   * Returns whether there are no updates.
   *
   * @return whether there are none
   */
  public boolean isEmpty() {
    return updates.isEmpty();
  }

  /**
   * Returns the variables that the updates write.
   *
   * @return the variables, in the order of the updates
   */
  public List<Variable> variables() {
    return updates.stream().flatMap(u -> u.written.stream()).toList();
  }
}
