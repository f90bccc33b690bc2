package io.github.vqvae4j.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file that does not keep to its format: cut off, corrupt, of another kind or of an unknown
 * version.
 *
 * <p>The message reads {@code <file>: <place>: <problem>}. The problem says what came, what was
 * expected and what to do. Whatever the file brings into place and problem, they are of limited
 * length, and control characters in them are escaped.
 */
public final class BadFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final transient String place;
  private final transient String problem;

  /**
   * A bad file.
   *
   * @param file the file
   * @param place where in the file: a name, a record number or a byte offset
   * @param problem what came, what was expected, and what to do
   */
  public BadFileException(Path file, String place, String problem) {
    this(file, place, problem, null);
  }

  /**
   * A bad file, found out by another exception.
   *
   * @param file the file
   * @param place where in the file: a name, a record number or a byte offset
   * @param problem what came, what was expected, and what to do
   * @param cause the exception that found it, or null
   */
  public BadFileException(Path file, String place, String problem, Throwable cause) {
    super(
        FileNames.path(file)
            + ": "
            + MessageText.limited(place)
            + ": "
            + MessageText.limited(problem),
        cause);
    this.file = file;
    this.place = MessageText.limited(place);
    this.problem = MessageText.limited(problem);
  }

  /**
   * The file.
   *
   * @return the file
   */
  public Path file() {
    return file;
  }

  /**
   * Where in the file.
   *
   * @return a name, a record number or a byte offset
   */
  public String place() {
    return place;
  }

  /**
   * What is wrong there.
   *
   * @return what came, what was expected, and what to do
   */
  public String problem() {
    return problem;
  }
}
