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
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
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
 * summary.txt    what is where, and the most important figures
 * </pre>
 *
 * <p>If something cannot be written while the model trains, that is logged once as an error ({@link
 * #failure}), nothing more is written, and training goes on: a full disk does not cost the model. A
 * run that an exception stops leaves its configuration, its rows and its images.
 */
public final class RunFolder implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final String METRICS_TABLE = "metrics.csv";
  private static final String METRICS = "metrics.json";
  private static final String SUMMARY = "summary.txt";
  private static final String PICTURES = "images";

  private final Path path;
  private final ImageModel model;
  private final SideWriting writing;
  private SampleImages samples;
  private long every = 10;
  private long imagesEvery = 1_000;
  private MetricsTable table;
  private JsonObject metrics;
  private int pictures;

  private RunFolder(Path path, ImageModel model) {
    this.path = path;
    this.model = model;
    this.writing = new SideWriting(path);
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
   * pictures are deleted, when the run begins; other files in it stay.
   *
   * @param folder made if it is missing
   * @param model that will be trained
   * @return a listener for the trainer
   * @throws IOException if the folder cannot be made
   */
  public static RunFolder in(Path folder, ImageModel model) throws IOException {
    makeAll(folder);
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
    if (!name.matches("[\\p{Alnum}._-]+")) {
      throw new IllegalArgumentException(
          "RunFolder: expected a name of letters, digits, dots, dashes and underscores, got \""
              + name
              + "\".");
    }
    makeAll(runs);
    return firstNew(runs, TIME.format(LocalDateTime.now()) + "-" + name);
  }

  private static void makeAll(Path folder) throws IOException {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  private static IOException unusable(Path folder, IOException e) {
    return new IOException(
        "RunFolder: the folder "
            + folder
            + " cannot be made or written to ("
            + e
            + "); choose another folder, or give yourself the right to write there",
        e);
  }

  /** Tries further names until one is new: two runs may begin in the same second. */
  private static Path firstNew(Path runs, String name) throws IOException {
    for (int i = 1; ; i++) {
      try {
        return Files.createDirectory(runs.resolve(i == 1 ? name : name + "-" + i));
      } catch (FileAlreadyExistsException e) {
        // Another run has it.
      } catch (IOException e) {
        throw unusable(runs, e);
      }
    }
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
    return writing.failure();
  }

  private void write(String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(path.resolve(name), out -> out.write(bytes));
  }

  @Override
  public void onStart(TrainingSettings training) {
    writing.attempt(
        () -> {
          removeEarlierRun();
          write("config.json", RunJson.text(RunJson.config(model, training)));
        });
    table = null;
    metrics = null;
    pictures = 0;
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
    if (report.step() % every == 0 || report.step() == 1 || report.step() == report.steps()) {
      row(report.step(), Metric.of(report));
    }
    if (samples != null && SampleImages.due(report.step(), imagesEvery)) {
      samples.reconstructed(model, report.step()).ifPresent(image -> picture(report.step(), image));
    }
  }

  private void picture(long step, Images image) {
    String name = String.format(Locale.ROOT, PICTURES + "/step-%06d.png", step);
    writing.attempt(
        () -> {
          Images.write(image, path.resolve(name));
          pictures++;
        });
  }

  private void row(long step, List<Metric> metrics) {
    writing.attempt(
        () -> {
          if (table == null) {
            table = MetricsTable.create(path.resolve(METRICS_TABLE), metrics);
          }
          table.add(step, metrics);
        });
  }

  @Override
  public void onEvaluation(Evaluation evaluation) {
    row(evaluation.step(), Metric.of(evaluation));
  }

  @Override
  public void onEnd(TrainingReport report) {
    metrics = RunJson.metrics(report);
    writing.attempt(this::writeMetrics);
    writing.attempt(
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
   * @param figures a record as {@link RecordJson} takes it
   * @throws IllegalStateException if the run has not ended
   * @throws IOException if the file cannot be written
   */
  public void add(Record figures) throws IOException {
    if (metrics == null) {
      throw new IllegalStateException(
          "RunFolder: expected a run that has ended, got figures before; add them after fit(..).");
    }
    RecordJson.toJson(figures).entrySet().forEach(f -> metrics.add(f.getKey(), f.getValue()));
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
