package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which worker of a training run updates each parameter. Every worker owns whole parameters, such
 * that all of them have about the same number of elements to update; buffers belong to the first
 * worker, which updates them after the parameters. The assignment depends on the sizes only.
 */
final class Ownership {
  private final Map<Variable, Integer> owners = new IdentityHashMap<>();
  private final int workers;

  /**
   * Assigns the parameters of a run.
   *
   * @param objectives the objectives; the first worker owns all parameters of those whose optimizer
   *     is not thread-safe
   * @param workers the number of workers
   */
  Ownership(List<? extends ObjectiveState<?>> objectives, int workers) {
    this.workers = workers;
    for (ObjectiveState<?> objective : objectives) {
      if (!objective.optimizer().isThreadSafe()) {
        objective.parameters().forEach(parameter -> owners.put(parameter, 0));
      }
    }
    objectives.forEach(this::assign);
  }

  /** Assigns the largest parameter first, each to the worker with the fewest elements so far. */
  private void assign(ObjectiveState<?> objective) {
    long[] elements = new long[workers];
    List<Parameter> free = new ArrayList<>();
    for (Parameter parameter : objective.parameters()) {
      if (owners.containsKey(parameter)) {
        elements[ownerOf(parameter)] += parameter.size();
      } else {
        free.add(parameter);
      }
    }
    free.sort(Comparator.comparingInt(Parameter::size).reversed());
    for (Parameter parameter : free) {
      int least = 0;
      for (int worker = 1; worker < workers; worker++) {
        least = elements[worker] < elements[least] ? worker : least;
      }
      owners.put(parameter, least);
      elements[least] += parameter.size();
    }
  }

  /** Returns the rank of the worker that updates a variable. */
  int ownerOf(Variable variable) {
    return owners.getOrDefault(variable, 0);
  }
}
