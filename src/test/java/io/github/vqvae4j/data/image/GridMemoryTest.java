package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Grids and texts larger than the heap, in a separate JVM. */
class GridMemoryTest {
  @Test
  void gridsAndTextsLargerThanTheHeapAreReported() throws Exception {
    ChildJvm.Result result = new ChildJvm().with("-Xmx64m").run(LargeGrids.class);
    assertEquals(0, result.exit(), result::toString);
    List<String> errors = result.linesWith("Not enough memory on the Java heap");
    assertEquals(2, errors.size(), result::toString);
    assertTrue(
        errors.get(0).contains("images [1, 5000, 8000, 1] needs 152.6 MB"), result::toString);
    assertTrue(errors.get(1).contains("a text of "), result::toString);
    assertEquals(List.of(), result.linesWith("without labels"));
  }

  /** Prints the message of a large grid, then that of a long text. */
  static final class LargeGrids {
    private LargeGrids() {}

    public static void main(String[] arguments) {
      Images image = Images.of(new float[40], 1, 5, 8, 1);
      print(new ImageGrid().row(image).scale(1000));
      print(new ImageGrid().row(image).title("word ".repeat(50_000)));
    }

    private static void print(ImageGrid grid) {
      try {
        throw new AssertionError("expected no memory for " + grid.image());
      } catch (InsufficientMemoryException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
