package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.model.vqvae.Recipe;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.train.CodebookMonitor;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trains a recipe once for each seed, and writes tables and a chart. The curve of each seed is
 * saved in the output folder, and a seed whose curve exists is not trained again. Each run has a
 * subfolder.
 */
final class FidelityRun {
  private final Recipe recipe;
  private final RecordedCurve recorded;
  private final Dataset images;
  private final int steps;
  private final RunOptions saved;
  private final ResumeOption resume;
  private final OutputFolder folder;
  private final Interruption interruption;
  private final PrintWriter out;

  FidelityRun(
      Recipe recipe,
      RecordedCurve recorded,
      Dataset images,
      int steps,
      RunOptions saved,
      ResumeOption resume,
      OutputFolder folder,
      Interruption interruption,
      PrintWriter out) {
    this.recipe = recipe;
    this.recorded = recorded;
    this.images = images;
    this.steps = steps;
    this.saved = saved;
    this.resume = resume;
    this.folder = folder;
    this.interruption = interruption;
    this.out = out;
  }

  void run(List<Long> seeds) throws IOException {
    List<TrainingCurve> curves = new ArrayList<>();
    for (long seed : seeds) {
      curves.add(curve(seed));
    }
    String tables = CurveTable.of(recorded, curves);
    out.printf("%n%s%n", tables);
    String page = recipe + ".md";
    String chart = recipe + ".png";
    byte[] text = tables.getBytes(StandardCharsets.UTF_8);
    folder.write(page, file -> AtomicFile.write(file, bytes -> bytes.write(text)));
    folder.write(chart, file -> CurveChart.write(recipe, recorded, curves, file));
    saved.finish(folder);

    out.println(folder.displayPath());
    out.printf("  %-28s these tables%n", page);
    out.printf("  %-28s chart of the curves and the recorded points%n", chart);
    out.printf(
        "  %-28s the curve of each run: means over %d steps%n", name("*"), recorded.window());
    out.printf("  %-28s the model and metrics of each run%n", "<time>-" + recipe + "-seed-*/");
  }

  private String name(Object seed) {
    return recipe + "-seed-" + seed + ".json";
  }

  private TrainingCurve curve(long seed) throws IOException {
    String name = name(seed);
    if (Files.exists(folder.file(name))) {
      TrainingCurve saved = TrainingCurve.read(folder.file(name));
      if (saved.images() != images.size()) {
        throw new IllegalArgumentException(
            folder.file(name)
                + ": expected the curve of a run on "
                + images.size()
                + " images, got one on "
                + saved.images()
                + " images; choose another folder with --output");
      }
      if (saved.steps() >= steps) {
        out.printf("Seed %d: %d steps, from %s%n", seed, saved.steps(), name);
        return saved;
      }
    }
    TrainingCurve curve = train(seed);
    folder.write(name, curve::write);
    return curve;
  }

  private TrainingCurve train(long seed) throws IOException {
    out.printf("Seed %d: %d steps%n", seed, steps);
    try (VqVae model = recipe.model().seed(seed).build()) {
      folder.requireSpaceFor(model);
      String name = recipe + "-seed-" + seed;
      Optional<Path> begun =
          resume.folder().isPresent() ? BegunRun.of(folder, name) : Optional.empty();
      RunFolder record =
          begun.isPresent() ? RunFolder.resume(begun.get()) : RunFolder.create(folder.path(), name);
      WindowMeans means = new WindowMeans(recorded.window());
      Trainer<ImageBatch> trainer =
          begun.isPresent() ? Trainer.resume(begun.get(), model) : recipe.trainer(model).seed(seed);
      trainer
          .steps(steps)
          .listener(means)
          .listener(new AfterFirstStep(folder, RunOptions.FILE, saved::write))
          .listener(new CodebookMonitor());
      TrainingReport report = interruption.train(trainer, images, record, model);
      return new TrainingCurve(
          recipe.toString(),
          seed,
          images.size(),
          model.dataVariance(),
          steps,
          report.examplesPerSecond(),
          Machine.here(),
          means.points());
    }
  }
}
