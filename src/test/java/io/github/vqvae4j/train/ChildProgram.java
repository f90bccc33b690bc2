package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A program in a child process that a test stops, and the lines that it has printed so far. */
final class ChildProgram implements AutoCloseable {
  final List<String> lines = new ArrayList<>();
  private final Process process;
  private final BufferedReader out;

  ChildProgram(Class<?> program, String... arguments) throws IOException {
    process = new ProcessBuilder(command(program, arguments)).redirectErrorStream(true).start();
    out = process.inputReader(StandardCharsets.UTF_8);
    // A process that ignores the signal, as if started in the background, must not block the
    // test.
    CompletableFuture.delayedExecutor(3, TimeUnit.MINUTES).execute(process::destroyForcibly);
  }

  /** Returns the command that runs a program with the class path of this process. */
  static List<String> command(Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-classpath", System.getProperty("java.class.path")));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Reads the output up to a line. */
  ChildProgram await(Predicate<String> line) throws IOException {
    for (String next = out.readLine(); next != null; next = out.readLine()) {
      lines.add(next);
      if (line.test(next)) {
        return this;
      }
    }
    throw new AssertionError("ended too early: " + lines);
  }

  ChildProgram await(String line) throws IOException {
    return await(line::equals);
  }

  ChildProgram signal(String signal) throws Exception {
    String pid = String.valueOf(process.pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, pid).start().waitFor());
    return this;
  }

  /** Kills the process, which cannot react to it, and waits for its end. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Reads the remaining output until the process has ended. */
  int end() throws Exception {
    out.lines().forEach(lines::add);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    return process.exitValue();
  }

  /** Returns the number in the last line that starts with a word. */
  long last(String word) {
    return lines.stream()
        .filter(line -> line.startsWith(word + " "))
        .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
        .reduce(0, (a, b) -> b);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
