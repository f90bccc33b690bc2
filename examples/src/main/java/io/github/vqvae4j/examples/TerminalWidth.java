package io.github.vqvae4j.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Shows a progress bar as wide as the terminal, also after that was resized. The progress bar's own
 * way of asking for the width takes over Ctrl-C, which then ends the process on the spot.
 */
final class TerminalWidth extends ConsoleProgressBarConsumer {
  /** Where the terminal does not tell. */
  private static final int USUAL = 80;

  private final Terminal terminal;

  TerminalWidth(PrintStream out) {
    super(out);
    try {
      terminal = TerminalBuilder.builder().system(true).dumb(true).nativeSignals(false).build();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the terminal: " + e.getMessage(), e);
    }
  }

  /** One column less: at the last one some terminals go to the next line. */
  @Override
  public int getMaxRenderedLength() {
    int width = terminal.getWidth();
    return (width > 0 ? width : USUAL) - 1;
  }
}
