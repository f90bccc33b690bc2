package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.vqvae4j.train.ProgressLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * The result of a command.
 *
 * @param exitCode the exit code
 * @param out the standard output
 * @param err the error output
 */
record Run(int exitCode, String out, String err) {
  static {
    // The models of the programs are registered before a test loads one.
    of("--version");
  }

  /** Runs a command in this process. */
  static Run of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Run(exitCode, out.toString(), err.toString());
  }

  /** Runs a command in this process, and interrupts it when it logs a line with this start. */
  static Run interrupted(String line, String... args) {
    Logger log = (Logger) LoggerFactory.getLogger(ProgressLog.class);
    AppenderBase<ILoggingEvent> interrupter =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getFormattedMessage().startsWith(line)) {
              Thread.currentThread().interrupt();
            }
          }
        };
    interrupter.start();
    log.addAppender(interrupter);
    try {
      return of(args);
    } finally {
      log.detachAppender(interrupter);
      Thread.interrupted();
    }
  }

  /** Runs a command in a separate process with this working directory. */
  static Run in(Path directory, String... args) throws IOException, InterruptedException {
    return ended(builder(args).directory(directory.toFile()).start());
  }

  /** Starts a command in a separate process with this working directory. */
  static Process startIn(Path directory, String... args) throws IOException {
    return builder(args).directory(directory.toFile()).start();
  }

  /** Runs a command in a separate process. */
  static Run inNewProcess(String... args) throws IOException, InterruptedException {
    return ended(start(args));
  }

  private static Run ended(Process process) throws IOException, InterruptedException {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out, err);
  }

  /** Runs a command in a separate process without a locale, as in many containers. */
  static Run withoutLocale(String... args) throws IOException, InterruptedException {
    ProcessBuilder builder = builder(args);
    builder.environment().put("LC_ALL", "C");
    return ended(builder.start());
  }

  /** Runs a command in a separate process with a heap size such as 64m. */
  static Run withHeap(String size, String... args) throws IOException, InterruptedException {
    ProcessBuilder builder = builder(args);
    builder.command().set(1, "-Xmx" + size);
    return ended(builder.start());
  }

  /** Starts a command in a separate process. */
  static Process start(String... args) throws IOException {
    return builder(args).start();
  }

  private static ProcessBuilder builder(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-classpath");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command);
  }

  /**
   * Asserts that the folder contains the files of every training run, these files, and no others.
   */
  static void assertTrainingFiles(Path folder, String... more) throws IOException {
    Set<String> expected =
        new TreeSet<>(
            List.of(
                "checkpoints",
                "config.json",
                "images",
                "loss.png",
                "metrics.csv",
                "metrics.json",
                "model.safetensors",
                "options.json",
                "reconstructions.png",
                "summary.txt"));
    expected.addAll(List.of(more));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          expected,
          files
              .map(file -> file.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  /** Asserts that the command succeeded. */
  Run succeeded() {
    assertEquals(0, exitCode, () -> "stderr: " + err);
    return this;
  }

  /**
   * Asserts that the command failed with this exit code and one line on stderr that contains these
   * texts.
   */
  Run failed(int expectedCode, String... texts) {
    assertEquals(1, err.lines().count(), () -> "one line expected on stderr: " + err);
    for (String text : texts) {
      assertTrue(err.contains(text), () -> "expected \"" + text + "\" in: " + err);
    }
    assertFalse(err.contains("\tat "), err);
    assertEquals(expectedCode, exitCode, err);
    return this;
  }
}
