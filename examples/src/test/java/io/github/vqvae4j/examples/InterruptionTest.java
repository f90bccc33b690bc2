package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A run that receives a signal stops and prints which files were written. */
class InterruptionTest {
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows kills processes without a signal")
  void stopsBetweenSteps(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("run");
    Process process = Run.start("mnist", "--steps=1000000", "--hidden=4", "--output=" + output);
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        BufferedReader log = process.errorReader(StandardCharsets.UTF_8)) {
      String line = log.readLine();
      while (line != null && !line.contains("step 1/")) {
        line = log.readLine();
      }
      assertTrue(Files.isDirectory(output));
      // Not process.destroy(), which would also close the pipe.
      process.toHandle().destroy();
      List<String> lines = out.lines().toList();
      assertEquals(
          "Stopped; complete files in "
              + output
              + ": checkpoints, config.json, images, metrics.csv, metrics.json, model.safetensors,"
              + " options.json, summary.txt.",
          lines.get(lines.size() - 3));
      Path model = output.resolve("model.safetensors");
      assertEquals(
          "The latest model is in "
              + model
              + "; load it with VqVae.load(Path.of(\""
              + model
              + "\")).",
          lines.get(lines.size() - 2));
      assertEquals(
          "Continue the run with the option --resume " + output + ".", lines.get(lines.size() - 1));
      assertTrue(process.waitFor(10, TimeUnit.SECONDS));
      assertNotEquals(0, process.exitValue());
      VqVae.load(model).close();
    } finally {
      process.destroyForcibly();
    }
  }
}
