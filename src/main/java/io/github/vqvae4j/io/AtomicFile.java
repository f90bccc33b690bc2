package io.github.vqvae4j.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files atomically.
 *
 * <p>The content is written to a temporary file in the same folder, forced to disk, and then moved
 * to the final name in one atomic operation. Readers see either the old or the new file, never a
 * partial one, even if the process is killed.
 *
 * <pre>{@code
 * AtomicFile.write(Path.of("codes.txt"), out -> out.write("1 2 3".getBytes(UTF_8)));
 * }</pre>
 */
public final class AtomicFile {
  private static final String PREFIX = ".vqvae4j-";
  private static final String SUFFIX = ".tmp";

  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFile() {}

  /** The content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content.
     *
     * @param out a buffered stream, which need not be flushed or closed
     * @throws IOException if the content cannot be written; the target file is then not changed
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file. Missing folders are created and an existing file is replaced (a symbolic link is
   * replaced, not followed). If writing fails, the existing file is kept and the temporary file is
   * deleted.
   *
   * @param target the file to write
   * @param content the content of the file
   * @throws IOException if the folder or the file cannot be written, or if {@code content} throws
   *     it
   */
  public static void write(Path target, Content content) throws IOException {
    FileNames.requireValidTarget(target);
    Path absolute = target.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (folder == null || Files.isDirectory(absolute)) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(target)
              + ": it is a folder, expected a file; choose another name or remove the folder");
    }
    Path temporary = createTemporary(folder, target);
    try {
      if (!temporary.toFile().exists()) {
        throw new IOException(
            "Cannot write "
                + FileNames.path(target)
                + ": Java cannot represent the name of its folder"
                + FileNames.hint(folder));
      }
      // Not a FileChannel, which cannot be used by interrupted threads: they must be able to save
      // their work.
      try (FileOutputStream file = new FileOutputStream(temporary.toFile());
          OutputStream out = new BufferedOutputStream(named(file, target), BUFFER_BYTES)) {
        content.writeTo(out);
        out.flush();
        file.getFD().sync();
      }
      Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable failure) {
      delete(temporary, failure);
      throw failure;
    }
    forceFolder(folder);
  }

  /** Names the file in the exceptions of a stream, such as "No space left on device". */
  private static OutputStream named(OutputStream file, Path target) {
    return new FilterOutputStream(file) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
          out.write(bytes, offset, length);
        } catch (IOException e) {
          throw new IOException(
              "Cannot write "
                  + FileNames.path(target)
                  + ": "
                  + e.getMessage()
                  + "; make room, or choose another folder",
              e);
        }
      }
    };
  }

  /**
   * Deletes the temporary files that killed processes have left in a folder. No other process may
   * be writing to it.
   *
   * @param folder the folder; nothing happens if there is none
   * @throws IOException if a file cannot be deleted
   */
  public static void deleteTemporary(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
      for (Path file : files) {
        Files.delete(file);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static Path createTemporary(Path folder, Path target) throws IOException {
    try {
      // Checked first, because createDirectories rejects links to folders up to JDK 19.
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
      // Not Files.createTempFile, which creates a file that only its owner may read.
      return Files.createFile(folder.resolve(PREFIX + UUID.randomUUID() + SUFFIX));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(target)
              + ": the folder "
              + FileNames.path(folder)
              + " cannot be created because "
              + e.getFile()
              + " is a file; choose another folder, or move the file",
          e);
    } catch (IOException e) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(target)
              + ": the folder "
              + FileNames.path(folder)
              + " cannot be created or written to ("
              + e
              + "); choose another folder or change its permissions",
          e);
    }
  }

  private static void delete(Path temporary, Throwable failure) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Forces the entries of a folder to disk, so that a move into it is durable. Has no effect where
   * this is not supported: Windows cannot open folders.
   *
   * @param folder the folder
   */
  public static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file is complete in any case.
      return;
    }
  }
}
