package io.github.vqvae4j.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The check every reader makes first, so that a wrong path is told apart from a bad file. */
public final class InputFile {
  private InputFile() {}

  /**
   * Checks that there is a file to read.
   *
   * @param file the file that is about to be read
   * @param expected what kind of file it should be, for the message: {@code "a safetensors file"}
   * @throws NoSuchFileException if nothing is under that name
   * @throws BadFileException if it is a folder
   */
  public static void require(Path file, String expected) throws IOException {
    if (Files.isDirectory(file)) {
      throw new BadFileException(
          file, "folder", "got a folder, expected " + expected + "; give the path of the file");
    }
    if (!Files.exists(file)) {
      String reason =
          "there is no such file, expected "
              + expected
              + "; check the path, in full "
              + file.toAbsolutePath();
      throw new NoSuchFileException(file.toString(), null, reason);
    }
  }
}
