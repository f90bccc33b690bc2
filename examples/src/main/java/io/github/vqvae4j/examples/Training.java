package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.CodebookMonitor;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;

/** Trains and evaluates a model, and writes the model, metrics, images and charts. */
final class Training {
  static final String MODEL = "model.safetensors";
  static final String METRICS = "metrics.json";
  static final String RECONSTRUCTIONS = "reconstructions.png";
  static final String LOSS = "loss.png";

  /** Number of held-out images evaluated during training. The final evaluation uses all of them. */
  private static final int EVALUATION_IMAGES = 500;

  /** Number of evaluations during training. */
  private static final int EVALUATIONS = 12;

  private final RunOptions saved;
  private final TrainingOptions options;
  private final ResumeOption resume;
  private final ImageSets images;
  private final ImageModel model;
  private final OutputFolder folder;
  private final Interruption interruption;
  private final PrintWriter out;

  Training(
      RunOptions saved,
      TrainingOptions options,
      ResumeOption resume,
      ImageSets images,
      ImageModel model,
      OutputFolder folder,
      Interruption interruption,
      PrintWriter out) {
    this.saved = saved;
    this.options = options;
    this.resume = resume;
    this.images = images;
    this.model = model;
    this.folder = folder;
    this.interruption = interruption;
    this.out = out;
  }

  void run() throws IOException {
    History history = new History();
    RunFolder record = resume.files(folder).images(model.reconstructions(images.test()));
    if (options.tensorBoard) {
      record.tensorBoard();
    }
    TrainingReport report = train(history, record);
    write(MODEL, model::save);
    Evaluation test = Evaluation.of(model, images.test());
    RunMetrics metrics = RunMetrics.of(saved.command(), images, model, test);
    write(METRICS, file -> record.add(metrics));
    out.printf("%n%s%n", metrics.table(report, options.batch));
    write(RECONSTRUCTIONS, file -> ReconstructionGrid.write(model, images.test(), file));
    write(
        LOSS,
        file -> LossChart.write(saved.command(), model instanceof Vae, history, report, file));

    out.println(folder.displayPath());
    out.printf("  %-20s held-out images and their reconstructions%n", RECONSTRUCTIONS);
    out.printf("  %-20s training curves%n", LOSS);
    out.printf("  %-20s the trained model%n", MODEL);
    out.printf(
        "  %-20s these and other metrics; metrics.csv contains those during training%n", METRICS);
    out.printf("  %-20s all settings%n", "config.json");
    out.printf("  %-20s reconstructions after steps 1, 2, 4, ..%n", "images/");
    if (options.tensorBoard) {
      out.printf(
          "Show the curves in TensorBoard: tensorboard --logdir %s%n",
          FileNames.path(folder.path()));
    }
  }

  private TrainingReport train(History history, RunFolder record) throws IOException {
    Dataset test = images.test();
    Dataset subset = test.range(0, Math.min(EVALUATION_IMAGES, test.size()));
    Trainer<ImageBatch> trainer = resume.folder().isPresent() ? resume.trainer(model) : trainer();
    trainer
        .evaluate(subset, Math.max(1, options.steps / EVALUATIONS))
        .listener(history)
        .listener(new AfterFirstStep(folder, RunOptions.FILE, saved::write))
        .listener(new CodebookMonitor());
    return interruption.train(trainer, images.train(), record, model);
  }

  private Trainer<ImageBatch> trainer() {
    return Trainer.of(model)
        .optimizer(Adam.rate(options.rate))
        .batch(options.batch)
        .steps(options.steps)
        .seed(options.seed);
  }

  private void write(String name, OutputFolder.Writing writing) throws IOException {
    interruption.check();
    folder.write(name, writing);
  }
}
