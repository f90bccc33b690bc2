package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;

/** Diagrams under one another in a PNG file. */
final class ChartFile {
  private ChartFile() {}

  static void write(List<XYChart> panels, Path file) throws IOException {
    ByteArrayOutputStream png = draw(panels);
    AtomicFile.write(file, png::writeTo);
  }

  private static ByteArrayOutputStream draw(List<XYChart> panels) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      BitmapEncoder.saveBitmap(panels, panels.size(), 1, png, BitmapFormat.PNG);
    } catch (RuntimeException | InternalError | LinkageError e) {
      throw new IllegalStateException(
          "The chart could not be drawn ("
              + FailureMessage.firstCause(e).getMessage()
              + "); all other results are written. Java draws with the system's fonts: install"
              + " fontconfig and a font, such as DejaVu.",
          e);
    }
    return png;
  }
}
