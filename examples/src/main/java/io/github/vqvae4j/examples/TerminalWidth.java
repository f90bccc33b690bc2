package io.github.vqvae4j.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Prints a progress bar that is as wide as the terminal, even after resizing. The progress bar's
 * own query for the width installs a handler for Ctrl-C that exits the process immediately.
 */
final class TerminalWidth extends ConsoleProgressBarConsumer {
  /** Used if the terminal does not report its width. */
  private static final int DEFAULT = 80;

  private final Terminal terminal;

  TerminalWidth(PrintStream out) {
    super(out);
    try {
      terminal = TerminalBuilder.builder().system(true).dumb(true).nativeSignals(false).build();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the terminal: " + e.getMessage(), e);
    }
  }

  /** One column less than the terminal: some terminals wrap after the last column. */
  @Override
  public int getMaxRenderedLength() {
    int width = terminal.getWidth();
    return (width > 0 ? width : DEFAULT) - 1;
  }
}
