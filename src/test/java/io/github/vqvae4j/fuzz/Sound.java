package io.github.vqvae4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;

/**
 * The contents of a kind's sound files, where checksums let no other content pass. {@link Fuzzing}
 * reads the sound files on the thread of the test, and damaged ones on another.
 */
final class Sound<T> {
  private final Thread test = Thread.currentThread();
  private final Set<T> contents = new HashSet<>();

  void check(T content) {
    if (Thread.currentThread() == test) {
      contents.add(content);
    } else {
      assertTrue(contents.contains(content), () -> "not the content of a sound file: " + content);
    }
  }
}
