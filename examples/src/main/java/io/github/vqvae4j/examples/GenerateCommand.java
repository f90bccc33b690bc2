package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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
            + " there are labels.")
final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GenerateImages data;
  @Mixin private GenerateOptions options;
  @Mixin private SamplingOptions sampling;
  @Mixin private ResumeOption resume;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (options.levels > 2) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--levels': expected 1 or 2, got " + options.levels);
    }
    if (options.hidden % 2 != 0) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--hidden': expected an even number, got " + options.hidden);
    }
    sampling.check(options.classDropout);
    GenerateSets sets = data.read(options.seed);
    sampling.checkClasses(sets.classes());
    if (sets.train().height() % ImageCodes.DIVISOR != 0) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--size': expected a multiple of "
              + ImageCodes.DIVISOR
              + ", got "
              + sets.train().height());
    }
    try (OutputFolder folder = OutputFolder.of(resume, options.output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      requireNoRun(folder);
      out.printf("%s%nResults will be written to %s%n", sets, FileNames.path(folder.path()));
      RunOptions saved = RunOptions.of(spec.commandLine().getParseResult());
      boolean resumed = resume.folder().isPresent();
      GenerateRun run =
          new GenerateRun(options, sampling, sets, saved, resumed, folder, interruption, out);
      run.all();
      saved.finish(folder);
      return Main.SUCCESS;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }

  private void requireNoRun(OutputFolder folder) throws IOException {
    Path parts = folder.file(GenerateRun.PARTS);
    if (resume.folder().isEmpty() && Files.exists(parts)) {
      throw new IOException(
          FileNames.path(folder.path())
              + ": expected a folder without results, got one which already contains a run of "
              + spec.name()
              + "; continue it with "
              + ResumeOption.NAME
              + ", or choose another folder with --output");
    }
  }
}
