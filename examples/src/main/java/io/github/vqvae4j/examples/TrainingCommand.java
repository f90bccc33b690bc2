package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Base class of commands that train a model. Subclasses provide data, model and defaults; {@link
 * Training} trains.
 *
 * @param <M> the type of the model
 */
abstract class TrainingCommand<M extends ImageModel> implements Callable<Integer> {
  /** The options of the command line. */
  @Mixin protected TrainingOptions options;

  @Mixin private ResumeOption resume;

  /** The command, for its name and error messages. */
  @Spec protected CommandSpec spec;

  /** Returns the default values of the options. */
  abstract TrainingDefaults defaults();

  /** Reads the training and test images. */
  abstract ImageSets images() throws IOException;

  /** Builds a model for these images, as configured by the options. */
  abstract M model(ImageSets images);

  /** Runs after training, when the common results are written. Does nothing by default. */
  void finish(ImageSets images, OutputFolder folder, M trained, PrintWriter out)
      throws IOException {}

  /**
   * Reduces the default batch size to the number of images, if there are fewer.
   *
   * @return whether the batch size was reduced
   */
  private boolean fitBatch(int images) {
    if (options.batch <= images) {
      return false;
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--batch")) {
      throw new IllegalArgumentException(
          String.format(
              "--batch: expected a batch size from 1 to %3$d for a dataset of %2$s, got %1$d; use"
                  + " a smaller batch or more images",
              options.batch, Counts.of(images, "image"), images));
    }
    options.batch = images;
    return true;
  }

  @Override
  public final Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ImageSets images = images();
    boolean reduced = fitBatch(images.train().size());
    try (M model = model(images);
        OutputFolder folder = OutputFolder.of(resume, options.output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      out.println(images);
      if (reduced) {
        out.printf(
            "batch size reduced to %s, the size of the training set%n",
            Counts.of(options.batch, "image"));
      }
      out.printf("Results will be written to %s%n", FileNames.path(folder.path()));
      folder.requireSpaceFor(model);
      RunOptions saved = RunOptions.of(spec.commandLine().getParseResult());
      new Training(saved, options, resume, images, model, folder, interruption, out).run();
      finish(images, folder, model, out);
      saved.finish(folder);
      return Main.SUCCESS;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }
}
