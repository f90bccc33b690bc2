package io.github.vqvae4j.train;

import io.github.vqvae4j.parallel.Communicator;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Records the batches that a model is trained with, whose shares arrive in any order. */
final class BatchRecorder {
  /** The examples of each worker, by batch and rank. All workers end a batch before the next. */
  private final List<TreeMap<Integer, List<Integer>>> batches = new ArrayList<>();

  private int workers;

  /** Adds the share of a worker. */
  synchronized void add(Communicator worker, List<Integer> examples) {
    if (batches.isEmpty() || batches.get(batches.size() - 1).size() == workers) {
      batches.add(new TreeMap<>());
      workers = worker.size();
    }
    List<Integer> other = batches.get(batches.size() - 1).put(worker.rank(), examples);
    if (other != null || worker.size() != workers) {
      throw new IllegalStateException("worker " + worker.rank() + " adds " + examples + " twice");
    }
  }

  /** Returns the examples of each batch. */
  synchronized List<List<Integer>> batches() {
    return batches.stream()
        .map(shares -> shares.values().stream().flatMap(List::stream).toList())
        .toList();
  }

  /** Returns the examples of all batches. */
  List<Integer> examples() {
    return batches().stream().flatMap(List::stream).toList();
  }
}
