package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks of the file after {@code --output}, before the work of which it is the result. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Checks that a file can be written.
   *
   * @throws IOException if there is no such folder, the file is a folder, or the folder cannot be
   *     written to
   */
  static void requireWritable(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw problem(file, "it is a folder; name a file in it with --output");
    }
    if (!Files.isDirectory(folder)) {
      throw problem(
          file,
          "there is no folder "
              + FileNames.path(folder)
              + "; create it, or choose another with --output");
    }
    if (!Files.isWritable(folder)) {
      throw problem(
          file,
          "the folder "
              + FileNames.path(folder)
              + " cannot be written to; choose another with --output");
    }
  }

  /** Returns the exception for a file that cannot be the output. */
  static IOException problem(Path file, String problem) {
    return new IOException(FileNames.path(file) + ": " + problem);
  }
}
