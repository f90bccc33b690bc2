package io.github.vqvae4j.log.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class StandardErrorLoggerTest {
  /** Returns what a logger that shows messages from a level on writes to standard error. */
  private static List<String> written(Level from) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Logger log = new StandardErrorLogger("name", from);
      log.debug("hidden {}", 1);
      log.info("step {} of {}", 2, 3);
      log.warn("{} codes are dead", 4);
      log.error("failed", new IllegalStateException("disk full"));
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void showsWarningsAndErrors() {
    List<String> lines = written(Level.WARN);
    assertEquals(
        List.of(
            "WARN 4 codes are dead", "ERROR failed", "java.lang.IllegalStateException: disk full"),
        lines.subList(0, 3));
    assertTrue(lines.get(3).startsWith("\tat "), lines::toString);
  }

  @Test
  void showsProgressWithoutALevel() {
    List<String> lines = written(Level.INFO);
    assertEquals(List.of("step 2 of 3", "WARN 4 codes are dead"), lines.subList(0, 2));
  }

  @Test
  void isNotUsedWithAProviderSuchAsLogback() {
    Logger logger = LoggerFactory.getLogger(StandardErrorLoggerTest.class);
    assertSame(logger, Log.of(StandardErrorLoggerTest.class));
    assertSame(logger, Log.ofProgress(StandardErrorLoggerTest.class));
  }
}
