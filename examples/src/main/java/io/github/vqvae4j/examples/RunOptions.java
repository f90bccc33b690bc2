package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.LockFile;
import io.github.vqvae4j.io.RecordFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options of a run, saved in its folder so that {@code --resume} needs no others.
 *
 * @param command the name of the command
 * @param options the options that have a value, defaults included, as {@code --name=value} or
 *     {@code --name}
 * @param finished whether all results of the command have been written
 */
record RunOptions(String command, List<String> options, boolean finished) {
  static final String FILE = "options.json";

  /** Options that are not those of a run. */
  private static final Set<String> OTHERS =
      Set.of("--output", "--debug", "--help", "--version", ResumeOption.NAME);

  /** Returns the options of a command that was parsed. */
  static RunOptions of(ParseResult parsed) {
    return new RunOptions(parsed.commandSpec().name(), arguments(parsed, false), false);
  }

  /** Returns only those that were given on the command line, by name. */
  static Map<String, List<String>> given(ParseResult parsed) {
    return byName(arguments(parsed, true));
  }

  Map<String, List<String>> byName() {
    return byName(options);
  }

  private static Map<String, List<String>> byName(List<String> arguments) {
    Map<String, List<String>> byName = new LinkedHashMap<>();
    for (String argument : arguments) {
      byName.computeIfAbsent(argument.split("=", 2)[0], name -> new ArrayList<>()).add(argument);
    }
    return byName;
  }

  private static List<String> arguments(ParseResult parsed, boolean onlyGiven) {
    List<String> arguments = new ArrayList<>();
    for (OptionSpec option : parsed.commandSpec().options()) {
      boolean given = parsed.hasMatchedOption(option);
      String name = option.longestName();
      // Lists and options of groups keep the defaults of the command.
      boolean hasDefault = !option.isMultiValue() && option.group() == null && !onlyGiven;
      if (OTHERS.contains(name) || !given && !hasDefault) {
        continue;
      }
      if (option.isMultiValue()) {
        List<String> values = parsed.matchedOption(name).originalStringValues();
        values.forEach(value -> arguments.add(name + "=" + value));
      } else {
        add(name, option.getValue(), option.arity().max() == 0, arguments);
      }
    }
    return arguments;
  }

  private static void add(String name, Object value, boolean isFlag, List<String> arguments) {
    if (isFlag) {
      if (Boolean.TRUE.equals(value)) {
        arguments.add(name);
      }
    } else if (value instanceof Path path) {
      // The run may be resumed in another folder.
      arguments.add(name + "=" + path.toAbsolutePath().normalize());
    } else if (value != null) {
      arguments.add(name + "=" + value);
    }
  }

  static RunOptions read(Path folder) throws IOException {
    Path file = FileNames.resolve(folder, FILE);
    if (!Files.exists(file)) {
      throw new NoSuchFileException(
          FileNames.path(folder),
          null,
          "expected the folder of a run of these programs, got one without "
              + FILE
              + "; check the path after "
              + ResumeOption.NAME
              + ", or start a new run if it was killed before its first checkpoint");
    }
    try {
      return RecordFile.read(file, RunOptions.class, "a command that trains");
    } catch (BadFileException e) {
      throw new BadFileException(
          file,
          e.location(),
          e.problem() + "; start the run again without " + ResumeOption.NAME,
          e);
    }
  }

  void write(Path file) throws IOException {
    RecordFile.write(file, this);
  }

  /** Records that all results of the command have been written. */
  void finish(OutputFolder folder) throws IOException {
    folder.write(FILE, new RunOptions(command, options, true)::write);
  }

  /**
   * Finds the last run of a command whose training has ended, or which trains in subfolders, and
   * whose results are incomplete.
   */
  static Optional<Path> newestWithoutResults(Path runs, String command) throws IOException {
    if (!Files.isDirectory(runs)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(runs)) {
      return folders
          .filter(folder -> FileNames.name(folder).matches("\\d{8}-\\d{6}-.+"))
          .filter(folder -> !isTraining(folder) && isUnfinished(folder, command))
          .max(Comparator.comparing(FileNames::name));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isTraining(Path folder) {
    return Files.exists(folder.resolve("config.json"))
        && !Files.exists(folder.resolve(Training.METRICS));
  }

  private static boolean isUnfinished(Path folder, String command) {
    try {
      if (!Files.exists(folder.resolve(FILE))
          || LockFile.isHeld(folder.resolve(OutputFolder.LOCK))) {
        return false;
      }
      RunOptions saved = read(folder);
      return saved.command.equals(command) && !saved.finished;
    } catch (BadFileException e) {
      return false; // it cannot be resumed
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
