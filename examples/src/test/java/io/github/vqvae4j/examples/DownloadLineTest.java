package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.datasets.DownloadProgress;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The download line fits into every terminal. Less important details are omitted first. */
class DownloadLineTest {
  private static final URI SOURCE = URI.create("http://localhost/images.gz");

  private static String line(long bytes, int width) {
    DownloadProgress progress = new DownloadProgress("images.gz", SOURCE, bytes, 10_000_000);
    return DownloadLine.of(progress, 1_000_000, Duration.ofSeconds(2), width);
  }

  @Test
  void neverWiderThanTheTerminal() {
    for (int width = 0; width < 200; width++) {
      int w = width;
      assertTrue(line(4_000_000, width).length() <= width, () -> w + ": " + line(4_000_000, w));
    }
  }

  @Test
  void throughputExcludesPreviouslyReceivedBytes() {
    assertEquals(
        "[========            ] images.gz 4.0/10.0 MB 0:04 left 1.5 MB/s", line(4_000_000, 79));
    assertEquals("images.gz 4.0/10.0 MB 1.5 MB/s", line(4_000_000, 35));
    assertEquals("4.0/10.0 MB", line(4_000_000, 12));
  }

  @Test
  void noEstimateBeforeTheFirstByte() {
    for (long bytes : new long[] {1_000_000, 500}) {
      assertTrue(line(bytes, 79).endsWith("MB 0.0 MB/s"), line(bytes, 79));
    }
  }

  @Test
  void smallFilesAreShownInKilobytes() {
    assertEquals(
        "labels.gz 2.3/4.5 kB",
        DownloadLine.plain(new DownloadProgress("labels.gz", SOURCE, 2_271, 4_542)));
  }
}
