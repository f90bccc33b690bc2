package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.EventFile;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;

/** Writes the metrics, sample images and weight histograms of a run to an event file. */
final class TensorBoardWriter {
  private static final Logger LOG = Log.of(TensorBoardWriter.class);

  private final EventFile file;
  private boolean warned;

  /** Creates an event file in the folder of a run. */
  TensorBoardWriter(Path folder) throws IOException {
    this(EventFile.create(folder));
  }

  private TensorBoardWriter(EventFile file) {
    this.file = file;
  }

  /** Removes the events after a step, and creates a further event file for those that follow. */
  static TensorBoardWriter resume(Path folder, long step) throws IOException {
    return new TensorBoardWriter(EventFile.resume(folder, step));
  }

  void add(long step, List<Metric> metrics) throws IOException {
    for (Metric metric : metrics) {
      file.scalar(metric.name(), step, metric.value());
    }
    file.flush();
  }

  void add(long step, Images grid) throws IOException {
    file.image("images", step, grid.height(), grid.width(), grid.channels(), Images.png(grid));
    file.flush();
  }

  /** Adds a histogram of each parameter and buffer, except those with non-finite values. */
  void add(long step, Model model) throws IOException {
    for (Map.Entry<String, Variable> entry : model.variables().entrySet()) {
      if (NonFinite.index(entry.getValue()) < 0) {
        file.histogram(entry.getKey(), step, entry.getValue().toFloats());
      } else if (!warned) {
        warned = true;
        LOG.warn(
            "{} contains non-finite values after step {}: no histogram is written for it. Further"
                + " cases are not reported.",
            entry.getKey(),
            step);
      }
    }
    file.flush();
  }
}
