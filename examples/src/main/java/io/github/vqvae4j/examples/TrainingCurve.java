package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The curve of one run by a recipe, as it is kept in a file.
 *
 * @param recipe its name
 * @param seed of weights, codebook and shuffling
 * @param images trained on
 * @param variance of their pixels
 * @param steps the run had
 * @param imagesPerSecond of the training steps
 * @param machine it ran on
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
  /** Checks the points: growing steps, figures of at least 0. */
  TrainingCurve {
    long last = 0;
    for (CurvePoint point : points) {
      if (point.step() <= last || point.normalizedError() < 0 || point.perplexity() < 0) {
        throw new IllegalArgumentException(
            "points: got "
                + point
                + " after step "
                + last
                + ", expected growing steps and figures"
                + " of at least 0");
      }
      last = point.step();
    }
  }

  static TrainingCurve read(Path file) throws IOException {
    try {
      TrainingCurve curve = RecordFile.read(file, TrainingCurve.class, "the command fidelity");
      if (curve.points().isEmpty()) {
        throw new BadFileException(file, "points", "got none, expected one or more");
      }
      return curve;
    } catch (BadFileException e) {
      throw new BadFileException(
          file, e.place(), e.problem() + "; or delete the file, or choose another --output", e);
    }
  }

  void write(Path file) throws IOException {
    RecordFile.write(file, this);
  }
}
