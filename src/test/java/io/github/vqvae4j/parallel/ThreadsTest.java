package io.github.vqvae4j.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.tensor.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {
  @Test
  void setChangesTheCount() {
    int before = Threads.count();
    try {
      Threads.set(3);
      assertEquals(3, Threads.count());
      Threads.set(Threads.MAX);
      assertEquals(Threads.MAX, Threads.count());
    } finally {
      Threads.set(before);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Threads.MAX + 1})
  void setRejectsOtherNumbers(int n) {
    int before = Threads.count();
    Exception e = assertThrows(IllegalArgumentException.class, () -> Threads.set(n));
    assertEquals("Threads.set: expected 1 to 1024 threads, got " + n + ".", e.getMessage());
    assertEquals(before, Threads.count());
  }

  @Test
  void theDefaultIsTheNumberOfProcessors() throws Exception {
    assertEquals("3", output("-XX:ActiveProcessorCount=3"));
  }

  @Test
  void thePropertySetsTheCount() throws Exception {
    assertEquals("5", output("-Dvqvae4j.threads=5"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1025", "two", "", "2.5"})
  void thePropertyIsChecked(String value) throws Exception {
    ChildJvm.Result result = new ChildJvm().with("-Dvqvae4j.threads=" + value).run(Count.class);
    String expected =
        "System property vqvae4j.threads: expected a number of threads from 1 to 1024, got \""
            + value
            + "\".";
    assertEquals(1, result.exit());
    assertTrue(result.linesWith(expected).size() == 1, result::toString);
  }

  private static String output(String option) throws Exception {
    ChildJvm.Result result = new ChildJvm().with(option).run(Count.class);
    assertEquals(0, result.exit(), result::toString);
    return result.lines().get(result.lines().size() - 1);
  }

  /** Prints the number of threads. */
  static final class Count {
    public static void main(String[] args) {
      System.out.println(Threads.count());
    }
  }
}
