package io.github.vqvae4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;

/**
 * The contents of a format's intact files; checksums detect all other contents. {@link Fuzzing}
 * reads intact files on the thread of the test, and corrupted ones on another.
 */
public final class Intact<T> {
  private final Thread test = Thread.currentThread();
  private final Set<T> contents = new HashSet<>();

  /** Adds a content of an intact file, or asserts that another one is among them. */
  public void check(T content) {
    if (Thread.currentThread() == test) {
      contents.add(content);
    } else {
      assertTrue(contents.contains(content), () -> "not the content of an intact file: " + content);
    }
  }
}
