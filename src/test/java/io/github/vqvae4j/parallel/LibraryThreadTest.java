package io.github.vqvae4j.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class LibraryThreadTest {
  private final List<String> events = new CopyOnWriteArrayList<>();

  @Test
  void runsItsTaskThenTheEndActions() throws InterruptedException {
    LibraryThread thread =
        new LibraryThread(
            "test",
            () -> {
              LibraryThread.onEnd(() -> events.add("end of " + Thread.currentThread().getName()));
              events.add("current: " + LibraryThread.isCurrent());
            });
    assertTrue(thread.isDaemon());
    thread.start();
    thread.join();
    assertEquals(List.of("current: true", "end of vqvae4j-test"), events);
  }

  @Test
  void endActionsRunAfterAFailure() throws InterruptedException {
    LibraryThread thread =
        new LibraryThread(
            "test",
            () -> {
              LibraryThread.onEnd(() -> events.add("end"));
              throw new IllegalStateException("broken");
            });
    thread.setUncaughtExceptionHandler((t, e) -> events.add(e.getMessage()));
    thread.start();
    thread.join();
    assertEquals(List.of("end", "broken"), events);
  }

  @Test
  void otherThreadsHaveNoEndActions() {
    assertFalse(LibraryThread.isCurrent());
    LibraryThread.onEnd(() -> events.add("end"));
    assertEquals(List.of(), events);
  }
}
