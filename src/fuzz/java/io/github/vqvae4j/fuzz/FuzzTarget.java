package io.github.vqvae4j.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A kind of file that something reads.
 *
 * @param name of the kind
 * @param fileName what a file of it is called; some readers go by the ending
 * @param intact files, the first of which is read without an error
 * @param repair makes checksums and lengths of a damaged file right again, so that the damage comes
 *     past them; or leaves it as it is
 * @param reader reads a file
 */
public record FuzzTarget(
    String name,
    String fileName,
    List<byte[]> intact,
    UnaryOperator<byte[]> repair,
    Reader reader) {

  /** Reads a file, and checks what it read. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads a file.
     *
     * @param file to be read
     * @throws IOException that says what is wrong with the file
     * @throws AssertionError if the value that was read cannot be right
     */
    void read(Path file) throws IOException;
  }

  /** A kind whose damaged files stay as they are. */
  public static FuzzTarget of(String name, String fileName, List<byte[]> intact, Reader reader) {
    return new FuzzTarget(name, fileName, intact, UnaryOperator.identity(), reader);
  }

  /** The kind with damage that comes past checksums. */
  public FuzzTarget repaired(UnaryOperator<byte[]> with, Reader checkingLess) {
    return new FuzzTarget(name + ", checksums repaired", fileName, intact, with, checkingLess);
  }

  @Override
  public String toString() {
    return name;
  }
}
