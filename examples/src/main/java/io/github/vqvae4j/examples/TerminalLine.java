package io.github.vqvae4j.examples;

import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** A terminal line that is updated as a task progresses. */
final class TerminalLine implements AutoCloseable {
  private static final int UPDATE_MILLIS = 200;

  /** The text of the line, called on a separate thread. */
  interface Text {
    /** Returns a text of at most {@code width} characters. */
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
                (state, width) -> padded(text.of(state.getElapsedAfterStart(), width), width))
            .build();
  }

  /** Pads the line with spaces, to overwrite the previous text. */
  private static String padded(String line, int width) {
    return line + " ".repeat(Math.max(0, width - line.length()));
  }

  /** Sets the progress. The line is updated shortly after. */
  void stepTo(long position) {
    bar.stepTo(position);
  }

  @Override
  public void close() {
    bar.close();
  }
}
