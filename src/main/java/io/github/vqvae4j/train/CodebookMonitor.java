package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.UsageWindow;
import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.util.Arrays;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training listener that logs a warning, with possible remedies, when the codebook shows one of
 * two problems:
 *
 * <ul>
 *   <li>Codebook collapse: only a small fraction of the codes was used in a whole window of steps.
 *   <li>Growing commitment loss: encoder outputs diverge from the codebook. The windowed mean of
 *       the commitment term exceeds {@link CodebookMonitorConfig#growth growth} times its minimum
 *       since the warm-up while the reconstruction term improves, or {@code 25 * growth} times its
 *       minimum over the whole run.
 * </ul>
 *
 * <p>A problem is reported again only after it has disappeared.
 *
 * <pre>{@code
 * Trainer.of(model).listener(CodebookMonitor.of(model)).fit(images);
 * }</pre>
 *
 * <p>Create a new monitor for each run.
 */
public final class CodebookMonitor implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(CodebookMonitor.class);

  private static final String COMMITMENT = "commitment";

  /** The multiple of the tolerated growth that always triggers a warning, even during warm-up. */
  private static final int RUNAWAY = 25;

  /** The windowed means of both terms at a step. */
  private record Means(double commitment, double reconstruction, long step) {
    static final Means NONE = new Means(Double.POSITIVE_INFINITY, 0, 0);
  }

  private final int dimension;
  private final CodebookMonitorConfig config;
  private final UsageWindow usage;
  private final RollingMean reconstruction;
  private final RollingMean commitment;
  private boolean collapsed;
  private boolean growing;
  private Means min = Means.NONE;
  private Means minSinceWarmUp = Means.NONE;

  private CodebookMonitor(int codebookSize, int dimension, CodebookMonitorConfig config) {
    this.dimension = dimension;
    this.config = config;
    usage = new UsageWindow(config.window(), codebookSize);
    reconstruction = new RollingMean(config.window());
    commitment = new RollingMean(config.window());
  }

  /**
   * Creates a monitor with {@link CodebookMonitorConfig#DEFAULT}.
   *
   * @param model the model to be trained
   * @return the monitor
   */
  public static CodebookMonitor of(VqVae model) {
    return of(model, CodebookMonitorConfig.DEFAULT);
  }

  /**
   * Creates a monitor.
   *
   * @param model the model to be trained
   * @param config the thresholds
   * @return the monitor
   */
  public static CodebookMonitor of(VqVae model, CodebookMonitorConfig config) {
    return new CodebookMonitor(
        model.quantizer().codebookSize(), model.quantizer().dimension(), config);
  }

  /**
   * Returns code usage and quantization error over the last window of steps.
   *
   * @return the report; its quantization error is NaN if the loss has no commitment term
   */
  public CodebookReport report() {
    return new CodebookReport(usage.usage(), Math.sqrt(dimension * commitment.mean()));
  }

  @Override
  public void onStep(StepReport report) {
    usage.add(report.batchUsage());
    reconstruction.add(report.term(ReconstructionLoss.NAME));
    boolean hasCommitment =
        report.terms().stream().anyMatch(term -> term.name().equals(COMMITMENT));
    if (hasCommitment) {
      commitment.add(report.term(COMMITMENT));
    }
    if (reconstruction.isFull()) {
      boolean warmedUp = report.step() >= config.warmUp();
      if (warmedUp) {
        checkUsage(report.step());
      }
      if (hasCommitment) {
        checkCommitment(report.step(), warmedUp);
      }
    }
  }

  private void checkUsage(long step) {
    CodeUsage window = usage.usage();
    int k = window.codebookSize();
    boolean enoughCodes = Arrays.stream(window.counts()).sum() >= k;
    boolean lowUsage = enoughCodes && window.codesInUse() < config.minUsage() * k;
    if (lowUsage && !collapsed) {
      LOG.warn(
          "Step {}: codebook collapse: {} over the last {} steps, expected at least {}% of the"
              + " codes. Restart dead codes (deadCodeThreshold above 0), initialize the codebook"
              + " with k-means (Initialization.K_MEANS), or use EMA updates (VectorQuantizer.ema)."
              + " If that does not help, reduce the number of codes, the code dimension or the"
              + " learning rate.",
          step, window, config.window(), format(100 * config.minUsage()));
    }
    collapsed = lowUsage;
  }

  private void checkCommitment(long step, boolean warmedUp) {
    Means current = new Means(commitment.mean(), reconstruction.mean(), step);
    min = min(min, current);
    if (warmedUp) {
      minSinceWarmUp = min(minSinceWarmUp, current);
    }
    boolean runaway = current.commitment > RUNAWAY * config.growth() * min.commitment;
    boolean growsDespiteReconstruction =
        current.commitment > config.growth() * minSinceWarmUp.commitment
            && current.reconstruction < minSinceWarmUp.reconstruction;
    boolean grows = runaway || growsDespiteReconstruction;
    if (grows && !growing) {
      Means reference = runaway ? min : minSinceWarmUp;
      LOG.warn(
          "Step {}: commitment loss is growing{}: mean {} over the last {} steps, up from {} at"
              + " step {}. Encoder outputs diverge from the codebook. Increase beta"
              + " (commitmentWeight), lower the learning rate, or make the codebook adapt faster:"
              + " a smaller EMA decay, or a larger alpha (codebookWeight) if it is trained by"
              + " gradient descent.",
          step,
          runaway ? "" : " while reconstruction improves",
          format(current.commitment),
          config.window(),
          format(reference.commitment),
          reference.step);
    }
    growing = grows;
  }

  private static Means min(Means a, Means b) {
    return b.commitment < a.commitment ? b : a;
  }

  private static String format(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
