package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.datasets.DownloadProgress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Formats the progress of a download as one line. */
final class DownloadLine {
  private static final int MAX_BAR = 20;
  private static final int MIN_BAR = 6;
  private static final double KILO = 1e3;
  private static final double MEGA = 1e6;

  private DownloadLine() {}

  /** Returns the file name and the bytes received. */
  static String plain(DownloadProgress progress) {
    return progress.file() + " " + bytes(progress);
  }

  /**
   * Returns as many details as fit, with a bar if there is enough space.
   *
   * @param begin the number of bytes present when the elapsed time started
   */
  static String of(DownloadProgress progress, long begin, Duration elapsed, int width) {
    // Negative if the server restarted the transfer.
    long received = Math.max(0, progress.bytes() - begin);
    double seconds = Math.max(1, elapsed.toMillis()) / 1e3;
    String rate = String.format(Locale.ROOT, "%.1f MB/s", received / MEGA / seconds);
    String left =
        received == 0
            ? ""
            : minutes(seconds * (progress.totalBytes() - progress.bytes()) / received) + " left ";
    String bytes = bytes(progress);
    List<String> texts =
        List.of(
            plain(progress) + " " + left + rate,
            plain(progress) + " " + rate,
            plain(progress),
            bytes + " " + rate,
            bytes);
    String text = texts.stream().filter(t -> t.length() <= width).findFirst().orElse("");
    int space = Math.min(MAX_BAR, width - text.length() - "[] ".length());
    return space < MIN_BAR ? text : bar(progress, space) + " " + text;
  }

  private static String bar(DownloadProgress progress, int length) {
    int full = (int) (length * progress.bytes() / progress.totalBytes());
    return "[" + "=".repeat(full) + " ".repeat(length - full) + "]";
  }

  private static String minutes(double seconds) {
    long rounded = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d", rounded / 60, rounded % 60);
  }

  private static String bytes(DownloadProgress progress) {
    boolean large = progress.totalBytes() >= MEGA;
    double unit = large ? MEGA : KILO;
    return String.format(
        Locale.ROOT,
        "%.1f/%.1f %s",
        progress.bytes() / unit,
        progress.totalBytes() / unit,
        large ? "MB" : "kB");
  }
}
