package io.github.vqvae4j.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Parameter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private final Path path;
  private final ImageModel model;
  private final SideWriting writing;
  private SampleImages samples;
  private long every = 10;
  private long imagesEvery = 1_000;
  private MetricsTable table;
  private int pictures;

  private RunFolder(Path path, ImageModel model) {
    this.path = path;
    this.model = model;
    this.writing = new SideWriting(path);
  }

  /**
   * Makes the folder.
   *
   * @param runs where the folders of runs are; made if it is missing
   * @param name letters, digits, dots, dashes and underscores
   * @param model that will be trained
   * @return a listener for the trainer
   * @throws IllegalArgumentException if the name has other characters
   * @throws IOException if the folder cannot be made or written to
   */
  public static RunFolder create(Path runs, String name, ImageModel model) throws IOException {
    if (!name.matches("[\\p{Alnum}._-]+")) {
      throw new IllegalArgumentException(
          "RunFolder: expected a name of letters, digits, dots, dashes and underscores, got \""
              + name
              + "\".");
    }
    try {
      if (!Files.isDirectory(runs)) {
        Files.createDirectories(runs);
      }
      Path path = makeNew(runs, TIME.format(LocalDateTime.now()) + "-" + name);
      Files.createDirectory(path.resolve("images"));
      return new RunFolder(path, model);
    } catch (IOException e) {
      throw new IOException(
          "RunFolder: the folder of a run cannot be made in "
              + runs
              + " ("
              + e
              + "); choose another folder, or give yourself the right to write there",
          e);
    }
  }

  /** Tries further names until one is new: two runs may begin in the same second. */
  private static Path makeNew(Path runs, String name) throws IOException {
    for (int i = 1; ; i++) {
      try {
        return Files.createDirectory(runs.resolve(i == 1 ? name : name + "-" + i));
      } catch (FileAlreadyExistsException e) {
        // Another run has it.
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
   * @return {@code runs/<time>-<name>}
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
    JsonObject config = new JsonObject();
    JsonObject parts = new JsonObject();
    model
        .settings()
        .forEach(
            (name, settings) ->
                parts.add(name, part(model.children().getOrDefault(name, model), settings)));
    parts.addProperty("parameters", model.parameters().stream().mapToLong(Parameter::size).sum());
    config.add("model", parts);
    config.add("training", RecordJson.toJson(training));
    writing.attempt(() -> write("config.json", JSON.toJson(config) + "\n"));
    table = null;
  }

  private static JsonObject part(Object layer, Optional<?> settings) {
    JsonObject part = new JsonObject();
    part.addProperty("type", layer.getClass().getSimpleName());
    if (settings.isPresent() && settings.get() instanceof Record values) {
      part.add("settings", RecordJson.toJson(values));
    }
    return part;
  }

  @Override
  public void onStep(StepReport report) {
    if (report.step() % every == 0 || report.step() == 1 || report.step() == report.steps()) {
      row(report.step(), Metric.of(report));
    }
    if (samples != null && SampleImages.due(report.step(), imagesEvery)) {
      writing.attempt(
          () -> {
            Images.write(samples.reconstructed(model), picture(report.step()));
            pictures++;
          });
    }
  }

  private Path picture(long step) {
    return path.resolve(String.format(Locale.ROOT, "images/step-%06d.png", step));
  }

  private void row(long step, List<Metric> metrics) {
    writing.attempt(
        () -> {
          if (table == null) {
            table = MetricsTable.create(path.resolve("metrics.csv"), metrics);
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
    JsonObject metrics = figures(report.last().step(), Metric.of(report.last()));
    metrics.addProperty("ending", report.ending().name());
    metrics.addProperty("seconds", report.seconds());
    metrics.addProperty("imagesPerSecondOverall", report.imagesPerSecond());
    metrics.addProperty("clippedSteps", report.clippedSteps());
    metrics.addProperty("skippedFiles", report.skippedFiles());
    metrics.addProperty("variance", report.variance());
    report.best().ifPresent(best -> metrics.addProperty("bestStep", best.step()));
    JsonArray evaluations = new JsonArray();
    report.evaluations().forEach(e -> evaluations.add(figures(e.step(), Metric.of(e))));
    metrics.add("evaluations", evaluations);
    writing.attempt(() -> write("metrics.json", JSON.toJson(metrics) + "\n"));
    writing.attempt(
        () -> {
          String summary = summary(report);
          write("summary.txt", summary + "\n");
          LOG.info("{}", summary);
        });
  }

  private static JsonObject figures(long step, List<Metric> metrics) {
    JsonObject figures = new JsonObject();
    figures.addProperty("step", step);
    metrics.forEach(metric -> figures.addProperty(metric.name(), metric.value()));
    return figures;
  }

  private String summary(TrainingReport report) {
    return String.format(
        Locale.ROOT,
        "%s%n"
            + "  config.json    the settings of model and training%n"
            + "  metrics.csv    %d rows of figures: one every %d steps, one for each evaluation%n"
            + "  metrics.json   the last figures, all evaluations, how the run ended%n"
            + "  images/        %d pictures: images, and under each row its reconstructions%n"
            + "%s",
        path.toAbsolutePath().normalize(),
        table.rows(),
        every,
        pictures,
        report);
  }
}
