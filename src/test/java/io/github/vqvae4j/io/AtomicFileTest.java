package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void writesANewFileAndNoOthers() throws IOException {
    AtomicFile.write(folder.resolve("a.txt"), out -> out.write(bytes("new")));
    assertEquals("new", Files.readString(folder.resolve("a.txt")));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void replacesAnExistingFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "a much longer existing text");
    AtomicFile.write(file, out -> out.write(bytes("new")));
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void createsMissingFolders() throws IOException {
    Path file = folder.resolve("runs/7/model.bin");
    AtomicFile.write(file, out -> out.write(1));
    assertEquals(1, Files.size(file));
  }

  @Test
  void writesIntoALinkedFolder() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = folder.resolve("link");
    try {
      Files.createSymbolicLink(link, real);
    } catch (IOException | UnsupportedOperationException e) {
      assumeFalse(true, "symbolic links are not supported");
    }
    AtomicFile.write(link.resolve("a"), out -> out.write(1));
    assertEquals(1, Files.size(real.resolve("a")));
  }

  @Test
  void filesHaveDefaultPermissions() throws IOException {
    assumeFalse(
        folder.getFileSystem().supportedFileAttributeViews().stream().noneMatch("posix"::equals),
        "this system has no POSIX permissions");
    Path direct = Files.createFile(folder.resolve("direct"));
    AtomicFile.write(folder.resolve("atomic"), out -> out.write(1));
    assertEquals(
        PosixFilePermissions.toString(Files.getPosixFilePermissions(direct)),
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("atomic"))));
  }

  @Test
  void failuresKeepTheExistingFileAndLeaveNoTemporaryFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    IOException full = new IOException("disk full");
    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw full;
                    }));
    assertSame(full, thrown);
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void errorsLeaveNoFiles() throws IOException {
    Path file = folder.resolve("a.txt");
    assertThrows(
        StackOverflowError.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(1);
                  throw new StackOverflowError();
                }));
    assertEquals(List.of(), names());
  }

  @Test
  void theFileAppearsOnlyWhenItIsComplete() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(
        file,
        out -> {
          out.write(new byte[1 << 20]);
          out.flush();
          assertFalse(Files.exists(file));
        });
    assertEquals(1 << 20, Files.size(file));
  }

  @Test
  void interruptedThreadsCanSave() throws IOException {
    Thread.currentThread().interrupt();
    AtomicFile.write(folder.resolve("a.txt"), out -> out.write(bytes("saved")));
    assertTrue(Thread.interrupted());
    assertEquals("saved", Files.readString(folder.resolve("a.txt")));
  }

  @Test
  void parentIsAFile() throws IOException {
    Path parent = Files.writeString(folder.resolve("notes"), "x");
    IOException direct =
        assertThrows(
            IOException.class, () -> AtomicFile.write(parent.resolve("a"), out -> out.write(1)));
    assertMessageContains(
        direct, "Cannot write", parent.toString(), "is a file", "choose another folder");
    IOException deeper =
        assertThrows(
            IOException.class, () -> AtomicFile.write(parent.resolve("b/a"), out -> out.write(1)));
    assertMessageContains(deeper, parent.resolve("b").toString(), "choose another folder");
    assertEquals("x", Files.readString(parent));
  }

  @Test
  void folderIsNotWritable() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    boolean changed = closed.toFile().setWritable(false);
    assumeFalse(!changed || Files.isWritable(closed), "this user has write access to all folders");
    IOException e =
        assertThrows(
            IOException.class, () -> AtomicFile.write(closed.resolve("a"), out -> out.write(1)));
    assertMessageContains(e, "Cannot write", closed.toString(), "change its permissions");
  }

  @Test
  void targetIsAFolder() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("model"));
    IOException e =
        assertThrows(IOException.class, () -> AtomicFile.write(taken, out -> out.write(1)));
    assertMessageContains(
        e, taken.toString(), "it is a folder, expected a file", "choose another name");
    assertEquals(List.of("model"), names());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
