package io.github.vqvae4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;

/**
 * The contents of a kind's intact files, where checksums let no other content pass. {@link Fuzzing}
 * reads the intact files on the thread of the test, and damaged ones on another.
 */
final class Intact<T> {
  private final Thread test = Thread.currentThread();
  private final Set<T> contents = new HashSet<>();

  void check(T content) {
    if (Thread.currentThread() == test) {
      contents.add(content);
    } else {
      assertTrue(contents.contains(content), () -> "not the content of an intact file: " + content);
    }
  }
}
