package io.github.vqvae4j.train;

import com.google.gson.JsonObject;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down a run in a folder of its own, {@code runs/<time>-<name>/}:
 *
 * <pre>
 * config.json    the settings of model and training
 * metrics.csv    a row every few steps, and one for each evaluation
 * metrics.json   the last figures, all evaluations, how the run ended
 * images/        the same images and their reconstructions, after steps 1, 2, 4, ..
 * events.out...  if asked for: the same figures and images, and how the weights are distributed,
 *                for {@code tensorboard --logdir runs}
 * summary.txt    what is where, and the most important figures
 * </pre>
 *
 * <p>If something cannot be written while the model trains, that is logged once as an error ({@link
 * #failure}), nothing more is written, and training goes on: a full disk does not cost the model. A
 * run that an exception stops leaves its configuration, its rows and its images; one that is
 * stopped before its first step ends changes nothing in the folder.
 */
public final class RunFolder implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String METRICS_TABLE = "metrics.csv";
  private static final String METRICS = "metrics.json";
  private static final String SUMMARY = "summary.txt";
  private static final String PICTURES = "images";

  private final Path path;
  private final ImageModel model;
  private SampleImages samples;
  private boolean tensorBoard;
  private long every = 10;
  private long imagesEvery = 1_000;
  private TrainingSettings settings;
  private MetricsTable table;
  private JsonObject metrics;
  private TensorBoard board;
  private int pictures;
  private IOException failure;

  private RunFolder(Path path, ImageModel model) {
    this.path = path;
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
    return new RunFolder(newPath(runs, name), model);
  }

  /**
   * Takes a folder as that of a run. What an earlier run wrote into it is replaced, and its
   * pictures are deleted, when the first step is done; other files in it stay.
   *
   * @param folder made if it is missing
   * @param model that will be trained
   * @return a listener for the trainer
   * @throws IOException if the folder cannot be made
   */
  public static RunFolder in(Path folder, ImageModel model) throws IOException {
    RunPaths.makeAll(folder);
    return new RunFolder(folder, model);
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
   * The folder.
   *
   * @return its path
   */
  public Path path() {
    return path;
  }

  /**
   * Why not everything was written.
   *
   * @return empty if it was
   */
  public Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** Writes; if that fails, says so once, and from then on does nothing. */
  private void attempt(Writing writing) {
    if (failure != null) {
      return;
    }
    try {
      writing.run();
    } catch (IOException e) {
      failure = e;
      LOG.error(
          "Cannot write to {} any more ({}). Training goes on, and nothing more is written there;"
              + " save the model elsewhere when it ends.",
          path,
          e.toString());
    }
  }

  private void write(String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(path.resolve(name), out -> out.write(bytes));
  }

  @Override
  public void onStart(TrainingSettings training) {
    settings = training;
    table = null;
    metrics = null;
    board = null;
    pictures = 0;
  }

  /** After the first step, so that a run which fails before leaves all as it was. */
  private void begin() throws IOException {
    removeEarlierRun();
    write("config.json", RunJson.text(RunJson.config(model, settings)));
    if (tensorBoard) {
      board = new TensorBoard(path);
    }
  }

  private void removeEarlierRun() throws IOException {
    for (String name : List.of(METRICS_TABLE, METRICS, SUMMARY)) {
      Files.deleteIfExists(path.resolve(name));
    }
    Files.createDirectories(path.resolve(PICTURES));
    try (DirectoryStream<Path> old =
        Files.newDirectoryStream(path.resolve(PICTURES), "step-*.png")) {
      for (Path picture : old) {
        Files.delete(picture);
      }
    }
  }

  @Override
  public void onStep(StepReport report) {
    long step = report.step();
    if (step == 1) {
      attempt(this::begin);
    }
    if (step % every == 0 || step == 1 || step == report.steps()) {
      attempt(() -> add(step, Metric.of(report)));
    }
    if (SampleImages.due(step, imagesEvery)) {
      if (samples != null) {
        samples.reconstructed(model, step).ifPresent(image -> attempt(() -> add(step, image)));
      }
      if (tensorBoard) {
        attempt(() -> board.add(step, model));
      }
    }
  }

  @Override
  public void onEvaluation(Evaluation evaluation) {
    attempt(() -> add(evaluation.step(), Metric.of(evaluation)));
  }

  private void add(long step, List<Metric> figures) throws IOException {
    if (table == null) {
      table = MetricsTable.create(path.resolve(METRICS_TABLE), figures);
    }
    table.add(step, figures);
    if (tensorBoard) {
      board.add(step, figures);
    }
  }

  private void add(long step, Images picture) throws IOException {
    String name = String.format(Locale.ROOT, PICTURES + "/step-%06d.png", step);
    Images.write(picture, path.resolve(name));
    pictures++;
    if (tensorBoard) {
      board.add(step, picture);
    }
  }

  @Override
  public void onEnd(TrainingReport report) {
    metrics = RunJson.metrics(report);
    attempt(this::writeMetrics);
    attempt(
        () -> {
          String summary = summary(report);
          write(SUMMARY, summary + "\n");
          LOG.info("{}", summary);
        });
  }

  private void writeMetrics() throws IOException {
    write(METRICS, RunJson.text(metrics));
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
    if (metrics == null) {
      throw new IllegalStateException(
          "RunFolder: expected a run that has ended, got figures before; add them after fit(..).");
    }
    RecordJson.figures(figures).entrySet().forEach(f -> metrics.add(f.getKey(), f.getValue()));
    writeMetrics();
  }

  private String summary(TrainingReport report) {
    String images =
        pictures == 0
            ? ""
            : String.format(
                "  images/        %d pictures: images, and under each row its reconstructions%n",
                pictures);
    return String.format(
        Locale.ROOT,
        "%s%n"
            + "  config.json    the settings of model and training%n"
            + "  metrics.csv    %d rows of figures: one every %d steps, one for each evaluation%n"
            + "  metrics.json   the last figures, all evaluations, how the run ended%n"
            + "%s%s",
        path.toAbsolutePath().normalize(),
        table.rows(),
        every,
        images,
        report);
  }
}
