package io.github.vqvae4j.tensor;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Captures log lines of the kernels while it is open, and suppresses their output. */
public final class KernelLog implements AutoCloseable {
  private final Logger logger;
  private final Level before;
  private final boolean additive;
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  /**
   * Creates a log. DEBUG includes the algorithm of each convolution, TRACE also data derived from
   * weights.
   */
  public KernelLog(Level level) {
    logger = (Logger) LoggerFactory.getLogger("io.github.vqvae4j.tensor.internal");
    before = logger.getLevel();
    additive = logger.isAdditive();
    logger.setLevel(level);
    logger.setAdditive(false);
    appender.start();
    logger.addAppender(appender);
  }

  /** Returns the lines so far that start with a text. */
  public List<String> linesWith(String start) {
    return List.copyOf(appender.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.startsWith(start))
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setAdditive(additive);
    logger.setLevel(before);
  }
}
