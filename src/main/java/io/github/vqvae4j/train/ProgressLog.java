package io.github.vqvae4j.train;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the first step, then one step every few seconds, each evaluation, and the end. */
public final class ProgressLog implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);

  private final long interval;
  private long last = Long.MIN_VALUE;

  /** Logs every five seconds. */
  public ProgressLog() {
    this(Duration.ofSeconds(5));
  }

  /**
   * Logs at intervals of one's choice.
   *
   * @param interval the least time between two lines
   */
  public ProgressLog(Duration interval) {
    this.interval = interval.toNanos();
  }

  @Override
  public void onStep(StepReport report) {
    long now = System.nanoTime();
    if (last == Long.MIN_VALUE || now - last >= interval) {
      last = now;
      LOG.info("{}", report);
    }
  }

  @Override
  public void onEvaluation(Evaluation evaluation) {
    LOG.info("after step {}: {}", evaluation.step(), evaluation);
  }

  @Override
  public void onFailure(Throwable failure, long step) {
    LOG.error("Training ended after step {}: {}", step, failure.toString());
  }

  @Override
  public void onEnd(TrainingReport report) {
    LOG.info("{}", report);
  }
}
