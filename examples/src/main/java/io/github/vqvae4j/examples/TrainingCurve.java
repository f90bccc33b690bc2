package io.github.vqvae4j.examples;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  static TrainingCurve read(Path file) throws IOException {
    // What is no text is no JSON either, and is found out as such.
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    try {
      TrainingCurve curve = JSON.fromJson(text, TrainingCurve.class);
      if (curve != null && curve.recipe() != null && isCurve(curve.points())) {
        return curve;
      }
    } catch (JsonParseException | NumberFormatException e) {
      throw new BadFileException(file, "JSON", e.getMessage() + "; delete the file", e);
    }
    throw new BadFileException(
        file,
        "JSON",
        "this is not the curve of a run; delete the file, or choose another --output");
  }

  /** Points of growing steps whose figures can be drawn. */
  private static boolean isCurve(List<CurvePoint> points) {
    if (points == null || points.isEmpty()) {
      return false;
    }
    long last = 0;
    for (CurvePoint point : points) {
      if (point == null
          || point.step() <= last
          || !(point.errorOverVariance() >= 0 && point.errorOverVariance() <= Double.MAX_VALUE)
          || point.perplexity() < 0
          || Double.isInfinite(point.perplexity())) {
        return false;
      }
      last = point.step();
    }
    return true;
  }

  void write(Path file) throws IOException {
    byte[] json = (JSON.toJson(this) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(json));
  }
}
