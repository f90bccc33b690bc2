package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.UsageWindow;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.slf4j.Logger;

/**
 * A training listener that logs a warning, with possible remedies, when a codebook of the model
 * shows one of two problems:
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
 * Trainer.of(model).listener(new CodebookMonitor()).fit(images);
 * }</pre>
 *
 * <p>It works for any model that reports the {@linkplain BatchLoss#usage usage} of its codebooks.
 */
public final class CodebookMonitor implements TrainingListener {
  private static final Logger LOG = Log.of(CodebookMonitor.class);

  /** The multiple of the tolerated growth that always triggers a warning, even during warm-up. */
  private static final int RUNAWAY = 25;

  private static final long ANY = -1;

  /** The windowed means of both terms at a step. */
  private record Means(double commitment, double reconstruction, long step) {
    static final Means NONE = new Means(Double.POSITIVE_INFINITY, 0, 0);

    /** The number of values in an array. */
    static final int LENGTH = 3;

    static Means of(double[] values, int at) {
      return new Means(values[at], values[at + 1], (long) values[at + 2]);
    }

    void copyTo(double[] values, int at) {
      values[at] = commitment;
      values[at + 1] = reconstruction;
      values[at + 2] = step;
    }
  }

  private final CodebookMonitorConfig config;
  private final Map<String, State> codebooks = new LinkedHashMap<>();

  /** Creates a monitor with {@link CodebookMonitorConfig#DEFAULT}. */
  public CodebookMonitor() {
    this(CodebookMonitorConfig.DEFAULT);
  }

  /**
   * Creates a monitor.
   *
   * @param config the thresholds
   */
  public CodebookMonitor(CodebookMonitorConfig config) {
    this.config = config;
  }

  /**
   * Returns code usage and quantization error of the first codebook over the last window of steps.
   *
   * @return the report; its quantization error is NaN if the loss has no commitment term
   * @throws IllegalStateException before the first step of a model with a codebook
   */
  public CodebookReport report() {
    return report(codebooks.keySet().stream().findFirst().orElse(CodebookUsage.CODEBOOK));
  }

  /**
   * Returns code usage and quantization error of one of several codebooks.
   *
   * @param name the name of the codebook
   * @return the report, as for {@link #report()}
   * @throws IllegalStateException if no step has reported the usage of such a codebook
   */
  public CodebookReport report(String name) {
    State state = codebooks.get(name);
    if (state == null) {
      throw new IllegalStateException(
          "CodebookMonitor.report: expected one of the codebooks "
              + codebooks.keySet()
              + " of the steps so far, got \""
              + name
              + "\".");
    }
    return state.report(codebooks.size() == 1 ? "" : name);
  }

  /** Forgets the previous run. */
  @Override
  public void onStart(TrainingRun run) {
    codebooks.clear();
  }

  @Override
  public void onStep(TrainingRun run, StepReport report) {
    List<CodebookUsage> batch = report.batchUsage();
    for (CodebookUsage usage : batch) {
      codebooks.computeIfAbsent(
          usage.name(), name -> new State(name, usage.usage().codebookSize(), config));
    }
    codebooks.forEach(
        (name, state) -> state.add(report, CodebookUsage.find(batch, name, state.usage.usage())));
  }

  @Override
  public Map<String, NamedArray> state() {
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    codebooks.forEach((name, state) -> state.save(name + "/", arrays));
    return arrays;
  }

  /** Restores the state of a monitor with the same window; with another one, it starts afresh. */
  @Override
  public void restore(Map<String, NamedArray> state) {
    codebooks.clear();
    for (String array : state.keySet()) {
      if (array.endsWith(State.USAGE)) {
        String name = array.substring(0, array.length() - State.USAGE.length() - 1);
        NamedArray usage = array(state, array, NamedArray.Type.I64, ANY, ANY);
        State codebook = new State(name, (int) usage.shape()[1], config);
        if (codebook.restore(name + "/", state)) {
          codebooks.put(name, codebook);
        }
      }
    }
  }

  /** Returns an array of a shape, in which {@link #ANY} is any length above 0. */
  private static NamedArray array(
      Map<String, NamedArray> state, String name, NamedArray.Type type, long... shape) {
    NamedArray array = state.get(name);
    boolean suits = array != null && array.type() == type && array.shape().length == shape.length;
    for (int i = 0; suits && i < shape.length; i++) {
      long length = array.shape()[i];
      suits = shape[i] == ANY ? length > 0 : length == shape[i];
    }
    if (!suits) {
      throw new IllegalArgumentException(
          "CodebookMonitor.restore: expected "
              + type
              + Arrays.toString(shape).replace(String.valueOf(ANY), "..")
              + " as "
              + MessageText.excerpt(name)
              + ", got "
              + (array == null ? "no such array" : array)
              + ". Restore the state of a CodebookMonitor.");
    }
    return array;
  }

  /** The state of one codebook. */
  private static final class State {
    private static final String USAGE = "usage";
    private static final String RECONSTRUCTION = "reconstruction";
    private static final String COMMITMENT = "commitment";
    private static final String WARNINGS = "warnings";
    private static final String MINIMA = "minima";

    private final String name;
    private final CodebookMonitorConfig config;
    private final UsageWindow usage;
    private final RollingMean reconstruction;
    private final RollingMean commitment;
    private boolean collapsed;
    private boolean growing;
    private Means min = Means.NONE;
    private Means minSinceWarmUp = Means.NONE;

    State(String name, int codebookSize, CodebookMonitorConfig config) {
      this.name = name;
      this.config = config;
      usage = new UsageWindow(config.window(), codebookSize);
      reconstruction = new RollingMean(config.window());
      commitment = new RollingMean(config.window());
    }

    void save(String prefix, Map<String, NamedArray> arrays) {
      arrays.put(prefix + USAGE, UsageArrays.of(usage.batches(), usage.usage().codebookSize()));
      double[] means = reconstruction.state();
      arrays.put(prefix + RECONSTRUCTION, NamedArray.of(means, means.length));
      double[] commitments = commitment.state();
      arrays.put(prefix + COMMITMENT, NamedArray.of(commitments, commitments.length));
      int[] warnings = {collapsed ? 1 : 0, growing ? 1 : 0};
      arrays.put(prefix + WARNINGS, NamedArray.of(warnings, warnings.length));
      double[] minima = new double[2 * Means.LENGTH];
      min.copyTo(minima, 0);
      minSinceWarmUp.copyTo(minima, Means.LENGTH);
      arrays.put(prefix + MINIMA, NamedArray.of(minima, minima.length));
    }

    /** Restores what was saved; returns false if it is that of another window. */
    boolean restore(String prefix, Map<String, NamedArray> arrays) {
      NamedArray means = array(arrays, prefix + RECONSTRUCTION, NamedArray.Type.F64, ANY);
      NamedArray commitments =
          array(arrays, prefix + COMMITMENT, NamedArray.Type.F64, means.length());
      int[] warnings = array(arrays, prefix + WARNINGS, NamedArray.Type.I32, 2).ints();
      double[] minima =
          array(arrays, prefix + MINIMA, NamedArray.Type.F64, 2 * Means.LENGTH).doubles();
      if (means.length() != config.window() + 1) {
        return false;
      }
      reconstruction.restore(means.doubles());
      commitment.restore(commitments.doubles());
      UsageArrays.batches(arrays.get(prefix + USAGE)).forEach(usage::add);
      collapsed = warnings[0] == 1;
      growing = warnings[1] == 1;
      min = Means.of(minima, 0);
      minSinceWarmUp = Means.of(minima, Means.LENGTH);
      return true;
    }

    /**
     * Returns the report.
     *
     * @param shown the name in the report
     */
    CodebookReport report(String shown) {
      return new CodebookReport(shown, usage.usage(), Math.sqrt(commitment.mean()));
    }

    /** Adds a step; the batch is empty if the codebook was not used in it. */
    void add(StepReport report, CodeUsage batch) {
      usage.add(batch);
      List<TermReport> terms = terms(report);
      reconstruction.add(terms.get(0).value());
      OptionalDouble term = CodebookReport.commitment(terms, name);
      term.ifPresent(commitment::add);
      if (reconstruction.isFull()) {
        boolean warmedUp = report.step() >= config.warmUp();
        if (warmedUp) {
          checkUsage(report.step());
        }
        if (term.isPresent()) {
          checkCommitment(report.step(), warmedUp);
        }
      }
    }

    /** Returns the terms of the objective with a commitment term, or else of the first one. */
    private List<TermReport> terms(StepReport report) {
      return report.objectives().stream()
          .map(objective -> objective.loss().terms())
          .filter(terms -> CodebookReport.commitment(terms, name).isPresent())
          .findFirst()
          .orElse(report.terms());
    }

    /** Returns the name of the codebook for messages. */
    private String label() {
      return name.equals(CodebookUsage.CODEBOOK) ? name : "codebook " + MessageText.escaped(name);
    }

    private void checkUsage(long step) {
      CodeUsage window = usage.usage();
      int k = window.codebookSize();
      boolean enoughCodes = window.total() >= k;
      boolean lowUsage = enoughCodes && window.codesInUse() < config.minUsage() * k;
      if (lowUsage && !collapsed) {
        LOG.warn(
            "Step {}: {} collapse: {} over the last {} steps, expected at least {}% of the"
                + " codes. Restart dead codes (deadCodeThreshold above 0), initialize the codebook"
                + " with k-means (Initialization.K_MEANS), or use EMA updates (VectorQuantizer.ema)."
                + " If that does not help, reduce the number of codes, the code dimension or the"
                + " learning rate.",
            step, label(), window, config.window(), format(100 * config.minUsage()));
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
            "Step {}: commitment loss of the {} is growing{}: mean {} over the last {} steps, up"
                + " from {} at step {}. Encoder outputs diverge from the codebook. Increase beta"
                + " (commitmentWeight), lower the learning rate, or make the codebook adapt faster:"
                + " a smaller EMA decay, or a larger alpha (codebookWeight) if it is trained by"
                + " gradient descent.",
            step,
            label(),
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
}
