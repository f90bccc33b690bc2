package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.train.Recipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Trains by a published recipe, with several seeds, and puts the curves beside what its authors
 * recorded. {@link FidelityRun} trains.
 */
@Command(
    name = "fidelity",
    description =
        "Trains by a published recipe and compares the training curves with the recorded one.")
final class FidelityCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--recipe",
      paramLabel = "NAME",
      converter = RecipeName.class,
      completionCandidates = RecipeName.All.class,
      defaultValue = "sonnet-cifar10",
      description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Recipe recipe;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of CIFAR-10's binary version, or of the four files of MNIST for keras-mnist."
              + " Required, unless it is downloaded.")
  private Path data;

  @Mixin private DownloadOption download;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,3",
      description = "Seeds of weights, codebook and shuffling, a run each. Default: 1,2,3.")
  private List<Long> seeds;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      description = "Training steps. Default: as many as the recipe has.")
  private Integer steps;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Folder for the results; seeds whose curve is in it with as many steps are not trained"
              + " again. Default: a new folder runs/<time>-fidelity.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    RecordedCurve recorded = RecordedCurve.of(recipe);
    int count = steps == null ? (int) recipe.steps() : steps;
    if (count < recorded.window()) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--steps': expected at least "
              + recorded.window()
              + ", which each point of this recipe's curve is a mean over, got "
              + count);
    }
    PrintWriter out = spec.commandLine().getOut();
    Dataset images = images(recorded);
    try (OutputFolder folder = OutputFolder.make(output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      out.printf(
          "%s: %s; recorded with %d%nResults will be in %s%n",
          recipe, images, recorded.images(), FileNames.path(folder.path()));
      new FidelityRun(recipe, recorded, images, count, folder, interruption, out).run(seeds);
      return Main.DONE;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }

  private Dataset images(RecordedCurve recorded) throws IOException {
    KnownSet set = recipe == Recipe.KERAS_MNIST ? KnownSet.MNIST : KnownSet.CIFAR_10;
    Dataset train =
        download
            .read(data, set)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "No images: give their folder with --data, or let --download "
                            + set
                            + " get them"))
            .train();
    return train.range(0, Math.min(recorded.images(), train.size()));
  }
}
