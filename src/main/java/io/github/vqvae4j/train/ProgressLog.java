package io.github.vqvae4j.train;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training listener that logs the first step, then a step every few seconds, each evaluation and
 * the final report.
 *
 * <pre>{@code
 * Trainer.of(model).listener(new ProgressLog()).fit(images);
 * }</pre>
 */
public final class ProgressLog implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);

  private final long interval;
  private long last = Long.MIN_VALUE;

  /** Creates a listener that logs a step every five seconds. */
  public ProgressLog() {
    this(Duration.ofSeconds(5));
  }

  /**
   * Creates a listener with a given interval.
   *
   * @param interval the minimum time between two logged steps
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
    LOG.info("Evaluation after step {}: {}", evaluation.step(), evaluation);
  }

  @Override
  public void onFailure(Throwable failure, long step) {
    LOG.error("Training failed after step {}: {}", step, failure.toString());
  }

  @Override
  public void onEnd(TrainingReport report) {
    LOG.info("{}", report);
  }
}
