package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.datasets.DownloadListener;
import io.github.vqvae4j.data.datasets.DownloadProgress;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * Displays the progress of a download: on a terminal as one updated line per file, otherwise as
 * plain lines at the start and end of each file and every few seconds.
 */
final class DownloadDisplay implements DownloadListener, AutoCloseable {
  private static final long INTERVAL = Duration.ofSeconds(5).toNanos();

  private final PrintWriter out;
  private final boolean onTerminal = Terminal.isInteractive();
  private DownloadProgress first;
  private volatile DownloadProgress last;
  private TerminalLine line;
  private long printed;

  DownloadDisplay(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onProgress(DownloadProgress progress) {
    boolean newFile = last == null || !last.file().equals(progress.file());
    if (newFile) {
      close();
      first = progress;
    }
    last = progress;
    if (onTerminal) {
      update();
    } else {
      print(newFile || progress.bytes() == progress.totalBytes());
    }
  }

  private void update() {
    if (line == null) {
      DownloadProgress begin = first;
      line =
          new TerminalLine(
              last.totalBytes(),
              (elapsed, width) -> DownloadLine.of(last, begin.bytes(), elapsed, width));
    }
    line.stepTo(last.bytes());
  }

  private void print(boolean always) {
    long now = System.nanoTime();
    if (always || now - printed >= INTERVAL) {
      printed = now;
      out.println(DownloadLine.plain(last));
    }
  }

  @Override
  public void close() {
    if (line != null) {
      line.close();
      line = null;
    }
  }
}
