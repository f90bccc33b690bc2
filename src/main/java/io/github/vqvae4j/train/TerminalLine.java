package io.github.vqvae4j.train;

import java.io.Console;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A line of the terminal that is rewritten in place. Other output, such as log messages, may come
 * in between.
 *
 * <p>Except on Windows, the line ends with a space in the last column, whatever the width of the
 * terminal. A terminal wraps not when that column is written, but before the next character: other
 * output therefore starts on a new line, while a carriage return stays on this one. Windows only
 * interprets escape sequences if native code asks for it; there, other output is appended to the
 * line.
 */
final class TerminalLine implements AutoCloseable {
  private static final int DEFAULT_WIDTH = 80;
  private static final String ESCAPE = "\u001b[";
  private static final String CLEAR_TO_END = ESCAPE + "K";
  private static final String WRAP_OFF = ESCAPE + "?7l";
  private static final String WRAP_ON = ESCAPE + "?7h";
  private static final String LAST_COLUMN = ESCAPE + "999C";

  /** The line of the process's terminal: two would overwrite each other. */
  private static final AtomicReference<TerminalLine> OPEN = new AtomicReference<>();

  private final Consumer<String> output;
  private final boolean escapes;
  private final int width;
  private int length;

  /**
   * Creates a line.
   *
   * @param output writes to the terminal
   * @param escapes whether the terminal interprets escape sequences
   * @param columns the number of columns of the terminal, as text; null if it is unknown
   */
  TerminalLine(Consumer<String> output, boolean escapes, String columns) {
    this.output = output;
    this.escapes = escapes;
    width =
        columns == null || !columns.matches("[1-9]\\d{0,3}")
            ? DEFAULT_WIDTH
            : Integer.parseInt(columns);
  }

  /**
   * Opens the line of the terminal; returns null if there is no terminal or another line is open.
   */
  static TerminalLine open() {
    Console console = System.console();
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    if (console == null || !isTerminal(console) || !canRewrite(windows, System.getenv("TERM"))) {
      return null;
    }
    // Unlike writer(), printf does not start JLine, which is the console of JDK 22 to 24.
    return claim(
        new TerminalLine(text -> console.printf("%s", text), !windows, System.getenv("COLUMNS")));
  }

  /** Returns a line, which is then open until it is closed; null if another one is open. */
  static TerminalLine claim(TerminalLine line) {
    return OPEN.compareAndSet(null, line) ? line : null;
  }

  /** Returns whether lines can be rewritten on a terminal of a type, which may be null. */
  static boolean canRewrite(boolean windows, String type) {
    return windows || type != null && !type.isEmpty() && !type.equals("dumb");
  }

  /** Since JDK 22, there may be a console without a terminal; a new method tells. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Console.isTerminal failed", e);
    }
  }

  /** Returns the maximum length of a text. */
  int width() {
    return width - 1;
  }

  /** Replaces the text. Characters that do not fit on the terminal are not displayed. */
  void show(String text) {
    if (escapes) {
      output.accept("\r" + WRAP_OFF + text + CLEAR_TO_END + WRAP_ON + LAST_COLUMN + " ");
    } else {
      output.accept("\r" + text + " ".repeat(Math.max(0, length - text.length())));
      length = text.length();
    }
  }

  /** Removes the text. */
  void clear() {
    output.accept(escapes ? "\r" + CLEAR_TO_END : "\r" + " ".repeat(length) + "\r");
  }

  /** Ends the line: later output starts on a new line. */
  @Override
  public void close() {
    // If there was other output since the last text, this is an empty line, and stays one.
    output.accept(escapes ? " \r" : System.lineSeparator());
    OPEN.compareAndSet(this, null);
  }
}
