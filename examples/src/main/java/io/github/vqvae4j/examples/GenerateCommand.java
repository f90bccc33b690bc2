package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * From images to new images: trains a VQ-VAE, encodes the images, trains a prior over the codes of
 * each level, and samples and decodes new codes. Each part has its own files, and {@code --resume}
 * skips the parts that are complete.
 */
@Command(
    name = "generate",
    description =
        "Trains a VQ-VAE and a prior over its codes, and generates new images, of each class if"
            + " there are labels.",
    footerHeading = "%nExample (four minutes on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"generate\"")
final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GenerateImages data;
  @Mixin private GenerateOptions options;
  @Mixin private SamplingOptions sampling;
  @Mixin private ResumeOption resume;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    require(options.levels <= 2, "--levels", "1 or 2", options.levels);
    require(options.codes >= 2, "--codes", "2 or more", options.codes);
    require(options.hidden % 2 == 0, "--hidden", "an even number", options.hidden);
    sampling.check(options.classDropout);
    GenerateSets sets = data.read(options.seed);
    sampling.checkClasses(sets.classes());
    if (options.copies != null) {
      int most = Integer.MAX_VALUE / sets.train().size() - 1;
      boolean valid = options.copies >= 0 && options.copies <= most;
      require(valid, "--copies", "a number from 0 to " + most, options.copies);
    }
    try (OutputFolder folder = OutputFolder.of(resume, options.output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      folder.lock(out);
      GenerateData images = GenerateData.of(sets);
      boolean resumed = resume.folder().isPresent();
      if (resumed) {
        images.requireSame(folder);
      } else {
        requireEmpty(folder);
      }
      out.printf("%s%nResults will be written to %s%n", sets, FileNames.path(folder.path()));
      RunOptions saved = RunOptions.of(spec.commandLine().getParseResult());
      if (resumed) {
        folder.write(RunOptions.FILE, saved::write); // with --score, if it was added
      }
      GenerateRun run =
          new GenerateRun(
              options, sampling, sets, images, saved, resumed, folder, interruption, out);
      run.all();
      saved.finish(folder);
      return Main.SUCCESS;
    } catch (Interruption.StoppedException | CancellationException e) {
      return Main.STOPPED;
    }
  }

  private void require(boolean valid, String option, String expected, int value) {
    if (!valid) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              "Invalid value for option '%s': expected %s, got %d", option, expected, value));
    }
  }

  /** Throws unless the folder is empty: the files of a run would be mixed with others. */
  private static void requireEmpty(OutputFolder folder) throws IOException {
    Optional<String> other;
    try (Stream<Path> files = Files.list(folder.path())) {
      other = files.map(FileNames::name).filter(name -> !name.startsWith(".")).sorted().findFirst();
    }
    if (other.isPresent()) {
      throw new IOException(
          String.format(
              "%s: expected a new or empty folder, got one that contains %s; %schoose another folder"
                  + " with --output",
              FileNames.path(folder.path()),
              other.get(),
              Files.exists(folder.file(RunOptions.FILE))
                  ? "continue its run with " + ResumeOption.NAME + ", or "
                  : ""));
    }
  }
}
