package io.github.vqvae4j.io;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Assertions on error messages. */
public final class ErrorText {
  private ErrorText() {}

  /** Asserts that the message contains all of these texts. */
  public static void assertMessageContains(Throwable error, String... texts) {
    String message = error.getMessage();
    assertNotNull(message);
    for (String text : texts) {
      assertTrue(message.contains(text), () -> "\"" + text + "\" is not in: " + message);
    }
  }
}
