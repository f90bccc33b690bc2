package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's folder is its own, and goes if nothing came of the run. */
class OutputFolderTest {
  @TempDir Path folder;

  @Test
  void foldersOfOneSecondDiffer() throws IOException {
    try (OutputFolder first = OutputFolder.make(null, "test");
        OutputFolder second = OutputFolder.make(null, "test");
        OutputFolder third = OutputFolder.make(null, "test")) {
      assertFalse(first.path().equals(second.path()));
      assertFalse(second.path().equals(third.path()));
      assertTrue(first.path().getFileName().toString().matches("\\d{8}-\\d{6}-test(-\\d)?"));
    }
  }

  @Test
  void emptyFoldersGoButOnlyThoseThatWereMade() throws IOException {
    Path own = folder.resolve("a/b");
    OutputFolder.make(own, "test").close();
    assertFalse(Files.exists(own.getParent()));
    OutputFolder.make(folder, "test").close();
    assertTrue(Files.exists(folder));
  }

  @Test
  void writtenFilesStay() throws IOException {
    Path own = folder.resolve("a/b");
    try (OutputFolder run = OutputFolder.make(own, "test")) {
      run.write("one", file -> Files.writeString(file, "1"));
      IOException failure =
          assertThrows(
              IOException.class,
              () ->
                  run.write(
                      "two",
                      file -> {
                        throw new IOException("No space left on device");
                      }));
      assertTrue(failure.getMessage().contains("No space left on device"), failure.getMessage());
      assertTrue(failure.getMessage().contains("complete in " + own + ": one"));
    }
    assertEquals("1", Files.readString(own.resolve("one")));
  }
}
