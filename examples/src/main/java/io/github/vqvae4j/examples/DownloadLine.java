package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.DownloadProgress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How far a download is, in one line. */
final class DownloadLine {
  private static final double KILO = 1e3;
  private static final double MEGA = 1e6;

  private DownloadLine() {}

  /** The file and its bytes. */
  static String plain(DownloadProgress progress) {
    return progress.file() + " " + bytes(progress);
  }

  /**
   * As much as fits, with a bar if there is room for one.
   *
   * @param begin bytes that were there when the time began
   */
  static String of(DownloadProgress progress, long begin, Duration elapsed, int width) {
    // Less than at the beginning, if a server sent all anew.
    long came = Math.max(0, progress.bytes() - begin);
    double seconds = Math.max(1, elapsed.toMillis()) / 1e3;
    String rate = String.format(Locale.ROOT, "%.1f MB/s", came / MEGA / seconds);
    String left =
        came == 0
            ? ""
            : ProgressLine.minutes(seconds * (progress.totalBytes() - progress.bytes()) / came)
                + " left ";
    String bytes = bytes(progress);
    List<String> texts =
        List.of(
            plain(progress) + " " + left + rate,
            plain(progress) + " " + rate,
            plain(progress),
            bytes + " " + rate,
            bytes);
    return ProgressLine.fit(texts, progress.bytes(), progress.totalBytes(), width);
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
