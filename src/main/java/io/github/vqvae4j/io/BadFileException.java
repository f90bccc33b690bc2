package io.github.vqvae4j.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Thrown if a file violates its format: because it is truncated, corrupt, of a different kind, or
 * of an unknown version.
 *
 * <p>The message has the form {@code <file>: <location>: <problem>}. The problem states what was
 * expected, what was found and what to do. Location and problem may contain text of the file; their
 * length is limited and control characters are escaped.
 */
public final class BadFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final transient String location;
  private final transient String problem;

  /**
   * Creates an exception.
   *
   * @param file the file
   * @param location the position in the file: a name, a record number or a byte offset
   * @param problem what was expected, what was found, and what to do
   */
  public BadFileException(Path file, String location, String problem) {
    this(file, location, problem, null);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param file the file
   * @param location the position in the file: a name, a record number or a byte offset
   * @param problem what was expected, what was found, and what to do
   * @param cause the cause, or null
   */
  public BadFileException(Path file, String location, String problem, Throwable cause) {
    super(
        FileNames.path(file)
            + ": "
            + MessageText.limited(location)
            + ": "
            + MessageText.limited(problem),
        cause);
    this.file = file;
    this.location = MessageText.limited(location);
    this.problem = MessageText.limited(problem);
  }

  /**
   * Returns the file.
   *
   * @return the file
   */
  public Path file() {
    return file;
  }

  /**
   * Returns the position of the problem in the file.
   *
   * @return a name, a record number or a byte offset
   */
  public String location() {
    return location;
  }

  /**
   * Returns the problem.
   *
   * @return what was expected, what was found, and what to do
   */
  public String problem() {
    return problem;
  }
}
