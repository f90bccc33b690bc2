package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.classifier.ClassificationAccuracy;
import io.github.vqvae4j.model.classifier.ImageClassifier;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.StopReason;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Trains a classifier of handwritten digits. With MNIST and the default options, it is the one in
 * the jar of the library.
 */
@Command(
    name = "classifier",
    description =
        "Trains a classifier of handwritten digits, with which generated images are measured. Its"
            + " accuracy is the classification accuracy of the training images.",
    footerHeading = "%nExample (a minute on two cores, and the download of 12 MB):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"classifier --download mnist\"")
final class ClassifierCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DigitsOption digits;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "classifier.safetensors",
      description = "Output file: the classifier. Default: ${DEFAULT-VALUE}.")
  private Path output;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      description = "Number of training steps. Default: that of all classifiers, 3,000.")
  private Integer steps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Random seed. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    OutputFile.requireWritable(output);
    ImageSets images = digits.read();
    out.println(images);
    Dataset train = images.train();
    try (ImageClassifier classifier =
        ImageClassifier.images(train.height(), train.width(), train.channels())
            .build(new Rng(seed))) {
      TrainingReport report = trainer(classifier).fit(train);
      if (report.stopReason() == StopReason.INTERRUPTED) {
        out.println("Stopped; no file was written.");
        return Main.STOPPED;
      }
      classifier.save(output);
      out.printf(
          Locale.ROOT,
          "%s%nAccuracy on %d test images: %.2f %%%nClassifier: %s%n",
          report,
          images.test().size(),
          100 * classifier.accuracy(images.test()),
          FileNames.path(output));
    }
    return Main.SUCCESS;
  }

  private Trainer<ImageBatch> trainer(ImageClassifier classifier) {
    Trainer<ImageBatch> trainer = ClassificationAccuracy.trainer(classifier).seed(seed);
    return steps == null ? trainer : trainer.steps(steps);
  }
}
