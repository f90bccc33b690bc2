package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.train.RunOutputs.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;

/**
 * Writes the metrics of a run to a table and, if enabled, to an event file of TensorBoard, which
 * also has images and histograms of weights. Both are created by their first row or event.
 */
final class RunCurves {
  private static final Logger LOG = Log.of(RunFolder.class);
  static final String TABLE = "metrics.csv";

  private final Path folder;
  private final RunOutputs outputs;
  private final boolean hasTensorBoard;
  private MetricsTable table;
  private TensorBoardWriter tensorBoard;
  private StepReport last;

  /** The last step whose row was added. */
  private long lastRow;

  /** The step after which an earlier run is continued; 0 for a new one. */
  private long firstStep;

  RunCurves(Path folder, RunOutputs outputs, boolean hasTensorBoard) {
    this.folder = folder;
    this.outputs = outputs;
    this.hasTensorBoard = hasTensorBoard;
  }

  /** Removes what was written after a step, and continues there. */
  void continueAfter(long step) {
    outputs.attempt(Output.METRICS, () -> table = resumeTable(step));
    if (hasTensorBoard) {
      outputs.attempt(
          Output.TENSORBOARD, () -> tensorBoard = TensorBoardWriter.resume(folder, step));
    }
    lastRow = step;
    firstStep = step;
  }

  /** Continues the table, or moves a damaged one away. */
  private MetricsTable resumeTable(long step) throws IOException {
    Path file = folder.resolve(TABLE);
    try {
      return MetricsTable.resume(file, step);
    } catch (BadFileException e) {
      Path moved = folder.resolve(TABLE + ".damaged");
      Files.move(file, moved, StandardCopyOption.REPLACE_EXISTING);
      LOG.warn(
          "{} The file was moved to {}, and a new table begins after step {}.",
          e.getMessage(),
          FileNames.name(moved),
          step);
      return new MetricsTable(file);
    }
  }

  /** Sets the last step, without adding its row. */
  void last(StepReport report) {
    last = report;
  }

  /** Adds the row of the last step unless it has been added already. */
  void addLast() {
    if (last != null && last.step() > lastRow) {
      lastRow = last.step();
      add(last.step(), MetricNames.of(last));
    }
  }

  /**
   * Adds an evaluation, unless a process has added it that was killed before its next checkpoint.
   */
  void add(Evaluation evaluation) {
    long step = evaluation.step();
    if (step != firstStep || table == null || !table.hasEvaluation()) {
      add(step, MetricNames.of(evaluation));
    }
  }

  private void add(long step, List<Metric> metrics) {
    outputs.attempt(
        Output.METRICS,
        () -> {
          if (table == null) {
            table = new MetricsTable(folder.resolve(TABLE));
          }
          table.add(step, metrics);
        });
    addEvents(writer -> writer.add(step, metrics));
  }

  void addWeights(long step, Model model) {
    addEvents(writer -> writer.add(step, model));
  }

  void addImages(long step, Images images) {
    addEvents(writer -> writer.add(step, images));
  }

  private interface Events {
    void addTo(TensorBoardWriter writer) throws IOException;
  }

  private void addEvents(Events events) {
    if (hasTensorBoard) {
      outputs.attempt(
          Output.TENSORBOARD,
          () -> {
            if (tensorBoard == null) {
              tensorBoard = new TensorBoardWriter(folder);
            }
            events.addTo(tensorBoard);
          });
    }
  }

  /** Returns the number of rows in the table. */
  int rows() {
    return table == null ? 0 : table.rows();
  }
}
