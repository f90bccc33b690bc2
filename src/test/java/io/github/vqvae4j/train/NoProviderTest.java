package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program shows without an SLF4J provider, and with one. */
class NoProviderTest {
  @TempDir private Path folder;

  private static ChildJvm withoutProvider() {
    return new ChildJvm().withoutFiles(name -> name.startsWith("logback-"));
  }

  /**
   * Runs the program, which prints the report once; returns the lines of standard error except
   * those of SLF4J and the JVM.
   */
  private List<String> errors(ChildJvm child, String... arguments) throws Exception {
    Path file = folder.resolve("errors");
    ChildJvm.Result result = child.errorsTo(file).run(NoProviderProgram.class, arguments);
    assertEquals(0, result.exit(), () -> result + read(file));
    assertEquals(
        1,
        result.lines().stream().filter(line -> line.startsWith("6 steps in ")).count(),
        result::toString);
    assertEquals(1, result.linesWith("  training:  step 6/6").size(), result::toString);
    // JDK 24 and newer warn of JavaCPP, with an empty line between the warnings.
    return read(file).lines().filter(line -> !line.matches("|(SLF4J\\(W\\)|WARNING): .*")).toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aPipeShowsTheStartProgressAndEvaluations() throws Exception {
    List<String> errors = errors(withoutProvider());
    String start =
        "Training VqVae \\([\\d,]+ parameters\\), 64 examples \\[8, 8, 1\\], 6 steps, 16"
            + " examples per step, \\d+ workers?, kernels: (oneDNN [\\d.]+|ND4J)";
    assertTrue(errors.get(0).matches(start), errors::toString);
    assertTrue(errors.get(1).startsWith("step 1/6  reconstruction "), errors::toString);
    List<String> starts = errors.stream().map(line -> line.split("  |: ")[0]).toList();
    assertTrue(
        starts.containsAll(
            List.of(
                "Evaluation after step 3 on 64 examples",
                "Evaluation after step 6 on 64 examples")),
        errors::toString);
    int last = errors.size() - 1;
    assertTrue(errors.get(last - 1).startsWith("step 6/6  "), errors::toString);
    assertEquals("Training ended after step 6 (MAX_STEPS)", errors.get(last));
  }

  @Test
  void aTerminalShowsALineAndEvaluations() throws Exception {
    assumeTrue(ChildJvm.hasTerminals(), "no program that opens a terminal: script of util-linux");
    ChildJvm.Result result =
        withoutProvider().environment("TERM", "xterm").onTerminal(80).run(NoProviderProgram.class);
    assertEquals(0, result.exit(), result::toString);
    String all = String.join("\n", result.lines());
    assertEquals(1, result.linesWith("Training VqVae (").size(), all);
    assertEquals(1, result.linesWith("Evaluation after step 3 on 64 examples: ").size(), all);
    assertEquals(1, result.linesWith("6 steps in ").size(), all);
    List<String> shown =
        result.lines().stream()
            .map(part -> part.replaceAll("\u001b\\[\\??\\d*[a-zA-Z]", "").strip())
            .filter(part -> part.matches("\\d/6  .*"))
            .toList();
    String last = shown.get(shown.size() - 1);
    assertTrue(last.matches("6/6  [\\d.]+ examples/s  0:00 left  reconstruction .*"), all);
    assertTrue(shown.stream().allMatch(line -> line.length() < 80), all);
  }

  @Test
  void aQuietTrainerShowsNothing() throws Exception {
    assertEquals(List.of(), errors(withoutProvider(), "quiet"));
  }

  /** SLF4J has no provider but this one, which is not on the class path of the tests. */
  @Test
  void nothingIsShownWithSlf4jNop() throws Exception {
    Path nop = Path.of("target", "slf4j-nop", "slf4j-nop.jar").toAbsolutePath();
    assertTrue(Files.exists(nop), () -> nop + ": run generate-test-resources of Maven first");
    Path file = folder.resolve("errors");
    ChildJvm.Result result =
        withoutProvider().classes(nop).errorsTo(file).run(NoProviderProgram.class, "silent");
    assertEquals(0, result.exit(), () -> result + read(file));
    assertEquals(List.of(), result.lines());
    assertEquals(
        List.of(), read(file).lines().filter(line -> !line.matches("|WARNING: .*")).toList());
  }

  @Test
  void theKernelsAreLoggedOnce() throws Exception {
    ChildJvm.Result result = new ChildJvm().run(NoProviderProgram.class);
    List<String> kernels =
        result.linesWith("ernels: ").stream().filter(line -> !line.startsWith("DEBUG")).toList();
    assertEquals(1, kernels.size(), result::toString);
    assertTrue(kernels.get(0).startsWith("INFO  ProgressLog: Training VqVae"), kernels::toString);
  }

  @Test
  void nothingIsWrittenToStandardErrorWithAProvider() throws Exception {
    assertEquals(List.of(), errors(new ChildJvm()));
  }
}
