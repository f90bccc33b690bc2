package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A run of {@link GenerateCommand}. When a part is complete, its measures are written to a file in
 * {@link #PARTS}, with which a resumed run skips it. A part that has begun continues its training
 * run; everything else in it is computed again, with the same result.
 */
record GenerateRun(
    GenerateOptions options,
    SamplingOptions sampling,
    GenerateSets sets,
    GenerateData images,
    RunOptions saved,
    boolean resumed,
    OutputFolder folder,
    Interruption interruption,
    PrintWriter out) {
  static final String PARTS = "parts";

  /** The file in {@link #PARTS} with the durations. */
  private static final String TIMES = "times.json";

  /** Computes a part and returns its measures. */
  private interface Part<R> {
    R run() throws IOException;
  }

  void all() throws IOException {
    GenerateMetrics.Model model =
        part("model", GenerateMetrics.Model.class, () -> new ModelPart(this).run());
    List<GenerateMetrics.Prior> priors = new ArrayList<>();
    GenerateMetrics.CodeMaps codes;
    try (ImageCodes coder = ImageCodes.load(folder.file(Training.MODEL), options.levels)) {
      codes = part("codes", GenerateMetrics.CodeMaps.class, () -> new CodesPart(this).run(coder));
      for (int i = 0; i < options.levels; i++) {
        int level = i;
        priors.add(
            part(
                name("prior", level),
                GenerateMetrics.Prior.class,
                () -> new PriorPart(this).run(coder, level)));
      }
    }
    GenerateMetrics.Samples samples =
        part("samples", GenerateMetrics.Samples.class, () -> new SamplesPart(this).run());
    List<GenerateMetrics.Score> scores =
        sampling.score
            ? part("score", GenerateMetrics.Scores.class, () -> new ScorePart(this).run()).scores()
            : List.of();
    GenerateMetrics metrics =
        new GenerateMetrics(
            sets.name(),
            options.levels,
            model,
            codes,
            priors,
            samples,
            scores,
            times().parts(),
            Machine.here());
    write(Training.METRICS, file -> RecordFile.write(file, metrics));
    out.printf("%n%s%n", metrics.table());
    printFiles();
  }

  private <R extends Record> R part(String name, Class<R> type, Part<R> part) throws IOException {
    Path file = folder.file(PARTS).resolve(name + ".json");
    if (Files.exists(file)) {
      out.printf("%s: complete%n", name);
      return RecordFile.read(file, type, "the command generate");
    }
    long start = System.nanoTime();
    R measures = part.run();
    double seconds = (System.nanoTime() - start) * 1e-9;
    write(
        PARTS,
        parts -> {
          Files.createDirectories(parts);
          RecordFile.write(parts.resolve(TIMES), times(name, seconds));
          RecordFile.write(file, measures);
        });
    out.printf(Locale.ROOT, "%s: %.0f s%n", name, seconds);
    return measures;
  }

  private GenerateMetrics.PartTimes times() throws IOException {
    Path file = folder.file(PARTS).resolve(TIMES);
    return Files.exists(file)
        ? RecordFile.read(file, GenerateMetrics.PartTimes.class, "the command generate")
        : new GenerateMetrics.PartTimes(List.of());
  }

  /** Returns the times with that of a part, which replaces an earlier one. */
  private GenerateMetrics.PartTimes times(String name, double seconds) throws IOException {
    List<GenerateMetrics.PartTime> all = new ArrayList<>(times().parts());
    all.removeIf(time -> time.part().equals(name));
    all.add(new GenerateMetrics.PartTime(name, seconds));
    return new GenerateMetrics.PartTimes(all);
  }

  /** Returns the name of a file of a level: without an addition if there is only one. */
  String name(String base, int level) {
    return options.levels == 1 ? base : base + (level == 0 ? "-top" : "-bottom");
  }

  void write(String name, OutputFolder.Writing writing) throws IOException {
    interruption.check();
    folder.write(name, writing);
  }

  /** Reads the codes of a level. */
  Codes readCodes(String set, int level) throws IOException {
    return Codes.read(folder.file(name(set, level) + CodesPart.EXTENSION));
  }

  /** Returns the batch size for a number of examples. */
  int batch(int examples) {
    return Math.min(options.batch, examples);
  }

  /**
   * Trains a model in a subfolder, or continues its run.
   *
   * @param trainer a trainer for a new run
   * @param more settings that a checkpoint does not contain
   */
  <B> TrainingReport train(
      String name, Block model, Trainer<B> trainer, UnaryOperator<Trainer<B>> more, Source<B> data)
      throws IOException {
    Optional<Path> begun = resumed ? BegunRun.of(folder, name) : Optional.empty();
    RunFolder record =
        begun.isPresent() ? RunFolder.resume(begun.get()) : RunFolder.create(folder.path(), name);
    Trainer<B> started = begun.isPresent() ? Trainer.resume(begun.get(), trainer.model()) : trainer;
    Trainer<B> saving =
        more.apply(started)
            .listener(new AfterFirstStep(folder, GenerateData.FILE, images::write))
            .listener(new AfterFirstStep(folder, RunOptions.FILE, saved::write));
    return interruption.train(saving, data, record, model);
  }

  private void printFiles() {
    out.println(folder.displayPath());
    print(
        SamplesPart.SAMPLES, "new images" + (sets.classes() > 0 ? ", one row for each class" : ""));
    print(SamplesPart.COMPLETIONS, "test images, what is kept of them, completions");
    print(SamplesPart.NEAREST, "new images, each beside similar training images");
    if (options.levels == 2) {
      print(SamplesPart.LEVELS, "test images; decoded from the top only; with the top,");
      print("", "the bottom of the next image; from both levels");
    }
    for (int level = 0; level < options.levels; level++) {
      print(name("prior", level) + PriorPart.CHART, "training curves of " + priorName(level));
    }
    print(Training.LOSS, "training curves of the VQ-VAE");
    print(Training.RECONSTRUCTIONS, "test images and their reconstructions");
    print(Training.MODEL, "the VQ-VAE");
    for (int level = 0; level < options.levels; level++) {
      print(name("prior", level) + PriorPart.EXTENSION, priorName(level));
    }
    print("*" + CodesPart.EXTENSION, "the codes of all images and samples");
    print(Training.METRICS, "these and other measures");
    print("<time>-*/", "the training runs: all settings and the metrics of each step");
  }

  private String priorName(int level) {
    String of = level == 0 ? "top" : "bottom";
    return options.levels == 1 ? "the prior" : "the prior of the " + of + " level";
  }

  private void print(String name, String description) {
    out.printf("  %-26s %s%n", name, description);
  }
}
