package io.github.vqvae4j.tensor;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Runs a program in a child JVM, with another class path or settings, or to measure its memory. */
public final class ChildJvm {
  private static final long SECONDS = 180;

  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>(Map.of("OMP_NUM_THREADS", "1"));
  private File directory;
  private File errors;
  private int terminalColumns;
  private String classPath =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  /** The exit code and the combined output of a program. */
  public record Result(int exit, List<String> lines) {
    /** Returns the lines that contain a text. */
    public List<String> linesWith(String part) {
      return lines.stream().filter(line -> line.contains(part)).toList();
    }

    @Override
    public String toString() {
      return "exit " + exit + "\n" + String.join("\n", lines);
    }
  }

  /** Adds JVM options. */
  public ChildJvm with(String... jvmOptions) {
    options.addAll(Arrays.asList(jvmOptions));
    return this;
  }

  /** Sets an environment variable of the process. */
  public ChildJvm environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Sets the working directory of the process. The default is the current one. */
  public ChildJvm directory(Path folder) {
    directory = folder.toFile();
    return this;
  }

  /** Writes standard error to a file, instead of the output. */
  public ChildJvm errorsTo(Path file) {
    errors = file.toFile();
    return this;
  }

  /** Runs the program on a terminal of a width. */
  public ChildJvm onTerminal(int columns) {
    terminalColumns = columns;
    return this;
  }

  /** Returns whether this system has a program that opens terminals. */
  public static boolean hasTerminals() {
    return System.getProperty("os.name").equals("Linux")
        && Files.isExecutable(Path.of("/usr/bin/script"));
  }

  /** Removes files from the class path, by name. */
  public ChildJvm withoutFiles(Predicate<String> name) {
    classPath =
        Arrays.stream(classPath.split(File.pathSeparator))
            .filter(entry -> !name.test(Path.of(entry).getFileName().toString()))
            .collect(joining(File.pathSeparator));
    return this;
  }

  /** Adds a folder of class files to the class path. */
  public ChildJvm classes(Path folder) {
    classPath = folder + File.pathSeparator + classPath;
    return this;
  }

  /** Starts a main method. Each process uses one thread, so that other load affects it less. */
  public Process start(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, program));
    command.addAll(Arrays.asList(arguments));
    if (terminalColumns > 0) {
      String quoted = command.stream().map(part -> "'" + part + "'").collect(joining(" "));
      command =
          List.of("script", "-qec", "stty cols " + terminalColumns + "; " + quoted, "/dev/null");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(errors == null);
    if (errors != null) {
      builder.redirectError(errors);
    }
    builder.environment().putAll(environment);
    builder.directory(directory);
    return builder.start();
  }

  /** Runs a main method to its end. */
  public Result run(Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    return run(program.getName(), arguments);
  }

  /** Runs the main method of a class, given by its name, to its end. */
  public Result run(String program, String... arguments) throws IOException, InterruptedException {
    Process process = start(program, arguments);
    CompletableFuture<List<String>> output = CompletableFuture.supplyAsync(() -> linesOf(process));
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("Still running after " + SECONDS + " s: " + program);
    }
    return new Result(process.exitValue(), output.join());
  }

  private static List<String> linesOf(Process process) {
    try {
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
