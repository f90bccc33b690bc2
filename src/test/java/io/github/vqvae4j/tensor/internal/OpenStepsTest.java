package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OpenStepsTest {
  private static NativeMemory memory() {
    return new NativeMemory(64, "a test");
  }

  @Test
  void memoryIsFreedWhenAllStepsBeforeAreClosed() {
    Object one = new Object();
    Object two = new Object();
    long first = OpenSteps.add(one);
    long second = OpenSteps.add(two);
    NativeMemory memory = memory();
    OpenSteps.free(memory::close);
    OpenSteps.remove(first);
    assertFalse(memory.isClosed());
    OpenSteps.remove(second);
    assertTrue(memory.isClosed());
    Reference.reachabilityFence(one);
    Reference.reachabilityFence(two);
  }

  @Test
  void laterStepsAreNotAwaited() {
    NativeMemory memory = memory();
    Object before = new Object();
    long first = OpenSteps.add(before);
    OpenSteps.free(memory::close);
    Object after = new Object();
    long second = OpenSteps.add(after);
    OpenSteps.remove(first);
    assertTrue(memory.isClosed());
    OpenSteps.remove(second);
    Reference.reachabilityFence(before);
    Reference.reachabilityFence(after);
  }

  /**
   * A step opens, and memory that it uses is added, while another thread frees memory because no
   * step was open: here between two of the blocks that it frees.
   */
  @Test
  void stepsThatOpenWhileMemoryIsFreedAreAwaited() {
    Object before = new Object();
    Object during = new Object();
    NativeMemory used = memory();
    long first = OpenSteps.add(before);
    AtomicLong second = new AtomicLong();
    OpenSteps.free(
        () -> {
          second.set(OpenSteps.add(during));
          OpenSteps.free(used::close);
        });
    OpenSteps.free(memory()::close);
    OpenSteps.remove(first);
    assertFalse(used.isClosed());
    OpenSteps.remove(second.get());
    assertTrue(used.isClosed());
    Reference.reachabilityFence(before);
    Reference.reachabilityFence(during);
  }

  @Test
  void stepsThatWereNeverClosedDoNotKeepMemory() throws InterruptedException {
    OpenSteps.add(new Object());
    NativeMemory memory = memory();
    OpenSteps.free(memory::close);
    for (int i = 0; i < 100 && !memory.isClosed(); i++) {
      System.gc();
      Thread.sleep(20);
      OpenSteps.free(memory()::close);
    }
    assertTrue(memory.isClosed());
  }
}
