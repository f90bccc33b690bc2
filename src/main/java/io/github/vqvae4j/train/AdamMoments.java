package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;

/** The state of {@link Adam} for one parameter: both moments and the number of updates. */
final class AdamMoments implements OptimizerState.ForParameter {
  final float[][] m;
  final float[][] v;
  private final ReplacedRows replaced;
  private final int rowLength;
  private int updates;

  /** The number of updates before each row's last replacement; null until a row is replaced. */
  private int[] updatesBefore;

  AdamMoments(Parameter parameter) {
    m = ParameterChunks.zeros(parameter.size());
    v = ParameterChunks.zeros(parameter.size());
    replaced = new ReplacedRows(parameter);
    rowLength = ReplacedRows.length(parameter);
  }

  /** Counts an update. The state of rows that were replaced since the last one is reset. */
  void startUpdate(Parameter parameter) {
    resetReplacedRows(parameter);
    updates++;
  }

  private void resetReplacedRows(Parameter parameter) {
    replaced.forEach(
        parameter,
        row -> {
          updatesBefore =
              updatesBefore == null ? new int[parameter.size() / rowLength] : updatesBefore;
          updatesBefore[row] = updates;
          ParameterChunks.clear(m, row, rowLength);
          ParameterChunks.clear(v, row, rowLength);
        });
  }

  @Override
  public void save(Parameter parameter, OptimizerState state, String name) {
    resetReplacedRows(parameter);
    state.put(name, "m", m);
    state.put(name, "v", v);
    state.put(name, "updates", updates);
    if (updatesBefore != null) {
      state.put(name, "updatesBefore", updatesBefore.clone());
    }
  }

  @Override
  public void restore(Parameter parameter, OptimizerState state, String name) {
    state.get(name, "m", m);
    state.get(name, "v", v);
    updates = state.ints(name, "updates", 1)[0];
    if (state.has(name, "updatesBefore")) {
      updatesBefore = state.ints(name, "updatesBefore", parameter.size() / rowLength);
    }
  }

  /**
   * Returns the end (exclusive) of the longest run of elements from {@code index} on that have
   * received the same number of updates.
   *
   * @param limit the maximum result, at most the size of the parameter
   */
  int endOfEqualUpdates(int index, int limit) {
    if (updatesBefore == null) {
      return limit;
    }
    int row = index / rowLength;
    int next = row + 1;
    while ((long) next * rowLength < limit && updatesBefore[next] == updatesBefore[row]) {
      next++;
    }
    return (int) Math.min(limit, (long) next * rowLength);
  }

  /** Returns the number of gradients in the moments of an element. */
  int updates(int index) {
    return updatesBefore == null ? updates : updates - updatesBefore[index / rowLength];
  }
}
