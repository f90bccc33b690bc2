package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.UsageWindow;
import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.model.VqVae;
import java.util.Arrays;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the codebook of a model in training, and warns in the log, with what to do about it, once
 * each time that
 *
 * <ul>
 *   <li>the codebook collapses: in a whole window of steps only a few of its codes were chosen;
 *   <li>the commitment term grows: to some times its least since the warm-up while reconstruction
 *       gets better, or to 25 times as many times its least in any window of the run, whatever
 *       reconstruction does. The encoder's vectors run away from their codes.
 * </ul>
 *
 * <pre>{@code
 * Trainer.of(model).listener(CodebookMonitor.of(model)).fit(images);
 * }</pre>
 *
 * <p>One monitor watches one run.
 */
public final class CodebookMonitor implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(CodebookMonitor.class);

  private static final String COMMITMENT = "commitment";

  /** From so many times the tolerated growth on, no warm-up and no error explains it. */
  private static final int RUNAWAY = 25;

  /** The least mean of the commitment term, and when it was. */
  private record Low(double commitment, double reconstruction, long step) {
    static final Low NONE = new Low(Double.POSITIVE_INFINITY, 0, 0);
  }

  private final int dimension;
  private final CodebookMonitorConfig config;
  private final UsageWindow usage;
  private final MeanWindow reconstruction;
  private final MeanWindow commitment;
  private boolean collapsed;
  private boolean growing;
  private Low low = Low.NONE;
  private Low lowSinceWarmUp = Low.NONE;

  private CodebookMonitor(int codebookSize, int dimension, CodebookMonitorConfig config) {
    this.dimension = dimension;
    this.config = config;
    usage = new UsageWindow(config.window(), codebookSize);
    reconstruction = new MeanWindow(config.window());
    commitment = new MeanWindow(config.window());
  }

  /**
   * A monitor with {@link CodebookMonitorConfig#DEFAULT}.
   *
   * @param model whose training it will listen to
   * @return the monitor
   */
  public static CodebookMonitor of(VqVae model) {
    return of(model, CodebookMonitorConfig.DEFAULT);
  }

  /**
   * A monitor.
   *
   * @param model whose training it will listen to
   * @param config what it warns of
   * @return the monitor
   */
  public static CodebookMonitor of(VqVae model, CodebookMonitorConfig config) {
    return new CodebookMonitor(
        model.quantizer().codebookSize(), model.quantizer().dimension(), config);
  }

  /**
   * The codebook's use in the last window of steps.
   *
   * @return use, and distance as far as the loss has a commitment term
   */
  public CodebookReport report() {
    return new CodebookReport(usage.usage(), Math.sqrt(dimension * commitment.mean()));
  }

  @Override
  public void onStep(StepReport report) {
    usage.add(report.batchUsage());
    reconstruction.add(report.term(ReconstructionLoss.NAME));
    boolean commits = report.terms().stream().anyMatch(term -> term.name().equals(COMMITMENT));
    if (commits) {
      commitment.add(report.term(COMMITMENT));
    }
    if (reconstruction.isFull()) {
      boolean warm = report.step() >= config.warmUp();
      if (warm) {
        checkUsage(report.step());
      }
      if (commits) {
        checkCommitment(report.step(), warm);
      }
    }
  }

  private void checkUsage(long step) {
    CodeUsage window = usage.usage();
    int k = window.codebookSize();
    boolean enough = Arrays.stream(window.counts()).sum() >= k;
    boolean few = enough && window.codesInUse() < config.usageBelow() * k;
    if (few && !collapsed) {
      LOG.warn(
          "Step {}: the codebook has collapsed: {} over the last {} steps, expected at least {} %"
              + " of the codes. Restart dead codes (deadCodeThreshold above 0), start it from k-means on"
              + " data (Initialization.K_MEANS), or let it learn by moving averages (VectorQuantizer.ema);"
              + " if it does all that, take fewer codes, vectors of fewer numbers or a smaller"
              + " learning rate.",
          step, window, config.window(), number(100 * config.usageBelow()));
    }
    collapsed = few;
  }

  private void checkCommitment(long step, boolean warm) {
    Low now = new Low(commitment.mean(), reconstruction.mean(), step);
    low = lower(low, now);
    if (warm) {
      lowSinceWarmUp = lower(lowSinceWarmUp, now);
    }
    boolean away = now.commitment > RUNAWAY * config.growth() * low.commitment;
    boolean more =
        now.commitment > config.growth() * lowSinceWarmUp.commitment
            && now.reconstruction < lowSinceWarmUp.reconstruction;
    if ((away || more) && !growing) {
      Low since = away ? low : lowSinceWarmUp;
      LOG.warn(
          "Step {}: the commitment term grows{}: its mean over {} steps is {}, at step {} it was"
              + " {}. The encoder's vectors run away from their codes. Raise beta"
              + " (commitmentWeight), lower the learning rate, or let the codebook follow faster:"
              + " a smaller decay of its moving averages, or a larger alpha (codebookWeight) if it"
              + " learns by its gradient.",
          step,
          away ? "" : " while reconstruction gets better",
          config.window(),
          number(now.commitment),
          since.step,
          number(since.commitment));
    }
    growing = away || more;
  }

  private static Low lower(Low a, Low b) {
    return b.commitment < a.commitment ? b : a;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
