package io.github.vqvae4j.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Checks of input paths, performed by all readers to distinguish wrong paths from corrupt files.
 */
public final class InputFile {
  private InputFile() {}

  /**
   * Checks that a path is an existing regular file. Pipes have no size and may be endless.
   *
   * @param file the file to be read
   * @param expected the expected kind of file, for messages: {@code "a safetensors file"}
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is a folder, a pipe or a device
   */
  public static void requireRegularFile(Path file, String expected) throws IOException {
    requireReadable(file, expected);
    if (!Files.isRegularFile(file)) {
      throw new BadFileException(
          file,
          "file",
          "got a pipe or a device, expected " + expected + "; write it to a file first");
    }
  }

  /**
   * Checks that a path can be read sequentially: a file or a pipe, such as {@code /dev/stdin}.
   *
   * @param file the file to be read
   * @param expected the expected kind of file, for messages: {@code "a table"}
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is a folder
   */
  public static void requireReadable(Path file, String expected) throws IOException {
    if (Files.isDirectory(file)) {
      throw new BadFileException(
          file, "folder", "got a folder, expected " + expected + "; specify the path of a file");
    }
    if (!Files.exists(file)) {
      throw missing(file, "there is no such file, expected " + expected);
    }
  }

  /**
   * Checks that a path is an existing folder.
   *
   * @param folder the folder
   * @param expected the expected kind of folder, for messages: {@code "a folder of images"}
   * @throws NoSuchFileException if there is no such folder
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
            + "; check the path, whose absolute form is "
            + FileNames.path(path.toAbsolutePath())
            + FileNames.hint(path));
  }
}
