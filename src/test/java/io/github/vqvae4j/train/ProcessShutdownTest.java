package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The files of a run whose process receives a signal or exits. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "signals are sent by kill")
class ProcessShutdownTest {
  @TempDir Path runs;

  private Path folder() {
    return runs.resolve("run");
  }

  /** Starts a program that trains. */
  private ChildProgram start(int heldOut, int evaluateEvery, int exitAfter) throws IOException {
    return new ChildProgram(
        ShutdownTestProgram.class,
        folder().toString(),
        String.valueOf(heldOut),
        String.valueOf(evaluateEvery),
        String.valueOf(exitAfter));
  }

  private void assertModelIsComplete() throws IOException {
    VqVae.load(folder().resolve("model.safetensors")).close();
  }

  private void assertEndedAfter(ChildProgram child, long step) throws IOException {
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
    try (ChildProgram child = start(16, 100_000, 0)) {
      assertEquals(130, child.await("step 5").signal("INT").end(), child.lines::toString);
      assertEndedAfter(child, child.last("step"));
    }
  }

  @Test
  void ctrlCTwice() throws Exception {
    try (ChildProgram child = start(16, 100_000, 0)) {
      assertEquals(130, child.await("step 5").signal("INT").signal("INT").end());
      assertEndedAfter(child, child.last("step"));
    }
  }

  /** Evaluates and saves after every step, so that the signal arrives during a save. */
  @Test
  void sigtermWhileTheModelIsWritten() throws Exception {
    try (ChildProgram child = start(16, 1, 0)) {
      assertEquals(143, child.await("evaluation 9").signal("TERM").end(), child.lines::toString);
      assertEndedAfter(child, child.last("step"));
    }
  }

  /** The evaluation would take much longer than the shutdown waits. */
  @Test
  void ctrlCWhileEvaluating() throws Exception {
    try (ChildProgram child = start(4_000_000, 3, 0)) {
      assertEquals(130, child.await("step 3").signal("INT").end(), child.lines::toString);
      assertEndedAfter(child, 3);
      assertFalse(child.lines.contains("evaluation 3"));
    }
  }

  /** The stream has no further batch. */
  @Test
  void ctrlCWhileWaitingForData() throws Exception {
    try (ChildProgram child = new ChildProgram(WaitingTestProgram.class)) {
      child.await("step 5");
      Thread.sleep(200); // the sixth step waits
      long start = System.nanoTime();
      assertEquals(130, child.signal("INT").end(), child.lines::toString);
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds < 15, seconds + " s; a blocked listener is interrupted after 30 s");
      assertTrue(child.lines.contains("end 5 INTERRUPTED"), child.lines.toString());
    }
  }

  @Test
  void ctrlCBeforeTheFirstStepEnds() throws Exception {
    try (ChildProgram child = start(16, 100_000, 0)) {
      assertEquals(130, child.await("start").signal("INT").end(), child.lines::toString);
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
    try (ChildProgram child = start(16, 10, 12)) {
      assertEquals(7, child.end(), child.lines::toString);
      assertModelIsComplete();
    }
  }

  /** The loss runs on workers, for which the training thread waits. */
  @Test
  void exitInALossDoesNotWaitForTheTimeout() throws Exception {
    try (ChildProgram child = start(16, 10, -12)) {
      child.await("step 11");
      long start = System.nanoTime();
      assertEquals(7, child.end(), child.lines::toString);
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds < 30, seconds + " s");
    }
  }

  @Test
  void kill9() throws Exception {
    try (ChildProgram child = start(16, 10, 0)) {
      assertEquals(137, child.await("step 11").signal("KILL").end(), child.lines::toString);
      assertModelIsComplete();
    }
  }
}
