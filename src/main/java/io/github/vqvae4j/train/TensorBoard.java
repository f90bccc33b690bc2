package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.io.EventFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The figures, pictures and weights of a run in an event file. */
final class TensorBoard {
  private final EventFile file;

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

  /** The distribution of each of a model's variables. */
  void add(long step, ImageModel model) throws IOException {
    for (Map.Entry<String, Variable> entry : model.variables().entrySet()) {
      file.histogram(entry.getKey(), step, entry.getValue().toFloats());
    }
    file.flush();
  }
}
