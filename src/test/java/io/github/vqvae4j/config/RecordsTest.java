package io.github.vqvae4j.config;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

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
    assertThrows(IllegalArgumentException.class, () -> Records.with(SIZE, "height", 1L));
    assertThrows(IllegalArgumentException.class, () -> Records.with(SIZE, "names", "a"));
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
