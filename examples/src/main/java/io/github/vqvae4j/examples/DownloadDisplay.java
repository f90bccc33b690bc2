package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.DownloadListener;
import io.github.vqvae4j.data.DownloadProgress;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * Shows how far a download is: on a terminal a line for each file that is updated, else a plain
 * line when a file begins, every few seconds and when it is there.
 */
final class DownloadDisplay implements DownloadListener, AutoCloseable {
  private static final long INTERVAL = Duration.ofSeconds(5).toNanos();

  private final PrintWriter out;
  private final boolean onTerminal = Terminal.isThere();
  private DownloadProgress first;
  private volatile DownloadProgress last;
  private TerminalLine line;
  private long printed;

  DownloadDisplay(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onProgress(DownloadProgress progress) {
    boolean begins = last == null || !last.file().equals(progress.file());
    if (begins) {
      close();
      first = progress;
    }
    last = progress;
    if (onTerminal) {
      update();
    } else {
      print(begins || progress.bytes() == progress.totalBytes());
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
