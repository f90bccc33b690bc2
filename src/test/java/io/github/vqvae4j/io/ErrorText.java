package io.github.vqvae4j.io;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Asserts what an error tells its reader. */
public final class ErrorText {
  private ErrorText() {}

  /** Asserts that the message contains each of the parts. */
  public static void assertSays(Throwable error, String... parts) {
    String message = error.getMessage();
    assertNotNull(message);
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
    }
  }
}
