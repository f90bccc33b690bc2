package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vqvae4j.data.image.IgnoredPath.Kind;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FolderListingTest {
  @TempDir Path folder;

  @Test
  void allImageExtensionsAreListedAndOthersIgnored() throws IOException {
    for (String name : List.of("F.JPG", "a.jfif", "b", "c.heic", "d.png", "e.jpe", "g.jpeg")) {
      file(name);
    }
    for (String name : List.of("h.BMP", "i.webp", "j.tiff", "k.gif")) {
      file(name);
    }
    FolderListing listing = FolderListing.images(folder);
    assertEquals(
        List.of(
            "F.JPG", "a.jfif", "d.png", "e.jpe", "g.jpeg", "h.BMP", "i.webp", "j.tiff", "k.gif"),
        names(listing.files()));
    assertEquals("9 files in " + folder + "; ignored: 2 other files (b, c.heic)", "" + listing);
  }

  @Test
  void pathsAreOrderedNameByName() throws IOException {
    for (String name : List.of("a/b.png", "a/B.png", "a-b.png", "a.png", "a/b/c.png", "Z.png")) {
      file(name);
    }
    assertEquals(
        List.of("Z.png", "a/B.png", "a/b/c.png", "a/b.png", "a-b.png", "a.png"),
        FolderListing.imagesBelow(folder).files().stream()
            .map(file -> folder.relativize(file).toString().replace('\\', '/'))
            .toList());
  }

  @Test
  void filesOfMacOsAndWindowsDoNotAffectLabels() throws IOException {
    for (String name :
        List.of(
            "__MACOSX/._1.jpg", "__MACOSX/cat/._1.jpg", "cat/1.jpg", "cat/._1.jpg", "dog/1.jpg")) {
      file(name);
    }
    file("dog/Thumbs.db");
    file(".DS_Store");
    file(".thumbnails/1.jpg");
    FolderListing listing = FolderListing.imagesBelow(folder);
    assertEquals(List.of("cat", "dog"), subfolders(listing));
    assertEquals(
        "1 other file (Thumbs.db), 5 hidden (.DS_Store, .thumbnails, ._1.jpg, ._1.jpg, ._1.jpg),"
            + " 1 subfolder without images (__MACOSX)",
        IgnoredPath.summary(listing.ignored()));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "names cannot contain line feeds")
  void controlCharactersInNamesAreEscaped() throws IOException {
    file("b\nWARN c.txt");
    Path odd = Files.createDirectory(FileNames.resolve(folder, "a\u001b[31m\u2028"));
    Files.writeString(odd.resolve("1.png"), "");
    FolderListing listing = FolderListing.imagesBelow(folder);
    assertEquals(List.of("a\u001b[31m\u2028"), subfolders(listing));
    assertEquals("1 other file (b\\nWARN c.txt)", IgnoredPath.summary(listing.ignored()));
    assertEquals(folder + "/b\\nWARN c.txt: other file", listing.ignored().get(0).toString());
    BadFileException bad =
        assertThrows(
            BadFileException.class,
            () -> ImageFolder.in(folder, ImageFolderConfig.of(1).labels(List.of("b\nc"))));
    assertMessageContains(bad, "got images in a\\u001B[31m\\u2028,", "labels b\\nc;");
    bad = assertThrows(BadFileException.class, () -> Images.read(listing.files().get(0)));
    assertMessageContains(bad, folder + "/a\\u001B[31m\\u2028/1.png: byte 0");
  }

  @Test
  void linksDoNotStopTheListing() throws IOException {
    file("a/1.png");
    file("b/deep/2.png");
    Path outside = Files.createDirectories(folder.resolve("../" + folder.getFileName() + "-other"));
    try {
      Files.writeString(outside.resolve("3.png"), "");
      link("a/loop", folder);
      link("a/self", folder.resolve("a"));
      link("b/a", folder.resolve("a"));
      link("c", outside);
      link("d", outside);
      link("ring", folder.resolve("ring"));
      link("broken.png", folder.resolve("nothing"));
      link("b/linked.png", folder.resolve("a/1.png"));
      FolderListing listing = FolderListing.imagesBelow(folder);
      assertEquals(List.of("1.png", "2.png", "linked.png", "3.png"), names(listing.files()));
      assertEquals(List.of("a", "b", "b", "c"), subfolders(listing));
      assertEquals(
          "4 links to folders listed already (loop, self, a, d), 2 broken links"
              + " (broken.png, ring)",
          IgnoredPath.summary(listing.ignored()));
    } finally {
      Files.deleteIfExists(outside.resolve("3.png"));
      Files.deleteIfExists(outside);
    }
  }

  /** Two links in each of 40 folders to the next one: 2^40 paths to the last. */
  @Test
  void folderWithManyLinksIsListedOnce() throws IOException {
    for (int i = 0; i < 40; i++) {
      Files.createDirectory(folder.resolve("f" + i));
    }
    file("f39/1.png");
    for (int i = 0; i < 39; i++) {
      link("f" + i + "/x", folder.resolve("f" + (i + 1)));
      link("f" + i + "/y", folder.resolve("f" + (i + 1)));
    }
    FolderListing listing = FolderListing.imagesBelow(folder);
    assertEquals(List.of("f39"), subfolders(listing));
    assertEquals(78 + 39, listing.ignored().size());
  }

  @Test
  void unreadablePathsAreNamed() throws IOException {
    file("a/1.png");
    file("b/2.png");
    Path locked = folder.resolve("b");
    assumeTrue(locked.toFile().setReadable(false), "this system locks no folders");
    try {
      assumeFalse(Files.isReadable(locked), "this user may read everything");
      FolderListing listing = FolderListing.imagesBelow(folder);
      assertEquals(List.of(new IgnoredPath(locked, Kind.UNREADABLE)), listing.ignored());
      assertEquals(List.of("a"), subfolders(listing));
    } finally {
      assertTrue(locked.toFile().setReadable(true));
    }
  }

  @Test
  void soundsAreNotListedRecursively() throws IOException {
    for (String name : List.of("b.WAV", "a.wav", "._a.wav", "deep/c.wav", "notes.txt")) {
      file(name);
    }
    Files.createDirectory(folder.resolve("folder.wav"));
    link("loop", folder);
    FolderListing listing = FolderListing.wavFiles(folder);
    assertEquals(List.of("a.wav", "b.WAV"), names(listing.files()));
    assertEquals(
        "1 other file (notes.txt), 1 hidden (._a.wav), 3 subfolders (deep, folder.wav, loop)",
        IgnoredPath.summary(listing.ignored()));
  }

  @Test
  void summaryNamesTheFirstPaths() throws IOException {
    for (int i = 0; i < 9; i++) {
      file(i + ".txt");
    }
    file("1.png");
    assertEquals(
        "9 other files (0.txt, 1.txt, 2.txt, 3.txt, 4.txt, ..)",
        IgnoredPath.summary(FolderListing.images(folder).ignored()));
    assertEquals("nothing", IgnoredPath.summary(List.of()));
  }

  @Test
  void firstPathsAreListedAndAllAreCounted() throws IOException {
    for (int i = 0; i < 2_500; i++) {
      file(String.format("%04d.txt", i));
    }
    file("1.png");
    file("b.txt");
    List<IgnoredPath> ignored = FolderListing.images(folder).ignored();
    assertEquals(1_000, ignored.size());
    assertEquals(new IgnoredPath(folder.resolve("0000.txt"), Kind.OTHER), ignored.get(0));
    assertEquals(new IgnoredPath(folder.resolve("0999.txt"), Kind.OTHER, 1_502), ignored.get(999));
    assertMessageContains(
        new Exception("" + ignored.get(999)), "0999.txt: other file, and 1501 more");
    assertEquals(
        "2501 other files (0000.txt, 0001.txt, 0002.txt, 0003.txt, 0004.txt, ..)",
        IgnoredPath.summary(ignored));
  }

  /** A link to / would make a listing of the whole disk, /proc included. */
  @Test
  void linkToAnEnclosingFolderIsNotFollowed() throws IOException {
    file("in/a/1.png");
    file("beside.png");
    Path in = folder.resolve("in");
    link("in/root", folder.getRoot());
    link("in/up", folder);
    link("in/a/self", in);
    FolderListing listing = FolderListing.imagesBelow(in);
    assertEquals(List.of("1.png"), names(listing.files()));
    assertEquals(
        "1 link to a folder listed already (self), 2 links to enclosing folders (root," + " up)",
        IgnoredPath.summary(listing.ignored()));
  }

  @Test
  void errorForAFolderWithoutImagesSummarizesItsContents() throws IOException {
    file("a.txt");
    file("deep/b.png");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> FolderListing.images(folder)),
        "got no image files among 2 files (1 other file (a.txt), 1 subfolder (deep))",
        "pass the folder that contains the image files");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> FolderListing.wavFiles(folder)),
        "got no WAV files among",
        "end in .wav");
    for (Path wrong : List.of(folder.resolve("none"), folder.resolve("a.txt"))) {
      assertMessageContains(
          assertThrows(NoSuchFileException.class, () -> FolderListing.wavFiles(wrong)),
          wrong.toString(),
          "there is no such folder, expected a folder with WAV files; check the path");
    }
  }

  @Test
  void relativeFolderHasSubfolders() {
    for (Path here : List.of(Path.of(""), Path.of("src/.."))) {
      Path absolute = here.toAbsolutePath();
      Path deep = absolute.resolve("a/b/1.png");
      FolderListing listing = new FolderListing(here, List.of(deep), List.of());
      assertEquals("a", listing.subfolder(deep));
      assertNull(listing.subfolder(absolute.resolve("1.png")));
    }
  }

  private static List<String> subfolders(FolderListing listing) {
    return listing.files().stream().map(listing::subfolder).toList();
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(file -> file.getFileName().toString()).toList();
  }

  private void file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
  }

  private void link(String name, Path target) {
    try {
      Files.createSymbolicLink(folder.resolve(name), target);
    } catch (IOException | UnsupportedOperationException e) {
      assumeFalse(true, "this system lets us make no symbolic links");
    }
  }
}
