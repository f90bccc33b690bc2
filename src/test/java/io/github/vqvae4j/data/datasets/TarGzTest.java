package io.github.vqvae4j.data.datasets;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarGzTest {
  private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

  @TempDir Path folder;

  @Test
  void filesAndFoldersAreUnpacked() throws IOException {
    byte[] large = new byte[100_000];
    Arrays.fill(large, (byte) 3);
    entry("a/", '5', new byte[0], "");
    entry("a/empty", '0', new byte[0], "");
    entry("a/block", '0', new byte[512], "");
    entry("b/c/large", (char) 0, large, "");
    entry("long", '0', new byte[] {7}, "under/a/prefix");
    unpack();
    assertEquals(0, Files.size(out("a/empty")));
    assertEquals(512, Files.size(out("a/block")));
    assertArrayEquals(large, Files.readAllBytes(out("b/c/large")));
    assertEquals(1, Files.size(out("under/a/prefix/long")));
  }

  @Test
  void namesOutsideOfTheFolderAreRejected() throws IOException {
    for (String name :
        new String[] {"../evil", "a/../../evil", "/evil", "C:evil", "a\\evil", "\u00C4"}) {
      tar.reset();
      entry(name, '0', new byte[] {1}, "");
      rejected("entry 0: got the name " + name, "ASCII name inside the folder", "do not use");
    }
    tar.reset();
    entry("evil", '0', new byte[] {1}, "..");
    rejected("got the name ../evil");
    assertFalse(Files.exists(folder.resolve("evil")));
    assertFalse(Files.exists(Path.of("/evil")));
  }

  @Test
  void linksAndOtherEntriesAreRejected() throws IOException {
    for (char type : "123467xgLK".toCharArray()) {
      tar.reset();
      entry("fine", '0', new byte[] {1}, "");
      entry("link", type, new byte[0], "");
      rejected("entry 1: got link of type '" + type + "'", "a plain file or a folder");
    }
  }

  @Test
  void fileInPlaceOfAFolderIsRejected() throws IOException {
    for (String[] names : new String[][] {{"a", "a/b"}, {"a/b", "a"}, {"a", "."}}) {
      tar.reset();
      entry(names[0], '0', new byte[] {1}, "");
      entry(names[1], '0', new byte[] {2}, "");
      Path out = folder.resolve("out-" + names[0].length() + names[1].length());
      assertMessageContains(
          assertThrows(BadFileException.class, () -> TarGz.unpack(archive(), out, 9, 99)),
          "entry 1: got " + names[1] + ", expected no entry inside or in place of another file");
    }
  }

  @Test
  void limitsAreEnforced() throws IOException {
    entry("a", '0', new byte[600], "");
    entry("b", '0', new byte[600], "");
    Path archive = archive();
    Path target = folder.resolve("out");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> TarGz.unpack(archive, target, 1, 10_000)),
        "entry 1: got more than 1 entries");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> TarGz.unpack(archive, target, 2, 1_199)),
        "entry 1: got more than 1199 bytes");
    TarGz.unpack(archive, target, 2, 1_200);
  }

  @Test
  void corruptArchivesAreRejected() throws IOException {
    entry("a", '0', new byte[600], "");
    byte[] sound = tar.toByteArray();
    byte[] changed = sound.clone();
    changed[0]++;
    tar.reset();
    tar.write(changed);
    rejected("entry 0: got the checksum ", "as in the header");
    changed = sound.clone();
    changed[125] = 'x';
    changed[150] += 'x' - '0';
    tar.reset();
    tar.write(changed);
    rejected("entry 0: got the ");
    tar.reset();
    tar.write(sound, 0, 700);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> unpack(new byte[0])), "within a file");
    tar.reset();
    tar.write(sound);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> unpack(new byte[0])),
        "entry 1: the archive ends before its end mark");

    byte[] gzip = Files.readAllBytes(archive());
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(gzip, gzip.length - 3));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> TarGz.unpack(cut, folder, 9, 9_999)),
        cut + ": gzip data: corrupt or truncated",
        "download the archive again");
    gzip[gzip.length - 5]++;
    Path corrupt = Files.write(folder.resolve("corrupt"), gzip);
    assertThrows(BadFileException.class, () -> TarGz.unpack(corrupt, folder, 9, 9_999));
    Path text = Files.writeString(folder.resolve("text"), "no archive");
    assertThrows(BadFileException.class, () -> TarGz.unpack(text, folder, 9, 9_999));
  }

  private void rejected(String... parts) {
    assertMessageContains(assertThrows(BadFileException.class, this::unpack), parts);
  }

  private Path out(String name) {
    return folder.resolve("out").resolve(name);
  }

  private void unpack() throws IOException {
    TarGz.unpack(archive(), folder.resolve("out"), 100, 1_000_000);
  }

  private void unpack(byte[] end) throws IOException {
    TarGz.unpack(archive(end), folder.resolve("out"), 100, 1_000_000);
  }

  private Path archive() throws IOException {
    return archive(new byte[1_024]);
  }

  private Path archive(byte[] end) throws IOException {
    return archive(folder.resolve("archive.tar.gz"), tar.toByteArray(), end);
  }

  private static Path archive(Path file, byte[] entries, byte[] end) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(entries);
      out.write(end);
    }
    return file;
  }

  private void entry(String name, char type, byte[] content, String prefix) throws IOException {
    Archives.entry(tar, name, type, content, prefix);
  }
}
