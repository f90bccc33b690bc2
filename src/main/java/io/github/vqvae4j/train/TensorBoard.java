package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.io.EventFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The figures, pictures and weights of a run in an event file. */
final class TensorBoard {
  private static final Logger LOG = LoggerFactory.getLogger(TensorBoard.class);

  private final EventFile file;
  private boolean warned;

  /** Begins a file in the folder of a run. */
  TensorBoard(Path folder) throws IOException {
    file = EventFile.create(folder);
  }

  void add(long step, List<Metric> metrics) throws IOException {
    for (Metric metric : metrics) {
      file.scalar(metric.name(), step, metric.value());
    }
    file.flush();
  }

  void add(long step, Images picture) throws IOException {
    file.image(
        "reconstructions",
        step,
        picture.height(),
        picture.width(),
        picture.channels(),
        Images.png(picture));
    file.flush();
  }

  /** The distribution of each of a model's variables whose numbers are all finite. */
  void add(long step, ImageModel model) throws IOException {
    for (Map.Entry<String, Variable> entry : model.variables().entrySet()) {
      if (NonFinite.index(entry.getValue()) < 0) {
        file.histogram(entry.getKey(), step, entry.getValue().toFloats());
      } else if (!warned) {
        warned = true;
        LOG.warn(
            "{} has numbers that are not finite after step {}; its distribution is left out, as are"
                + " further ones of that kind.",
            entry.getKey(),
            step);
      }
    }
    file.flush();
  }
}
