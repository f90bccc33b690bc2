package io.github.vqvae4j.train;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.log.internal.Log;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * A training listener that shows progress: on a terminal as a line that is rewritten in place,
 * otherwise as lines in the log, for the first step, every five seconds, and the last step. The
 * start of the run (the model, the data, the number of steps and the kernels), evaluations and why
 * the run ended are logged in both cases; the report is what {@link Trainer#fit} returns. A {@link
 * Trainer} without a listener of this class adds one, unless {@link Trainer#quiet} is called.
 *
 * <pre>{@code
 * Trainer.of(model).listener(new ProgressLog()).fit(images);
 * // 600/1200  1568 examples/s  0:24 left  reconstruction 0.007953  codes 507/512
 * }</pre>
 *
 * <p>Without an SLF4J provider, log lines go to standard error.
 *
 * <p>The line shows the step, the throughput, the remaining time, and as many as fit of the
 * following, most important first: the first loss term, the codes of each codebook in use over the
 * last 100 steps, the first metric of the last evaluation (the loss if it has none), the
 * perplexity, and what else the loss reports, such as the commitment loss. Its maximum width is
 * that of the environment variable {@code COLUMNS}, or 80.
 *
 * <p>There is a terminal if standard input and output are both connected to it ({@link
 * System#console}) and {@code TERM} is not {@code dumb}. If several runs train at the same time,
 * the first one has the line and the others are logged. A listener can be used for several runs,
 * also at the same time.
 */
public final class ProgressLog implements TrainingListener {
  private static final Logger LOG = Log.ofProgress(ProgressLog.class);

  private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);
  private static final long REDRAW_NANOS = Duration.ofMillis(200).toNanos();

  private final long logNanos;
  private final Supplier<TerminalLine> terminal;
  private final Map<TrainingRun, Display> displays = new ConcurrentHashMap<>();

  /** Creates a listener that uses the terminal if there is one. */
  public ProgressLog() {
    this(LOG_INTERVAL, TerminalLine::open);
  }

  /**
   * Creates a listener that logs lines, even on a terminal.
   *
   * @param interval the minimum time between two logged steps, at least 0
   */
  public ProgressLog(Duration interval) {
    this(interval, () -> null);
  }

  /**
   * Creates a listener.
   *
   * @param terminal opens the line for a run; returns null if progress is to be logged instead
   */
  ProgressLog(Duration interval, Supplier<TerminalLine> terminal) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException(
          "ProgressLog: expected an interval of at least 0, got " + interval + ".");
    }
    logNanos = Durations.nanos(interval);
    this.terminal = terminal;
  }

  @Override
  public void onStart(TrainingRun run) {
    LOG.info("{}", StartLine.of(run));
  }

  @Override
  public void onStep(TrainingRun run, StepReport report) {
    Display display = displays.get(run);
    if (display == null) {
      display = new Display(terminal.get(), logNanos, report.step());
      displays.put(run, display);
    }
    display.showIfDue(run);
  }

  @Override
  public void onEvaluation(TrainingRun run, Evaluation evaluation) {
    Display display = displays.get(run);
    if (display != null) {
      display.clear();
    }
    LOG.info("Evaluation after step {}{}: {}", evaluation.step(), on(run), evaluation);
    if (display != null) {
      display.evaluated(run, evaluation);
    }
  }

  /** Returns the number of held-out examples; empty if it is unknown, in a custom loop. */
  private static String on(TrainingRun run) {
    List<Integer> data = run.settings().heldOutData();
    return data.isEmpty() ? "" : " on " + Counts.of(data.get(0), "example");
  }

  /** Shows the last step. The failure itself is not logged, since the run throws it. */
  @Override
  public void onFailure(TrainingRun run, Throwable failure) {
    Display display = displays.remove(run);
    if (display != null) {
      display.showIfNew(run);
      display.close();
    }
  }

  @Override
  public void onEnd(TrainingRun run, TrainingReport report) {
    Display display = displays.remove(run);
    if (display != null) {
      display.showIfNew(run);
      display.close();
    }
    LOG.info("Training ended after step {} ({})", report.last().step(), report.stopReason());
  }

  /** The progress of one run, from its first step on. */
  private static final class Display {
    /** Null if steps are logged. */
    private final TerminalLine line;

    private final long interval;
    private final long firstStep;
    private final long start = System.nanoTime();
    private StepReport shown;
    private long shownAt;
    private Evaluation evaluation;

    Display(TerminalLine line, long logNanos, long firstStep) {
      this.line = line;
      interval = line == null ? logNanos : REDRAW_NANOS;
      this.firstStep = firstStep;
    }

    void showIfDue(TrainingRun run) {
      long now = System.nanoTime();
      if (shown == null || now - shownAt >= interval) {
        shownAt = now;
        show(run);
      }
    }

    void showIfNew(TrainingRun run) {
      if (run.last() != shown) {
        show(run);
      }
    }

    private void show(TrainingRun run) {
      shown = run.last();
      double left = secondsLeft(run);
      if (line != null) {
        line.show(ProgressLine.of(shown, left, evaluation, line.width()));
      } else if (Double.isFinite(left) && shown.step() < shown.steps()) {
        LOG.info("{}  {}", shown, ProgressLine.timeLeft(left));
      } else {
        LOG.info("{}", shown);
      }
    }

    void evaluated(TrainingRun run, Evaluation newEvaluation) {
      evaluation = newEvaluation;
      if (line != null) {
        show(run);
      }
    }

    /** Returns an estimate from the mean duration of a step, including evaluations. */
    private double secondsLeft(TrainingRun run) {
      long timed = shown.step() - firstStep;
      double stepsLeft = Math.max(0, shown.steps() - shown.step());
      double left =
          timed == 0
              ? Double.POSITIVE_INFINITY
              : (System.nanoTime() - start) / 1e9 / timed * stepsLeft;
      double limit = run.settings().maxSeconds();
      return limit > 0 ? Math.min(left, Math.max(0, limit - run.seconds())) : left;
    }

    void clear() {
      if (line != null) {
        line.clear();
      }
    }

    void close() {
      if (line != null) {
        line.close();
      }
    }
  }
}
