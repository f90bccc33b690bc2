package io.github.vqvae4j.config;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RecordsTest {
  private record Size(int height, long width, double share, List<String> names, String note) {
    Size {
      if (height > width) {
        throw new UncheckedIOException("high", new java.io.IOException());
      }
      names = List.copyOf(names);
    }

    /** Not the constructor's business. */
    @Override
    public String note() {
      return note == null ? "none" : note;
    }
  }

  private static final Size SIZE = new Size(2, 3, 0.5, List.of("a"), "x");

  @Test
  void oneComponentOrTwoAreReplaced() {
    assertEquals(new Size(1, 3, 0.5, List.of("a"), "x"), Records.with(SIZE, "height", 1));
    assertEquals(new Size(2, 3, 0.5, List.of(), "x"), Records.with(SIZE, "names", List.of()));
    Size larger = Records.with(SIZE, "width", 9L, "height", 8);
    assertEquals(new Size(8, 9, 0.5, List.of("a"), "x"), larger);
    assertEquals(new Size(2, 3, 0.5, List.of("a"), "x"), SIZE, "it stays as it is");
  }

  /** As where Java assigns them. */
  @Test
  void smallerNumbersBecomeLargerOnes() {
    assertEquals(4L, Records.with(SIZE, "width", 4).width());
    assertEquals(4.0, Records.with(SIZE, "share", 4).share());
  }

  @Test
  void theConstructorChecksAndItsExceptionIsItsOwn() {
    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> Records.with(SIZE, "height", 4));
    assertEquals("high", e.getMessage());
    assertThrows(NullPointerException.class, () -> Records.with(SIZE, "names", null));
  }

  /** Together: in turn, the first would be refused. */
  @Test
  void twoComponentsAreCheckedTogether() {
    assertEquals(20, Records.with(SIZE, "height", 20, "width", 20L).height());
  }

  @Test
  void anUnknownNameIsRefused() {
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> Records.with(SIZE, "hight", 1)),
        "Size has no component \"hight\"",
        "[height, width, share, names, note]");
    assertThrows(
        IllegalArgumentException.class, () -> Records.with(SIZE, "height", 1, "Width", 1L));
  }

  @Test
  void aValueOfAnotherTypeIsRefused() {
    refused(
        () -> Records.with(SIZE, "height", 1L),
        "Size.height: expected a value of type int, got 1 of type Long.");
    refused(
        () -> Records.with(SIZE, "height", null),
        "Size.height: expected a value of type int, got null.");
    refused(
        () -> Records.with(SIZE, "height", 1, "names", "a"),
        "Size.names: expected a value of type List, got a of type String.");
    refused(
        () -> Records.create(Size.class, 1, 2, 3, List.of(), "x", "y"),
        "Size: expected a value for each of [height, width, share, names, note], got 6.");
  }

  private static void refused(Executable mistake, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, mistake).getMessage());
  }

  @Test
  void anArrayBecomesAList() {
    assertEquals(List.of("p", "q"), Records.with(SIZE, "names", new String[] {"p", "q"}).names());
    assertEquals(List.of(), Records.with(SIZE, "names", new String[0]).names());
  }

  @Test
  void valuesAreInOrderAndMakeTheRecordAgain() {
    Object[] values = Records.values(SIZE);
    assertArrayEquals(new Object[] {2, 3L, 0.5, List.of("a"), "x"}, values);
    assertEquals(SIZE, Records.create(Size.class, values));
    values[0] = 1;
    assertEquals(2, SIZE.height());
    assertSame(SIZE.names(), Records.with(SIZE, "height", 1).names());
  }

  @Test
  void valuesAreThoseOfTheAccessors() {
    Size without = new Size(2, 3, 0.5, List.of(), null);
    assertEquals("none", Records.values(without)[4]);
  }
}
