package io.github.vqvae4j.log.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * The loggers of the library. Without an SLF4J provider, they are not silent: what users must see
 * is written to standard error. With a provider, also with {@code slf4j-nop}, they are those of
 * SLF4J.
 */
public final class Log {
  private static final String PROVIDERS = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";
  private static final boolean HAS_PROVIDER = findsProvider();

  private Log() {}

  /** Returns the logger of a class. Without a provider, warnings and errors are shown. */
  public static Logger of(Class<?> source) {
    return shownFrom(Level.WARN, source);
  }

  /**
   * Returns the logger of a class that logs progress. Without a provider, messages from level INFO
   * on are shown.
   */
  public static Logger ofProgress(Class<?> source) {
    return shownFrom(Level.INFO, source);
  }

  private static Logger shownFrom(Level level, Class<?> source) {
    return HAS_PROVIDER
        ? LoggerFactory.getLogger(source)
        : new StandardErrorLogger(source.getName(), level);
  }

  /** SLF4J uses the same factory without a provider as with slf4j-nop, a choice of the user. */
  private static boolean findsProvider() {
    synchronized (LoggerFactory.class) { // waits while another thread initializes SLF4J
      return !(LoggerFactory.getILoggerFactory() instanceof NOPLoggerFactory)
          || LoggerFactory.class.getClassLoader().getResource(PROVIDERS) != null;
    }
  }
}
