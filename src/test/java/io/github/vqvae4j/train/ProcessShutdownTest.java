package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The files of a run whose process receives a signal or exits. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "signals are sent by kill")
class ProcessShutdownTest {
  @TempDir Path runs;

  /** A child process that trains, and the lines that it has printed so far. */
  private static final class Child implements AutoCloseable {
    final List<String> lines = new ArrayList<>();
    private final Process process;
    private final BufferedReader out;

    Child(Path folder, int heldOut, int evaluateEvery) throws IOException {
      this(folder, heldOut, evaluateEvery, 0);
    }

    Child(Path folder, int heldOut, int evaluateEvery, int exitAfter) throws IOException {
      this(
          ShutdownTestProgram.class,
          folder.toString(),
          String.valueOf(heldOut),
          String.valueOf(evaluateEvery),
          String.valueOf(exitAfter));
    }

    Child(Class<?> program, String... arguments) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx512m", "-classpath", System.getProperty("java.class.path")));
      command.add(program.getName());
      command.addAll(List.of(arguments));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      out = process.inputReader(StandardCharsets.UTF_8);
      // A process that ignores the signal, as if started in the background, must not block the
      // test.
      CompletableFuture.delayedExecutor(3, TimeUnit.MINUTES).execute(process::destroyForcibly);
    }

    Child await(Predicate<String> line) throws IOException {
      for (String next = out.readLine(); next != null; next = out.readLine()) {
        lines.add(next);
        if (line.test(next)) {
          return this;
        }
      }
      throw new AssertionError("ended too early: " + lines);
    }

    Child await(String line) throws IOException {
      return await(line::equals);
    }

    Child kill(String signal) throws Exception {
      String pid = String.valueOf(process.pid());
      assertEquals(0, new ProcessBuilder("kill", "-" + signal, pid).start().waitFor());
      return this;
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

  private Path folder() {
    return runs.resolve("run");
  }

  private void assertModelIsComplete() throws IOException {
    VqVae.load(folder().resolve("model.safetensors")).close();
  }

  private void assertEndedAfter(Child child, long step) throws IOException {
    assertTrue(child.lines.contains("end " + step + " INTERRUPTED"), child.lines.toString());
    assertModelIsComplete();
    String metrics = Files.readString(folder().resolve("metrics.json"));
    assertEquals(
        step, JsonParser.parseString(metrics).getAsJsonObject().get("step").getAsLong(), metrics);
    assertTrue(
        child.lines.stream().anyMatch(line -> line.contains("model.safetensors")),
        child.lines.toString());
    try (Stream<Path> files = Files.list(folder())) {
      assertFalse(files.anyMatch(file -> file.toString().endsWith(".tmp")));
    }
  }

  @Test
  void ctrlC() throws Exception {
    try (Child child = new Child(folder(), 16, 100_000)) {
      assertEquals(130, child.await("step 5").kill("INT").end(), child.lines::toString);
      assertEndedAfter(child, child.last("step"));
    }
  }

  @Test
  void ctrlCTwice() throws Exception {
    try (Child child = new Child(folder(), 16, 100_000)) {
      assertEquals(130, child.await("step 5").kill("INT").kill("INT").end());
      assertEndedAfter(child, child.last("step"));
    }
  }

  /** Evaluates and saves after every step, so that the signal arrives during a save. */
  @Test
  void sigtermWhileTheModelIsWritten() throws Exception {
    try (Child child = new Child(folder(), 16, 1)) {
      assertEquals(143, child.await("evaluation 9").kill("TERM").end(), child.lines::toString);
      assertEndedAfter(child, child.last("step"));
    }
  }

  /** The evaluation would take much longer than the shutdown waits. */
  @Test
  void ctrlCWhileEvaluating() throws Exception {
    try (Child child = new Child(folder(), 4_000_000, 3)) {
      assertEquals(130, child.await("step 3").kill("INT").end(), child.lines::toString);
      assertEndedAfter(child, 3);
      assertFalse(child.lines.contains("evaluation 3"));
    }
  }

  /** The stream has no further batch. */
  @Test
  void ctrlCWhileWaitingForData() throws Exception {
    try (Child child = new Child(WaitingTestProgram.class)) {
      child.await("step 5");
      Thread.sleep(200); // the sixth step waits
      long start = System.nanoTime();
      assertEquals(130, child.kill("INT").end(), child.lines::toString);
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds < 15, seconds + " s; a blocked listener is interrupted after 30 s");
      assertTrue(child.lines.contains("end 5 INTERRUPTED"), child.lines.toString());
    }
  }

  @Test
  void ctrlCBeforeTheFirstStepEnds() throws Exception {
    try (Child child = new Child(folder(), 16, 100_000)) {
      assertEquals(130, child.await("start").kill("INT").end(), child.lines::toString);
      long steps = child.last("step");
      if (steps > 0) {
        assertEndedAfter(child, steps);
      } else {
        assertFalse(Files.exists(folder()));
      }
    }
  }

  /** The shutdown does not wait for the step to end; the model is that of the last evaluation. */
  @Test
  void listenerCallingSystemExit() throws Exception {
    try (Child child = new Child(folder(), 16, 10, 12)) {
      assertEquals(7, child.end(), child.lines::toString);
      assertModelIsComplete();
    }
  }

  /** The loss runs on workers, for which the training thread waits. */
  @Test
  void exitInALossDoesNotWaitForTheTimeout() throws Exception {
    try (Child child = new Child(folder(), 16, 10, -12)) {
      child.await("step 11");
      long start = System.nanoTime();
      assertEquals(7, child.end(), child.lines::toString);
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds < 30, seconds + " s");
    }
  }

  @Test
  void kill9() throws Exception {
    try (Child child = new Child(folder(), 16, 10)) {
      assertEquals(137, child.await("step 11").kill("KILL").end(), child.lines::toString);
      assertModelIsComplete();
    }
  }
}
