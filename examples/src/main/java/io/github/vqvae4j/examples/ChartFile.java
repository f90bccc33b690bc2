package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;

/** Writes charts, one below the other, to a PNG file. */
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
    } catch (OutOfMemoryError | StackOverflowError e) {
      throw e;
    } catch (RuntimeException | Error e) { // without fonts, Java throws either, of several classes
      String cause = FailureMessage.rootCause(e).getMessage();
      if ("Shutdown in progress".equals(cause)) { // after Ctrl-C, drawing cannot be started
        throw new Interruption.StoppedException();
      }
      throw new IllegalStateException(
          "Cannot draw the chart ("
              + cause
              + "); all other results were written. Java needs system fonts for drawing: install"
              + " fontconfig and a font such as DejaVu.",
          e);
    }
    return png;
  }
}
