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
 * A command that trains a model: its data, its model, its defaults. {@link TrainingRun} trains.
 *
 * @param <M> the model
 */
abstract class TrainingCommand<M extends ImageModel> implements Callable<Integer> {
  /** What the user chose. */
  @Mixin protected TrainingOptions options;

  /** The command, for messages. */
  @Spec protected CommandSpec spec;

  /** What the options are where the user says nothing. */
  abstract TrainingDefaults defaults();

  /** The images to train and test with. */
  abstract ImageSets images() throws IOException;

  /** A new model for such images, as the options say. */
  abstract M model(ImageSets images);

  /** What there is to do once the results are written. */
  void finish(ImageSets images, OutputFolder folder, M trained, PrintWriter out)
      throws IOException {}

  /**
   * Makes batches smaller if there are too few images for the default.
   *
   * @return whether it did
   */
  private boolean fitBatch(int images) {
    if (options.batch <= images) {
      return false;
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--batch")) {
      throw new IllegalArgumentException(
          String.format(
              "--batch: got a batch of %d for a data set of %s, expected 1 to %d; give a smaller"
                  + " batch or more images",
              options.batch, Counts.of(images, "image"), images));
    }
    options.batch = images;
    return true;
  }

  @Override
  public final Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ImageSets images = images();
    boolean smaller = fitBatch(images.train().size());
    try (M model = model(images);
        OutputFolder folder = OutputFolder.make(options.output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      out.println(images);
      if (smaller) {
        out.printf("batches of %s, all that are trained on%n", Counts.of(options.batch, "image"));
      }
      out.printf("Results will be in %s%n", FileNames.path(folder.path()));
      folder.requireSpaceFor(model);
      new TrainingRun(spec.name(), options, images, model, folder, interruption, out).run();
      finish(images, folder, model, out);
      return Main.DONE;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }
}
