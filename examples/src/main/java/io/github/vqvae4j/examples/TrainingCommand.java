package io.github.vqvae4j.examples;

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

  @Override
  public final Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ImageSets images = images();
    try (M model = model(images);
        OutputFolder folder = OutputFolder.make(options.output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      out.printf("%s%nResults will be in %s%n", images, folder.path());
      folder.requireSpaceFor(model);
      new TrainingRun(spec.name(), options, images, model, folder, interruption, out).run();
      finish(images, folder, model, out);
      return Main.DONE;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }
}
