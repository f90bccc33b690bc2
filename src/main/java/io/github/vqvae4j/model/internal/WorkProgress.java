package io.github.vqvae4j.model.internal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Logs how far long work is, every 5 seconds, and then its end. Any thread may add to it. */
public final class WorkProgress {
  private static final long INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final Logger log;
  private final String work;
  private final long total;
  private final long start = System.nanoTime();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong lastLogged = new AtomicLong(start);

  /**
   * Starts the work.
   *
   * @param log the log of the class that does the work
   * @param work a description, such as {@code encoding 60000 images}
   * @param total the amount of work, in any unit
   */
  public WorkProgress(Logger log, String work, long total) {
    this.log = log;
    this.work = work;
    this.total = total;
  }

  /** Adds completed work. */
  public void add(long completed) {
    long sum = done.addAndGet(completed);
    long last = lastLogged.get();
    long now = System.nanoTime();
    if (sum == total) {
      if (last != start) {
        log.info("{}: done in {} s", work, Math.round((now - start) * 1e-9));
      }
    } else if (now - last >= INTERVAL_NANOS && lastLogged.compareAndSet(last, now)) {
      log.info("{}: {} %", work, 100 * sum / total);
    }
  }
}
