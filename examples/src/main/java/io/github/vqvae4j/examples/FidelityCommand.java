package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.vqvae.Recipe;
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
 * Trains a published recipe with several seeds, and compares the training curves with those
 * recorded by its authors ({@link FidelityRun}), or its errors on test images with those of the
 * library's defaults ({@link DefaultsRun}).
 */
@Command(
    name = "fidelity",
    description =
        "Trains a published recipe and compares its training curves with the recorded ones.",
    footerHeading = "%nExample (four to seven minutes on two cores, and the download of 170 MB):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"fidelity --download cifar-10 --seeds 1\"")
final class FidelityCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--recipe",
      paramLabel = "NAME",
      converter = RecipeName.class,
      completionCandidates = RecipeName.All.class,
      defaultValue = "sonnet-cifar10",
      description = "Recipe to train, one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Recipe recipe;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of CIFAR-10's binary version or, for keras-mnist, of the four MNIST files."
              + " Required without --download.")
  private Path data;

  @Mixin private DownloadOption download;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,3",
      description = "Random seeds, comma-separated; one run for each. Default: 1,2,3.")
  private List<Long> seeds;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      description = "Number of training steps. Default: as in the recipe.")
  private Integer steps;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Output folder; seeds whose curve it already contains, with at least as many steps, are"
              + " not trained again. Default: a new folder runs/<time>-fidelity.")
  private Path output;

  @Option(
      names = "--defaults",
      description =
          "Compare the recipe with the library's defaults, on the same network and images, by the"
              + " error on the first 2,000 test images.")
  private boolean defaults;

  @Mixin private ResumeOption resume;

  @Override
  public Integer call() throws IOException {
    RecordedCurve recorded = RecordedCurve.of(recipe);
    int count = resume.steps().orElse(steps == null ? (int) recipe.steps() : steps);
    if (defaults && resume.folder().isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "--defaults cannot be resumed: it trains several models. Start it again without "
              + ResumeOption.NAME);
    }
    checkSteps(
        count,
        defaults ? DefaultsRun.MIN_STEPS : recorded.window(),
        defaults
            ? "the first step from which the codes of batches are counted"
            : "the number of steps averaged for each point of the recorded curve");
    PrintWriter out = spec.commandLine().getOut();
    ImageSets sets = images(recorded);
    Dataset images = sets.train();
    try (OutputFolder folder = OutputFolder.of(resume, output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      out.printf(
          "%s: %s; recorded with %d%nResults will be written to %s%n",
          recipe, images, recorded.images(), FileNames.path(folder.path()));
      if (defaults) {
        new DefaultsRun(recipe, sets, count, folder, interruption, out).run(seeds);
      } else {
        RunOptions saved = RunOptions.of(spec.commandLine().getParseResult());
        new FidelityRun(recipe, recorded, images, count, saved, resume, folder, interruption, out)
            .run(seeds);
      }
      return Main.SUCCESS;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }

  private void checkSteps(int count, int least, String reason) {
    if (count < least) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--steps': expected at least "
              + least
              + ", "
              + reason
              + ", got "
              + count);
    }
  }

  /** Returns the training images of the recorded run, and the test images. */
  private ImageSets images(RecordedCurve recorded) throws IOException {
    KnownDataset dataset =
        recipe == Recipe.KERAS_MNIST ? KnownDataset.MNIST : KnownDataset.CIFAR_10;
    ImageSets all =
        download
            .read(data, dataset)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "No images given. Specify their folder with --data, or download them with"
                            + " --download "
                            + dataset));
    Dataset train = all.train().range(0, Math.min(recorded.images(), all.train().size()));
    return new ImageSets(all.name(), train, all.test());
  }
}
