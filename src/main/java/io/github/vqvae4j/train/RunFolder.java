package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down a run in a folder of its own, {@code runs/<time>-<name>/}:
 *
 * <pre>
 * model.safetensors  the model: at each evaluation, every five minutes, and when the run ends;
 *                    before-divergence.safetensors, if a divergence ended it
 * config.json        the settings of model and training
 * metrics.csv        a row every few steps, and one for each evaluation
 * metrics.json       the last figures, all evaluations, how the run ended, unless it failed
 * images/            the same images and their reconstructions, after steps 1, 2, 4, ..
 * events.out...      if asked for: the same figures and images, and how the weights are
 *                    distributed, for {@code tensorboard --logdir runs}
 * summary.txt        what is where, and the most important figures
 * </pre>
 *
 * <p>However the run ends, its model is not lost. It is written once more after Ctrl-C, SIGTERM, an
 * interrupt of the thread, a divergence and an exception of a listener, as after the last step that
 * was done, and a line in the log and the exception say where. The steps before a divergence may
 * have ruined the weights, so that model does not replace one that is there already. A process that
 * is killed leaves what was written last. The file is replaced as a whole, and only by a model
 * whose weights are finite and whose evaluation was; it holds the model's own weights, also where
 * averages are evaluated.
 *
 * <p>What cannot be written never ends a run. After an error of the file system ({@link #failure}),
 * which is logged, only the model is still written, whenever it can be: on a full disk the file
 * from before stays. What cannot be made at all, such as pictures of series, is logged once and
 * left out.
 *
 * <p>A folder holds one run. One that holds a run already is refused; a second {@code fit} with one
 * {@code RunFolder} gets a folder beside the first, {@code <folder>-2}. A run that ends before its
 * first step is done leaves nothing.
 */
public final class RunFolder implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  static final String PICTURES = "images";

  private final ImageModel model;
  private final Path firstPath;
  private Path path;
  private SampleImages samples;
  private boolean tensorBoard;
  private long every = 10;
  private long imagesEvery = 1_000;
  private Duration modelEvery = Duration.ofMinutes(5);
  private RunRecord record;

  /** Whether the record is of a run that has begun and has not ended. */
  private boolean running;

  private boolean own;
  private boolean used;
  private Exception unusable;

  private RunFolder(Path path, boolean own, ImageModel model) {
    this.path = path;
    firstPath = path;
    this.own = own;
    this.model = model;
  }

  /**
   * Makes a new folder for a run, named by the time and a word.
   *
   * @param runs where the folders of runs are; made if it is missing
   * @param name letters, digits, dots, dashes and underscores
   * @param model that will be trained
   * @return a listener for the trainer
   * @throws IllegalArgumentException if the name has other characters
   * @throws IOException if the folder cannot be made
   */
  public static RunFolder create(Path runs, String name, ImageModel model) throws IOException {
    return new RunFolder(newPath(runs, name), true, model);
  }

  /**
   * Takes a folder as that of a run. Other files in it stay.
   *
   * @param folder made if it is missing
   * @param model that will be trained
   * @return a listener for the trainer
   * @throws IOException if the folder cannot be made, or holds a run
   */
  public static RunFolder in(Path folder, ImageModel model) throws IOException {
    boolean there = Files.exists(folder);
    RunPaths.makeAll(folder);
    RunPaths.requireNoRun(folder);
    return new RunFolder(folder, !there, model);
  }

  /**
   * Makes a new folder, named by the time and a word, for programs that put more into it than a
   * training run.
   *
   * @param runs where the folders of runs are; made if it is missing
   * @param name letters, digits, dots, dashes and underscores
   * @return {@code runs/<time>-<name>}, empty
   * @throws IllegalArgumentException if the name has other characters
   * @throws IOException if the folder cannot be made
   */
  public static Path newPath(Path runs, String name) throws IOException {
    return RunPaths.create(runs, name);
  }

  /**
   * Has images written, with their reconstructions: after steps 1, 2, 4, .. and then every 1,000.
   *
   * @param heldOut of which the first 40 are taken
   * @return this listener
   */
  public RunFolder images(Dataset heldOut) {
    return images(heldOut, imagesEvery);
  }

  /**
   * Has images written, with their reconstructions: after steps 1, 2, 4, .. and then at intervals.
   *
   * @param heldOut of which the first 40 are taken
   * @param everySteps the interval, at least 1
   * @return this listener
   */
  public RunFolder images(Dataset heldOut, long everySteps) {
    checkInterval(everySteps);
    samples = new SampleImages(heldOut);
    imagesEvery = everySteps;
    return this;
  }

  /**
   * Sets how often a row of figures is written; by default after every tenth step.
   *
   * @param steps at least 1
   * @return this listener
   */
  public RunFolder every(long steps) {
    checkInterval(steps);
    every = steps;
    return this;
  }

  /**
   * Sets how often the model is written, besides at evaluations; by default every five minutes.
   *
   * @param interval 0 for after every step
   * @return this listener
   */
  public RunFolder modelEvery(Duration interval) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException(
          "RunFolder: expected a time of 0 or more between two models, got " + interval + ".");
    }
    modelEvery = interval;
    return this;
  }

  /**
   * Has an event file for TensorBoard written, too: figures and images as often as elsewhere, the
   * distributions of all weights as often as images.
   *
   * @return this listener
   */
  public RunFolder tensorBoard() {
    tensorBoard = true;
    return this;
  }

  private static void checkInterval(long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "RunFolder: expected an interval of at least 1 step, got " + steps + ".");
    }
  }

  /**
   * The folder, of the last run if there were several.
   *
   * @return its path
   */
  public Path path() {
    return path;
  }

  /**
   * The file of the last run's model, as it was written last.
   *
   * @return empty if it was not written yet
   */
  public Optional<Path> modelFile() {
    return record == null ? Optional.empty() : record.modelFile();
  }

  /**
   * Why not everything of the last run was written.
   *
   * @return the first failure; empty if there was none
   */
  public Optional<Exception> failure() {
    return record == null ? Optional.ofNullable(unusable) : record.failure();
  }

  @Override
  public void checkModel(ImageModel trained) {
    if (trained != model) {
      throw new IllegalArgumentException(
          "RunFolder: expected the model that the folder was made for, got another one, whose"
              + " weights it would not write. Make a RunFolder for each model.");
    }
  }

  @Override
  public void onStart(TrainingSettings settings) {
    record = null;
    unusable = null;
    try {
      if (used) {
        path = RunPaths.createBeside(firstPath);
        own = true;
        used = false;
        LOG.info("This run is written to {}.", path);
      }
      RunPaths.take(path);
    } catch (IOException e) {
      unusable = e;
      LOG.error(
          "Cannot write this run to {} ({}). Training goes on; save the model elsewhere when it"
              + " ends.",
          path,
          e.toString());
      return;
    }
    record =
        new RunRecord(
            path,
            model,
            new RunRecord.Plan(own, samples, imagesEvery, every, modelEvery, tensorBoard),
            settings);
    running = true;
  }

  private void tell(Consumer<RunRecord> what) {
    if (running) {
      what.accept(record);
    }
  }

  @Override
  public void onStep(StepReport report) {
    used = true;
    tell(r -> r.onStep(report));
  }

  @Override
  public void onEvaluation(Evaluation evaluation) {
    tell(r -> r.onEvaluation(evaluation));
  }

  @Override
  public void onStepEnd(long step) {
    tell(r -> r.onStepEnd(step));
  }

  @Override
  public void onFailure(Throwable failure, long step) {
    used |= step > 0;
    tell(r -> r.onFailure(failure, step));
    running = false;
  }

  @Override
  public void onEnd(TrainingReport report) {
    tell(r -> r.onEnd(report));
    running = false;
  }

  /**
   * Adds figures of one's own to {@code metrics.json}, such as those over all held-out data; they
   * replace figures of the same names.
   *
   * @param figures a record as {@link RecordJson#figures} takes it; what is not finite becomes null
   * @throws IllegalStateException if the run has not ended
   * @throws IOException if the file cannot be written
   */
  public void add(Record figures) throws IOException {
    if (record == null) {
      throw new IllegalStateException(
          "RunFolder: expected a run that has ended, got figures before; add them after fit(..).");
    }
    record.add(figures);
  }
}
