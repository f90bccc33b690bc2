package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;

/** The moving averages that {@link Adam} keeps of one parameter, and of how many gradients. */
final class AdamMoments {
  final float[][] m;
  final float[][] v;
  private final ReplacedRows replaced;
  private final int rowLength;
  private int updates;

  /** The updates before each row was replaced last; null as long as none was. */
  private int[] updatesBefore;

  AdamMoments(Parameter parameter) {
    m = ParameterSlices.zeros(parameter.size());
    v = ParameterSlices.zeros(parameter.size());
    replaced = new ReplacedRows(parameter);
    rowLength = ReplacedRows.length(parameter);
  }

  /** Counts an update; rows that were replaced start anew with it. */
  void next(Parameter parameter) {
    replaced.forEach(
        parameter,
        row -> {
          updatesBefore =
              updatesBefore == null ? new int[parameter.size() / rowLength] : updatesBefore;
          updatesBefore[row] = updates;
          ParameterSlices.clear(m, row, rowLength);
          ParameterSlices.clear(v, row, rowLength);
        });
    updates++;
  }

  /**
   * Returns the end of the numbers from a place on that share its count of updates.
   *
   * @param limit the largest result, at most the size of the parameter
   */
  int end(int place, int limit) {
    if (updatesBefore == null) {
      return limit;
    }
    int row = place / rowLength;
    int next = row + 1;
    while ((long) next * rowLength < limit && updatesBefore[next] == updatesBefore[row]) {
      next++;
    }
    return (int) Math.min(limit, (long) next * rowLength);
  }

  /** How many gradients the averages at a place are of. */
  int updates(int place) {
    return updatesBefore == null ? updates : updates - updatesBefore[place / rowLength];
  }
}
