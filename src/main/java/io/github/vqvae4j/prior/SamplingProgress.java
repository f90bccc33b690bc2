package io.github.vqvae4j.prior;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs how far long sampling is, every 5 seconds. Any thread may add to it. */
final class SamplingProgress {
  private static final Logger LOG = LoggerFactory.getLogger(SamplingProgress.class);
  private static final long INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final int maps;
  private final long rows;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong lastLogged = new AtomicLong(System.nanoTime());

  SamplingProgress(int maps, int rowsPerMap) {
    this.maps = maps;
    rows = (long) maps * rowsPerMap;
  }

  /** Adds completed rows of maps. */
  void add(int completedRows) {
    long sum = done.addAndGet(completedRows);
    long last = lastLogged.get();
    long now = System.nanoTime();
    if (now - last >= INTERVAL_NANOS && sum < rows && lastLogged.compareAndSet(last, now)) {
      LOG.info("sampling {} code maps: {} %", maps, 100 * sum / rows);
    }
  }
}
