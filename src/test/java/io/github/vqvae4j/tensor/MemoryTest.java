package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that steps do not leak off-heap memory, even if they fail. */
class MemoryTest {
  private static final List<String> WORK =
      List.of("training", "changing-shapes", "large-tensors", "errors");

  /**
   * Memory that ND4J's operations leave to the garbage collector: about 300 B of argument lists per
   * step.
   */
  private static final long ARGUMENTS = 1L << 20;

  /** Memory that the JVM may still allocate for code and classes: about 5 KB per step. */
  private static final long SLACK = 8L << 20;

  /** Runs in a JVM that allocates its heap at the start, so that all growth is off-heap. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void nativeMemoryDoesNotGrow(KernelSet kernels) throws Exception {
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")
            .with("-XX:TieredStopAtLevel=1")
            .run(MemoryProgram.class, kernels.name());
    assertEquals(0, result.exit(), result::toString);
    List<String> lines = result.linesWith("grew ");
    assertEquals(WORK.size(), lines.size(), result::toString);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String[] words = line.split(" ");
      assertEquals(WORK.get(i), words[1]);
      assertTrue(
          Long.parseLong(words[2]) <= ARGUMENTS, () -> "bytes left to the collector: " + line);
      assertEquals("0", words[3], () -> "bytes that JavaCPP counts: " + line);
      assertTrue(Long.parseLong(words[4]) <= SLACK, () -> "bytes of the process: " + line);
    }
  }

  @Test
  void intMemoryIsReusedForIntsOnly() {
    try (Step step = Step.inference()) {
      long bytes = 4L * 16;
      var array = step.arena().allocate(DType.INT, 16);
      assertEquals(bytes, array.length() * array.dataType().width(), "bytes that arrays write");
    }
  }
}
