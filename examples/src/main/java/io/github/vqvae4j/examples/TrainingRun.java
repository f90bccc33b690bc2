package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Vae;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.CodebookMonitor;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;

/** Trains a model, evaluates it, and writes model, figures and pictures. */
final class TrainingRun {
  static final String MODEL = "model.safetensors";
  static final String METRICS = "metrics.json";
  static final String RECONSTRUCTIONS = "reconstructions.png";
  static final String LOSS = "loss.png";

  /** Held-out images that are looked at while training; at the end it is all. */
  private static final int GLANCE = 500;

  /** How often they are looked at. */
  private static final int GLANCES = 12;

  private final String command;
  private final TrainingOptions options;
  private final ImageSets images;
  private final ImageModel model;
  private final OutputFolder folder;
  private final Interruption interruption;
  private final PrintWriter out;

  TrainingRun(
      String command,
      TrainingOptions options,
      ImageSets images,
      ImageModel model,
      OutputFolder folder,
      Interruption interruption,
      PrintWriter out) {
    this.command = command;
    this.options = options;
    this.images = images;
    this.model = model;
    this.folder = folder;
    this.interruption = interruption;
    this.out = out;
  }

  void run() throws IOException {
    History history = new History();
    RunFolder record = RunFolder.in(folder.path(), model).images(images.test());
    if (options.tensorBoard) {
      record.tensorBoard();
    }
    TrainingReport report = train(history, record);
    write(MODEL, model::save);
    Evaluation test = Evaluation.of(model, images.test(), report.variance());
    RunMetrics metrics = RunMetrics.of(command, images, model, test);
    write(METRICS, file -> record.add(metrics));
    out.printf("%n%s%n", metrics.table(report, options.batch));
    write(RECONSTRUCTIONS, file -> ReconstructionSheet.write(model, images.test(), file));
    write(LOSS, file -> LossChart.write(command, model instanceof Vae, history, report, file));

    out.println(folder.place());
    out.printf("  %-20s held-out images; under each row its reconstructions%n", RECONSTRUCTIONS);
    out.printf("  %-20s the terms of the loss and more over the steps%n", LOSS);
    out.printf("  %-20s the trained model%n", MODEL);
    out.printf("  %-20s these figures and more; those of each step in metrics.csv%n", METRICS);
    out.printf("  %-20s all settings%n", "config.json");
    out.printf("  %-20s reconstructions after steps 1, 2, 4, ..%n", "images/");
    if (options.tensorBoard) {
      out.printf("For the curves: tensorboard --logdir %s%n", FileNames.path(folder.path()));
    }
  }

  private TrainingReport train(History history, RunFolder record) {
    Dataset test = images.test();
    Dataset glance = test.range(0, Math.min(GLANCE, test.size()));
    try (Progress progress = Progress.on(out, options.steps)) {
      Trainer trainer =
          Trainer.of(model)
              .optimizer(Adam.rate(options.rate))
              .batch(options.batch)
              .steps(options.steps)
              .seed(options.seed)
              .evaluate(glance, Math.max(1, options.steps / GLANCES))
              .listener(history)
              .listener(record)
              .listener(progress);
      if (model instanceof VqVae vqVae) {
        trainer.listener(CodebookMonitor.of(vqVae));
      }
      return interruption.train(record, model, () -> trainer.fit(images.train()));
    }
  }

  private void write(String name, OutputFolder.Writing writing) throws IOException {
    interruption.check();
    folder.write(name, writing);
  }
}
