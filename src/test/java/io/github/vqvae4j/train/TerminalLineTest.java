package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalLineTest {
  private static TerminalLine on(Screen screen) {
    return new TerminalLine(screen::write, true, null);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 13, 79, 80, 81, 200})
  void isRewrittenInPlaceAtAnyWidth(int columns) {
    Screen screen = new Screen(columns);
    TerminalLine line = on(screen);
    for (String text : List.of("a", "x".repeat(79), "", "yy".repeat(39), "bc")) {
      line.show(text);
      String visible = text.substring(0, Math.min(text.length(), columns - 1));
      assertEquals(List.of(visible), screen.lines());
    }
    line.clear();
    assertEquals(List.of(""), screen.lines());
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 79, 80, 200})
  void otherOutputStartsOnANewLine(int columns) {
    Screen screen = new Screen(columns);
    TerminalLine line = on(screen);
    line.show("step 1");
    screen.write("WARN collapse\n");
    line.show("step 2");
    line.show("step 3");
    screen.write("WARN a\nWARN b\n");
    line.show("step 4");
    line.close();
    screen.write("report\n");
    assertEquals(
        List.of("step 1", "WARN collapse", "step 3", "WARN a", "WARN b", "step 4", "report", ""),
        screen.lines());
  }

  @Test
  void clearingAndClosingLeaveNoEmptyLines() {
    Screen screen = new Screen(80);
    TerminalLine line = on(screen);
    line.show("step 1");
    line.clear();
    screen.write("evaluation\n");
    line.show("step 2");
    screen.write("WARN collapse\n");
    line.close();
    screen.write("report\n");
    assertEquals(List.of("evaluation", "step 2", "WARN collapse", "report", ""), screen.lines());
  }

  @Test
  void usesNoEscapeSequencesOnWindows() {
    Screen screen = new Screen(80);
    StringBuilder output = new StringBuilder();
    TerminalLine line =
        new TerminalLine(
            text -> {
              screen.write(text);
              output.append(text);
            },
            false,
            null);
    line.show("reconstruction 0.0123");
    line.show("a");
    assertEquals(List.of("a"), screen.lines());
    line.show("step 2 of 3");
    line.clear();
    screen.write("eval\n");
    line.show("step 3");
    line.close();
    screen.write("report\n");
    assertEquals(List.of("eval", "step 3", "report", ""), screen.lines());
    assertEquals(-1, output.indexOf("\u001b"));
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "null, 79",
        "'', 79",
        "0, 79",
        "-5, 79",
        "wide, 79",
        "1, 0",
        "120, 119",
        "99999, 79"
      },
      nullValues = "null")
  void widthIsThatOfTheEnvironment(String columns, int expected) {
    assertEquals(expected, new TerminalLine(text -> {}, true, columns).width());
  }

  @Test
  void dumbTerminalsCannotRewriteALine() {
    assertFalse(TerminalLine.canRewrite(false, null));
    assertFalse(TerminalLine.canRewrite(false, ""));
    assertFalse(TerminalLine.canRewrite(false, "dumb"));
    assertTrue(TerminalLine.canRewrite(false, "xterm-256color"));
    assertTrue(TerminalLine.canRewrite(true, null), "Windows does not set TERM");
  }

  @Test
  void isNotOpenedWithoutATerminal() {
    assertNull(TerminalLine.open());
  }

  @Test
  void oneLineIsOpenAtATime() {
    TerminalLine first = on(new Screen(80));
    TerminalLine second = on(new Screen(80));
    assertNotNull(TerminalLine.claim(first));
    assertNull(TerminalLine.claim(second));
    second.close();
    assertNull(TerminalLine.claim(second), "closing another line does not release the first");
    first.close();
    assertNotNull(TerminalLine.claim(second));
    second.close();
  }
}
