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

/** Each run has a separate folder, which is deleted if it is still empty at the end. */
class OutputFolderTest {
  @TempDir Path folder;

  @Test
  void foldersCreatedInTheSameSecondDiffer() throws IOException {
    try (OutputFolder first = OutputFolder.create(null, "test");
        OutputFolder second = OutputFolder.create(null, "test");
        OutputFolder third = OutputFolder.create(null, "test")) {
      assertFalse(first.path().equals(second.path()));
      assertFalse(second.path().equals(third.path()));
      assertTrue(first.path().getFileName().toString().matches("\\d{8}-\\d{6}-test(-\\d)?"));
    }
  }

  @Test
  void emptyFoldersAreDeletedIfTheyWereCreated() throws IOException {
    Path requested = folder.resolve("a/b");
    OutputFolder.create(requested, "test").close();
    assertFalse(Files.exists(requested.getParent()));
    OutputFolder.create(folder, "test").close();
    assertTrue(Files.exists(folder));
  }

  @Test
  void writtenFilesAreKept() throws IOException {
    Path requested = folder.resolve("a/b");
    try (OutputFolder run = OutputFolder.create(requested, "test")) {
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
      assertTrue(failure.getMessage().contains("complete files in " + requested + ": one"));
    }
    assertEquals("1", Files.readString(requested.resolve("one")));
  }
}
