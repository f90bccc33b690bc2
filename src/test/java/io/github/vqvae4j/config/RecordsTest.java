package io.github.vqvae4j.config;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** {@link Records}. */
class RecordsTest {
  private record Size(int height, long width, double ratio, List<String> names, String note) {
    Size {
      if (height > width) {
        throw new UncheckedIOException("high", new java.io.IOException());
      }
      names = List.copyOf(names);
    }

    /** Differs from the component. */
    @Override
    public String note() {
      return note == null ? "none" : note;
    }
  }

  private static final Size SIZE = new Size(2, 3, 0.5, List.of("a"), "x");

  @Test
  void oneOrTwoComponentsAreReplaced() {
    assertEquals(new Size(1, 3, 0.5, List.of("a"), "x"), Records.with(SIZE, "height", 1));
    assertEquals(new Size(2, 3, 0.5, List.of(), "x"), Records.with(SIZE, "names", List.of()));
    Size larger = Records.with(SIZE, "width", 9L, "height", 8);
    assertEquals(new Size(8, 9, 0.5, List.of("a"), "x"), larger);
    assertEquals(new Size(2, 3, 0.5, List.of("a"), "x"), SIZE, "the original is unchanged");
  }

  /** Like Java's assignment conversion. */
  @Test
  void primitivesAreWidened() {
    assertEquals(4L, Records.with(SIZE, "width", 4).width());
    assertEquals(4.0, Records.with(SIZE, "ratio", 4).ratio());
  }

  @Test
  void exceptionsOfTheConstructorAreRethrown() {
    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> Records.with(SIZE, "height", 4));
    assertEquals("high", e.getMessage());
    assertThrows(NullPointerException.class, () -> Records.with(SIZE, "names", null));
  }

  /** Changed one after the other, the first change would be rejected. */
  @Test
  void twoComponentsAreValidatedTogether() {
    assertEquals(20, Records.with(SIZE, "height", 20, "width", 20L).height());
  }

  @Test
  void unknownNamesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Records.with(SIZE, "hight", 1)),
        "Size has no component \"hight\"",
        "[height, width, ratio, names, note]");
    assertThrows(
        IllegalArgumentException.class, () -> Records.with(SIZE, "height", 1, "Width", 1L));
  }

  @Test
  void valuesOfTheWrongTypeAreRejected() {
    assertRejected(
        () -> Records.with(SIZE, "height", 1L),
        "Size.height: expected a value of type int, got 1 of type Long.");
    assertRejected(
        () -> Records.with(SIZE, "height", null),
        "Size.height: expected a value of type int, got null.");
    assertRejected(
        () -> Records.with(SIZE, "height", 1, "names", "a"),
        "Size.names: expected a value of type List, got a of type String.");
    assertRejected(
        () -> Records.create(Size.class, 1, 2, 3, List.of(), "x", "y"),
        "Size: expected one value for each of [height, width, ratio, names, note], got 6 values.");
  }

  private static void assertRejected(Executable call, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void arraysAreConvertedToLists() {
    assertEquals(List.of("p", "q"), Records.with(SIZE, "names", new String[] {"p", "q"}).names());
    assertEquals(List.of(), Records.with(SIZE, "names", new String[0]).names());
  }

  @Test
  void valuesRecreateTheRecord() {
    Object[] values = Records.values(SIZE);
    assertArrayEquals(new Object[] {2, 3L, 0.5, List.of("a"), "x"}, values);
    assertEquals(SIZE, Records.create(Size.class, values));
    values[0] = 1;
    assertEquals(2, SIZE.height());
    assertSame(SIZE.names(), Records.with(SIZE, "height", 1).names());
  }

  @Test
  void valuesAreReadThroughAccessors() {
    Size without = new Size(2, 3, 0.5, List.of(), null);
    assertEquals("none", Records.values(without)[4]);
  }
}
