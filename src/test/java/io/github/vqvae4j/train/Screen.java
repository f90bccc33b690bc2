package io.github.vqvae4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A terminal of a given width, of the kind of xterm: wraps before a character, not after it. */
final class Screen {
  private final List<char[]> rows = new ArrayList<>();
  private final int columns;
  private int row;
  private int column;
  private boolean wrap = true;
  private boolean wrapPending;

  Screen(int columns) {
    this.columns = columns;
    rows.add(blank());
  }

  private char[] blank() {
    char[] line = new char[columns];
    Arrays.fill(line, ' ');
    return line;
  }

  synchronized void write(String text) {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i++);
      if (c == '\u001b') {
        int end = i;
        while (!Character.isLetter(text.charAt(end))) {
          end++;
        }
        escape(text.substring(i, end + 1));
        i = end + 1;
      } else {
        character(c);
      }
    }
  }

  private void escape(String sequence) {
    switch (sequence) {
      case "[K" -> Arrays.fill(rows.get(row), column, columns, ' ');
      case "[?7l" -> wrap = false;
      case "[?7h" -> wrap = true;
      case "[999C" -> {
        column = columns - 1;
        wrapPending = false;
      }
      default -> throw new AssertionError("unknown sequence " + sequence);
    }
  }

  private void character(char c) {
    if (c == '\r') {
      column = 0;
      wrapPending = false;
    } else if (c == '\n') {
      newLine();
    } else {
      if (wrapPending) {
        newLine();
      }
      rows.get(row)[column] = c;
      if (column < columns - 1) {
        column++;
      } else {
        wrapPending = wrap;
      }
    }
  }

  private void newLine() {
    row++;
    column = 0;
    wrapPending = false;
    if (row == rows.size()) {
      rows.add(blank());
    }
  }

  /** Returns the lines up to the cursor's, without spaces at their ends. */
  synchronized List<String> lines() {
    return rows.stream().map(line -> new String(line).stripTrailing()).toList();
  }
}
