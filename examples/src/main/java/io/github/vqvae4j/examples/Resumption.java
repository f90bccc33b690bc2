package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.train.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/**
 * Runs commands. With {@code --resume}, the options are those that were saved in the folder of the
 * run; others on the command line must be equal to them, except a few.
 */
final class Resumption implements IExecutionStrategy {
  private static final String STEPS = "--steps";

  /** Where the data is does not belong to the run, and a score may be added to it. */
  private static final Set<String> CHANGEABLE = Set.of("--data", "--mirror", "--cache", "--score");

  private final Supplier<CommandLine> newCommandLine;

  /**
   * Creates a strategy.
   *
   * @param newCommandLine creates a command line to which the saved options are passed
   */
  Resumption(Supplier<CommandLine> newCommandLine) {
    this.newCommandLine = newCommandLine;
  }

  @Override
  public int execute(ParseResult parsed) {
    ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    boolean resume = command.hasMatchedOption(ResumeOption.NAME) && !isInformation(command);
    try {
      return new RunLast().execute(resume ? withSavedOptions(command) : parsed);
    } catch (IOException e) {
      throw new ExecutionException(command.commandSpec().commandLine(), e.getMessage(), e);
    }
  }

  private static boolean isInformation(ParseResult command) {
    return command.isUsageHelpRequested() || command.isVersionHelpRequested();
  }

  private ParseResult withSavedOptions(ParseResult command) throws IOException {
    Path folder = folder(command);
    RunOptions saved = RunOptions.read(folder);
    String name = command.commandSpec().name();
    if (!saved.command().equals(name)) {
      throw failure(
          command,
          String.format(
              "%s: expected a run of %s, got %s of %s; use the command %4$s %1$s %3$s",
              ResumeOption.NAME, name, FileNames.path(folder), saved.command()));
    }
    Map<String, List<String>> options = new LinkedHashMap<>(saved.byName());
    RunOptions.given(command)
        .forEach(
            (option, arguments) -> {
              if (CHANGEABLE.contains(option)) {
                options.put(option, arguments);
              } else if (!option.equals(STEPS) && !arguments.equals(options.get(option))) {
                throw contradiction(command, folder, option, options.get(option), arguments);
              }
            });
    if (command.hasMatchedOption("--output")) {
      throw failure(
          command, "--output: a resumed run is continued in its own folder; omit this option");
    }
    ParseResult result = parse(folder, name, options);
    setSteps(command, folder, result);
    return result;
  }

  private static Path folder(ParseResult command) throws IOException {
    Path folder = command.matchedOption(ResumeOption.NAME).getValue();
    if (!folder.toString().isEmpty()) {
      return folder;
    }
    String name = command.commandSpec().name();
    Optional<Path> unfinished =
        Stream.of(
                RunFolder.unfinished(OutputFolder.RUNS, name),
                RunOptions.newestWithoutResults(OutputFolder.RUNS, name))
            .flatMap(Optional::stream)
            .max(Comparator.comparing(FileNames::name));
    return unfinished.orElseThrow(
        () ->
            new IOException(
                String.format(
                    "%s: expected an unfinished run of %s in %s, got none; specify the folder"
                        + " of a run, as in %1$s %3$s/20260101-120000-%2$s, or start a new run"
                        + " without this option",
                    ResumeOption.NAME, name, OutputFolder.RUNS)));
  }

  private ParseResult parse(Path folder, String name, Map<String, List<String>> options)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(name));
    options.values().forEach(arguments::addAll);
    arguments.add(ResumeOption.NAME + "=" + folder);
    try {
      return newCommandLine.get().parseArgs(arguments.toArray(new String[0]));
    } catch (ParameterException e) {
      throw new BadFileException(
          folder.resolve(RunOptions.FILE),
          "options",
          e.getMessage() + "; start the run again without " + ResumeOption.NAME,
          e);
    }
  }

  /** The saved number of steps remains that of the first run, on which other settings depend. */
  private static void setSteps(ParseResult command, Path folder, ParseResult result) {
    if (!command.hasMatchedOption(STEPS)) {
      return;
    }
    int steps = command.matchedOption(STEPS).<Integer>getValue();
    ParseResult resumed = result.subcommand();
    Integer saved = resumed.matchedOptionValue(STEPS, (Integer) null);
    if (saved != null && steps < saved) {
      throw failure(
          command,
          String.format(
              "%s: expected at least %d, as for the run in %s, got %d",
              STEPS, saved, FileNames.path(folder), steps));
    }
    ((ResumeOption) resumed.commandSpec().mixins().get("resume").userObject()).steps(steps);
  }

  private static ParameterException contradiction(
      ParseResult command, Path folder, String option, List<String> saved, List<String> given) {
    return failure(
        command,
        String.format(
            "%s: expected the options of the run in %s, which has %s, got %s; omit this option, or"
                + " start a new run without %s",
            option,
            FileNames.path(folder),
            saved == null ? "none of this name" : String.join(" ", saved),
            String.join(" ", given),
            ResumeOption.NAME));
  }

  private static ParameterException failure(ParseResult command, String problem) {
    return new ParameterException(command.commandSpec().commandLine(), problem);
  }
}
