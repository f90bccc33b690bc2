package io.github.vqvae4j.train;

import com.google.gson.JsonObject;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link RunFolder} writes of one run. */
final class RunRecord implements TrainingListener {
  static final String CONFIG = "config.json";

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String METRICS_TABLE = "metrics.csv";
  private static final String METRICS = "metrics.json";
  private static final String SUMMARY = "summary.txt";

  /**
   * What is written how often.
   *
   * @param ownFolder whether the folder was made for the run
   * @param samples null for no images
   */
  record Plan(
      boolean ownFolder,
      SampleImages samples,
      long imagesEvery,
      long rowsEvery,
      Duration modelEvery,
      boolean tensorBoard) {}

  /** What may be impossible without the rest. */
  private enum Part {
    MODEL,
    SETTINGS,
    FIGURES,
    IMAGES,
    TENSORBOARD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** Says where the model is, in the stack trace of a failure. */
  private static final class ModelNote extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ModelNote(String message) {
      super(message, null, false, false);
    }
  }

  private final Path path;
  private final ImageModel model;
  private final Plan plan;
  private final BestModel keeper;
  private final Set<Part> impossible = EnumSet.noneOf(Part.class);
  private Exception failure;
  private boolean diskFailed;
  private MetricsTable table;
  private TensorBoard board;
  private int pictures;
  private boolean evaluated;
  private long saved = System.nanoTime();
  private JsonObject metrics;
  private StepReport last;
  private long lastRow;

  /** A run that begins in a folder that was taken for it. */
  RunRecord(Path path, ImageModel model, Plan plan, TrainingSettings settings) {
    this.path = path;
    this.model = model;
    this.plan = plan;
    keeper = new BestModel(model, path);
    attempt(Part.SETTINGS, () -> write(CONFIG, RunJson.text(RunJson.config(model, settings))));
  }

  Optional<Path> modelFile() {
    return keeper.file();
  }

  Optional<Exception> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Writes a part, if it can be. After an error of the file system only the model is tried again;
   * what cannot be made is not.
   */
  private void attempt(Part part, Writing writing) {
    if (impossible.contains(part) || diskFailed && part != Part.MODEL) {
      return;
    }
    try {
      writing.run();
    } catch (IOException e) {
      if (!diskFailed) {
        LOG.error(
            "Cannot write to {} any more ({}). Training goes on, and only the model is still"
                + " written there, whenever that is possible. {} Free some space, or save the model"
                + " elsewhere when training ends.",
            FileNames.path(path),
            e.toString(),
            keeper.content());
      }
      diskFailed = true;
      failure = failure == null ? e : failure;
    } catch (RuntimeException e) {
      LOG.warn(
          "Cannot write {} to {} ({}). Training goes on without.",
          part,
          FileNames.path(path),
          e.toString());
      impossible.add(part);
      failure = failure == null ? e : failure;
    }
  }

  private void write(String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(path.resolve(name), out -> out.write(bytes));
  }

  @Override
  public void onStep(StepReport report) {
    long step = report.step();
    if (plan.tensorBoard && board == null) {
      attempt(Part.TENSORBOARD, () -> board = new TensorBoard(path));
    }
    last = report;
    if (step % plan.rowsEvery == 0 || step == 1 || step == report.steps()) {
      addLastRow();
    }
    if (SampleImages.due(step, plan.imagesEvery)) {
      if (plan.samples != null) {
        attempt(Part.IMAGES, () -> addPicture(step));
      }
      if (plan.tensorBoard) {
        attempt(Part.TENSORBOARD, () -> board.add(step, model));
      }
    }
  }

  @Override
  public void onEvaluation(Evaluation evaluation) {
    evaluated = true;
    add(evaluation.step(), Metric.of(evaluation));
  }

  /** The row of the last step, if it is not there yet. */
  private void addLastRow() {
    if (last != null && last.step() > lastRow) {
      lastRow = last.step();
      add(last.step(), Metric.of(last));
    }
  }

  private void add(long step, List<Metric> figures) {
    attempt(
        Part.FIGURES,
        () -> {
          if (table == null) {
            table = MetricsTable.create(path.resolve(METRICS_TABLE), figures);
          }
          table.add(step, figures);
        });
    if (plan.tensorBoard) {
      attempt(Part.TENSORBOARD, () -> board.add(step, figures));
    }
  }

  private void addPicture(long step) throws IOException {
    Optional<Images> picture = plan.samples.reconstructed(model, step);
    if (picture.isPresent()) {
      String name = String.format(Locale.ROOT, RunFolder.PICTURES + "/step-%06d.png", step);
      Images.write(picture.get(), path.resolve(name));
      pictures++;
      if (plan.tensorBoard) {
        attempt(Part.TENSORBOARD, () -> board.add(step, picture.get()));
      }
    }
  }

  @Override
  public void onStepEnd(long step) {
    if (evaluated || System.nanoTime() - saved >= plan.modelEvery.toNanos()) {
      writeModel(step);
      evaluated = false;
    }
  }

  private void writeModel(long step) {
    attempt(Part.MODEL, () -> keeper.write(step));
    saved = System.nanoTime();
  }

  @Override
  public void onFailure(Throwable reason, long step) {
    if (step == 0) {
      attempt(Part.SETTINGS, this::leaveNothing);
      return;
    }
    addLastRow();
    String where = keepModel(reason, step);
    LOG.error("The run failed after step {} ({}). {}", step, reason.toString(), where);
    if (reason instanceof DivergenceException divergence) {
      divergence.add(where);
    } else {
      reason.addSuppressed(new ModelNote(where));
    }
  }

  private void leaveNothing() throws IOException {
    Files.deleteIfExists(path.resolve(CONFIG));
    if (plan.ownFolder()) {
      try {
        Files.delete(path);
      } catch (DirectoryNotEmptyException e) {
        LOG.debug("{} holds other files and stays.", FileNames.path(path));
      }
    }
  }

  /** Writes the model, if it is worth it; says where it is. */
  private String keepModel(Throwable reason, long step) {
    if (reason instanceof DivergenceException divergence && divergence.step() == step) {
      // Its evaluation diverged: an earlier model is better.
      return keeper.content();
    }
    if (!keeper.sound()) {
      return "Weights of the model are not finite any more. " + keeper.content();
    }
    if (reason instanceof DivergenceException) {
      attempt(Part.MODEL, () -> keeper.writeBeforeDivergence(step));
    } else {
      writeModel(step);
    }
    return keeper.content();
  }

  @Override
  public void onEnd(TrainingReport report) {
    addLastRow();
    writeModel(report.modelStep());
    metrics = RunJson.metrics(report);
    attempt(Part.FIGURES, this::writeMetrics);
    String summary = summary(report);
    attempt(Part.SETTINGS, () -> write(SUMMARY, summary + "\n"));
    if (diskFailed) {
      LOG.warn(
          "Not all of the run is in {} ({}). {}",
          FileNames.path(path),
          failure.toString(),
          keeper.content());
    } else {
      LOG.info("{}", summary);
    }
  }

  private void writeMetrics() throws IOException {
    write(METRICS, RunJson.text(metrics));
  }

  /** Adds figures to those of a run that has ended. */
  void add(Record figures) throws IOException {
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
                Locale.ROOT,
                "  images/            %s: images, and under each row its reconstructions%n",
                Counts.of(pictures, "picture"));
    return String.format(
        Locale.ROOT,
        "%s%n"
            + "  model.safetensors  %s%n"
            + "  config.json        the settings of model and training%n"
            + "  metrics.csv        %s of figures: one every %s, one for each"
            + " evaluation%n"
            + "  metrics.json       the last figures, all evaluations, how the run ended%n"
            + "%s%s",
        FileNames.path(path.toAbsolutePath().normalize()),
        keeper.content(),
        Counts.of(table == null ? 0 : table.rows(), "row"),
        plan.rowsEvery == 1 ? "step" : plan.rowsEvery + " steps",
        images,
        report);
  }
}
