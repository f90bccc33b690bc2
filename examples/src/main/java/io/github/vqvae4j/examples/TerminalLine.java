package io.github.vqvae4j.examples;

import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** A line of the terminal that is written anew as something goes on. */
final class TerminalLine implements AutoCloseable {
  private static final int UPDATE_MILLIS = 200;

  /** What the line says; asked on a thread of its own. */
  interface Text {
    /** A text of at most {@code width} characters. */
    String of(Duration elapsed, int width);
  }

  private final ProgressBar bar;

  TerminalLine(long end, Text text) {
    bar =
        new ProgressBarBuilder()
            .setInitialMax(end)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setConsumer(new TerminalWidth(System.out))
            .setRenderer(
                (state, width) -> filled(text.of(state.getElapsedAfterStart(), width), width))
            .build();
  }

  /** Filled up with blanks over what was there before. */
  private static String filled(String line, int width) {
    return line + " ".repeat(Math.max(0, width - line.length()));
  }

  /** Goes on; the line is soon written anew. */
  void stepTo(long place) {
    bar.stepTo(place);
  }

  @Override
  public void close() {
    bar.close();
  }
}
