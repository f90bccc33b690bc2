package io.github.vqvae4j.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A file format to fuzz.
 *
 * @param name the name of the format
 * @param fileName the name of the files; some readers depend on the extension
 * @param intact intact files, of which at least the first is valid
 * @param repair repairs checksums and lengths of a corrupted file, so that the corruption is not
 *     detected by them; or returns the file unchanged
 * @param reader the reader
 */
public record FuzzTarget(
    String name,
    String fileName,
    List<byte[]> intact,
    UnaryOperator<byte[]> repair,
    Reader reader) {

  /** Reads a file and checks the result. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads a file.
     *
     * @param file the file
     * @throws IOException if the file is corrupt
     * @throws AssertionError if the result is impossible
     */
    void read(Path file) throws IOException;
  }

  /** Returns a format whose corrupted files are not repaired. */
  public static FuzzTarget of(String name, String fileName, List<byte[]> intact, Reader reader) {
    return new FuzzTarget(name, fileName, intact, UnaryOperator.identity(), reader);
  }

  /** Returns this format with corruption that checksums do not detect. */
  public FuzzTarget repaired(UnaryOperator<byte[]> newRepair, Reader newReader) {
    return new FuzzTarget(name + ", checksums repaired", fileName, intact, newRepair, newReader);
  }

  @Override
  public String toString() {
    return name;
  }
}
