package io.github.vqvae4j.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file whole or not at all.
 *
 * <p>The bytes go to a temporary file in the same folder, are forced to the disk, and only then get
 * the final name in one atomic move. Whoever reads the final name sees the old file or the new one,
 * never a half of either, whatever happens to the process in between.
 */
public final class AtomicFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFile() {}

  /** What goes into the file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the whole content.
     *
     * @param out a buffered stream; it need not be flushed or closed
     * @throws IOException if the content cannot be written; nothing is left under the final name
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file. A missing folder is made; an older file of that name is replaced (a symbolic
   * link is replaced, not followed). If anything fails, the older file stays as it was and the
   * temporary file is deleted.
   *
   * @param target the final name
   * @param content writes the bytes
   * @throws IOException if the folder or the file cannot be written, or from {@code content}
   */
  public static void write(Path target, Content content) throws IOException {
    FileNames.requirePlace(target);
    Path absolute = target.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (folder == null || Files.isDirectory(absolute)) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(target)
              + ": there is a folder of that name; give the name of a file, or remove the folder");
    }
    Path temporary = createTemporary(folder, target);
    try {
      if (!temporary.toFile().exists()) {
        throw new IOException(
            "Cannot write "
                + FileNames.path(target)
                + ": Java has no text for its folder's name"
                + FileNames.hint(folder));
      }
      // Not a FileChannel: an interrupted thread must still be able to save its work.
      try (FileOutputStream file = new FileOutputStream(temporary.toFile());
          OutputStream out = new BufferedOutputStream(file, BUFFER_BYTES)) {
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

  private static Path createTemporary(Path folder, Path target) throws IOException {
    try {
      // Asked first, because up to JDK 19 createDirectories refuses a link to a folder.
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
      // Not Files.createTempFile: it would make a file that only its owner may read.
      return Files.createFile(folder.resolve(".vqvae4j-" + UUID.randomUUID() + ".tmp"));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(target)
              + ": the folder "
              + FileNames.path(folder)
              + " cannot be made, because "
              + e.getFile()
              + " is a file; choose another folder, or move that file away",
          e);
    } catch (IOException e) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(target)
              + ": the folder "
              + FileNames.path(folder)
              + " cannot be made or written to ("
              + e
              + "); choose another folder, or give yourself the right to write there",
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
   * Forces the names in a folder to the disk, so that a move into it is durable, where the system
   * allows it; Windows does not open folders.
   *
   * @param folder the folder
   */
  public static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file is complete under its final name either way.
      return;
    }
  }
}
