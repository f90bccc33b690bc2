package io.github.vqvae4j.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The check every reader makes first, so that a wrong path is told apart from a bad file. */
public final class InputFile {
  private InputFile() {}

  /**
   * Checks that there is a file to read: no pipe, which would have no size, and perhaps no end.
   *
   * @param file the file that is about to be read
   * @param expected what kind of file it should be, for the message: {@code "a safetensors file"}
   * @throws NoSuchFileException if nothing is under that name
   * @throws BadFileException if it is a folder, a pipe or a device
   */
  public static void require(Path file, String expected) throws IOException {
    requireReadable(file, expected);
    if (!Files.isRegularFile(file)) {
      throw new BadFileException(
          file,
          "file",
          "got a pipe or a device, expected " + expected + "; write it to a file first");
    }
  }

  /**
   * Checks that there is something to read from its beginning to its end: a file or, as {@code
   * /dev/stdin} may be one, a pipe.
   *
   * @param file the file that is about to be read
   * @param expected what kind of file it should be, for the message: {@code "a table"}
   * @throws NoSuchFileException if nothing is under that name
   * @throws BadFileException if it is a folder
   */
  public static void requireReadable(Path file, String expected) throws IOException {
    if (Files.isDirectory(file)) {
      throw new BadFileException(
          file, "folder", "got a folder, expected " + expected + "; give the path of the file");
    }
    if (!Files.exists(file)) {
      throw missing(file, "there is no such file, expected " + expected);
    }
  }

  /**
   * Checks that there is a folder to look into.
   *
   * @param folder the folder
   * @param expected what kind of folder it should be, for the message: {@code "one of images"}
   * @throws NoSuchFileException if no folder is under that name
   */
  public static void requireFolder(Path folder, String expected) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw missing(folder, "there is no such folder, expected " + expected);
    }
  }

  private static NoSuchFileException missing(Path path, String problem) {
    return new NoSuchFileException(
        FileNames.path(path),
        null,
        problem
            + "; check the path, in full "
            + FileNames.path(path.toAbsolutePath())
            + FileNames.hint(path));
  }
}
