package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The training curve of one run of a recipe, saved as a file.
 *
 * @param recipe the name of the recipe
 * @param seed the random seed
 * @param images the number of training images
 * @param variance the variance of their pixels
 * @param steps the number of training steps
 * @param imagesPerSecond the training throughput
 * @param machine the machine of the run
 * @param points means over windows of steps
 */
record TrainingCurve(
    String recipe,
    long seed,
    int images,
    double variance,
    long steps,
    double imagesPerSecond,
    Machine machine,
    List<CurvePoint> points) {
  /** Checks that steps increase and metrics are not negative. */
  TrainingCurve {
    long last = 0;
    for (CurvePoint point : points) {
      if (point.step() <= last || point.normalizedError() < 0 || point.perplexity() < 0) {
        throw new IllegalArgumentException(
            "points: expected increasing steps and metrics of at least 0, got "
                + point
                + " after step "
                + last);
      }
      last = point.step();
    }
  }

  static TrainingCurve read(Path file) throws IOException {
    try {
      TrainingCurve curve = RecordFile.read(file, TrainingCurve.class, "the command fidelity");
      if (curve.points().isEmpty()) {
        throw new BadFileException(file, "points", "expected one or more, got none");
      }
      return curve;
    } catch (BadFileException e) {
      throw new BadFileException(
          file,
          e.location(),
          e.problem() + "; or delete the file, or choose another folder with --output",
          e);
    }
  }

  void write(Path file) throws IOException {
    RecordFile.write(file, this);
  }
}
