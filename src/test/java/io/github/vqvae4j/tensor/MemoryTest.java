package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps leave no native memory behind, whatever they do and however they end. */
class MemoryTest {
  private static final List<String> WORK =
      List.of("training", "changing-shapes", "large-tensors", "errors");

  /** What the JVM itself may still take for code and classes: about 5 KB a step. */
  private static final long SLACK = 8L << 20;

  /** In a JVM whose heap is taken as a whole at the start, so that all growth is outside of it. */
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
      assertEquals("0", words[2], () -> "bytes that JavaCPP counts: " + line);
      assertTrue(Long.parseLong(words[3]) <= SLACK, () -> "bytes of the process: " + line);
    }
  }
}
