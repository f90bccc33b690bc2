package io.github.vqvae4j.log.internal;

import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes messages from a level on to standard error: the only class of the library that does, and
 * only without an SLF4J provider.
 */
final class StandardErrorLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  private final Level lowest;

  StandardErrorLogger(String name, Level lowest) {
    this.name = name;
    this.lowest = lowest;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level, Marker marker, String message, Object[] arguments, Throwable failure) {
    String text = MessageFormatter.basicArrayFormat(message, arguments);
    // In one call, so that the lines of several threads are not mixed.
    System.err.println(level == Level.INFO ? text : level + " " + text);
    if (failure != null) {
      failure.printStackTrace(System.err);
    }
  }

  private boolean shows(Level level) {
    return level.toInt() >= lowest.toInt();
  }

  @Override
  public boolean isTraceEnabled() {
    return shows(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return shows(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return shows(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return shows(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return shows(Level.ERROR);
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return StandardErrorLogger.class.getName();
  }
}
