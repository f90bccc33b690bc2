package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders and files with non-ASCII names, in processes with and without a locale. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "LC_ALL selects the encoding of names on Linux")
class LocaleTest {
  /** Percent-encoded, so that this process may run without a locale. */
  private static final List<String> NAMES =
      List.of(
          "K%E4tzchen", // a with diaeresis in Latin-1: not UTF-8
          "Katze",
          "%C3%84", // A with diaeresis
          "E%CC%88", // E with diaeresis, decomposed as on macOS
          "%C3%96", // O with diaeresis
          "%E7%8A%AC"); // a dog

  /** The expected names, in order. */
  private static final List<String> LABELS =
      List.of("K\\xE4tzchen", "Katze", "\u00C4", "\u00CB", "\u00D6", "\u72AC");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "C.UTF-8"})
  void everyImageHasTheLabelOfItsFolder(String locale) throws Exception {
    Path root = under(folder, "Wurzel%C3%B6");
    for (int i = 0; i < NAMES.size(); i++) {
      Path label = Files.createDirectories(under(root, NAMES.get(i)));
      // Two files with the same text without a locale.
      int gray = 20 * (1 + i);
      image(under(label, "%C3%A4.png"), gray);
      image(under(label, "%C3%B6.png"), gray + 1);
      Files.writeString(under(label, "%C3%BC.png"), "no image");
    }
    List<String> expected = new ArrayList<>();
    expected.add("names " + LABELS);
    for (int label = 0; label < LABELS.size(); label++) {
      expected.add("image " + 20 * (1 + label) + " label " + label);
      expected.add("image " + (20 * (1 + label) + 1) + " label " + label);
    }
    for (String label : LABELS) {
      String name = label.equals("\u00CB") ? "E\u0308" : label; // a path is unchanged
      expected.add("skipped " + folder + "/Wurzel\u00F6/" + name + "/\u00FC.png: byte 0: ");
    }
    ChildJvm.Result result =
        new ChildJvm().environment("LC_ALL", locale).run(FolderProgram.class, uri(root));
    assertLines(expected, result);
    assumeTrue(
        root.toFile().exists(), "without a locale ProcessBuilder cannot use such a directory");
    result =
        new ChildJvm()
            .environment("LC_ALL", locale)
            .directory(root)
            .run(FolderProgram.class, ".", "out/a.png");
    // Without a locale, Java does not know a working directory with such a name.
    boolean known = locale.equals("C.UTF-8");
    String line = known ? expected.get(0) : "there is no such folder";
    assertEquals(1, result.linesWith(FolderProgram.escaped(line)).size(), result::toString);
    line = known ? "written" : "Cannot write out/a.png: cannot find the working directory";
    assertEquals(1, result.linesWith(line).size(), result::toString);
    String hint = "run the program with LC_ALL=C.UTF-8";
    assertEquals(known ? 0 : 2, result.linesWith(hint).size(), result::toString);
    assertEquals(Set.of("Wurzel\u00F6"), namesIn(folder), "no folder of question marks");
  }

  private static Set<String> namesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(FileNames::name).collect(Collectors.toSet());
    }
  }

  @Test
  void errorForAnUnencodablePathNamesTheSetting() throws Exception {
    Files.createDirectory(under(folder, "%C3%84"));
    ChildJvm.Result result =
        new ChildJvm().environment("LC_ALL", "C").run(FolderProgram.class, folder + "/??");
    assertEquals(1, result.linesWith("there is no such folder").size(), result::toString);
    assertEquals(1, result.linesWith("run the program with LC_ALL=C.UTF-8").size());
    result = new ChildJvm().environment("LC_ALL", "C").run(FolderProgram.class, folder + "/A");
    assertEquals(1, result.linesWith("there is no such folder").size());
    assertEquals(0, result.linesWith("LC_ALL").size(), result::toString);
  }

  @Test
  void failedWriteToAnUnencodableFolderLeavesNothing() throws Exception {
    Path label = Files.createDirectory(under(folder, "%C3%84"));
    image(label.resolve("1.png"), 7);
    Path file = label.resolve("2.png");
    ChildJvm.Result result =
        new ChildJvm().environment("LC_ALL", "C").run(FolderProgram.class, uri(folder), uri(file));
    String line = FolderProgram.escaped("Cannot write " + FileNames.path(file));
    assertEquals(1, result.linesWith(line).size(), result::toString);
    assertEquals(1, result.linesWith("run the program with LC_ALL=C.UTF-8").size());
    assertEquals(Set.of("1.png"), namesIn(label));
    // A non-ASCII name in a folder with an encodable name works.
    file = under(folder, "%C3%96.png");
    result =
        new ChildJvm().environment("LC_ALL", "C").run(FolderProgram.class, uri(folder), uri(file));
    assertEquals(1, result.linesWith("written").size(), result::toString);
    assertEquals("Images[1, 1, 1, 1]", Images.read(file).toString());
  }

  private static void assertLines(List<String> expected, ChildJvm.Result result) {
    List<String> lines =
        result.lines().stream().filter(line -> line.matches("(names|image|skipped) .*")).toList();
    assertEquals(expected.size(), lines.size(), result::toString);
    for (int i = 0; i < lines.size(); i++) {
      String line = FolderProgram.escaped(expected.get(i));
      assertTrue(lines.get(i).startsWith(line), () -> line + "\n" + result);
    }
  }

  private static void image(Path file, int gray) throws IOException {
    Path temporary = Files.createTempFile("gray", ".png");
    Images.write(Images.of(new float[] {gray / 255f}, 1, 1, 1, 1), temporary);
    Files.copy(temporary, file);
    Files.delete(temporary);
  }

  private static Path under(Path parent, String encoded) {
    String uri = uri(parent);
    return Path.of(URI.create(uri + (uri.endsWith("/") ? "" : "/") + encoded));
  }

  private static String uri(Path path) {
    return path.toUri().toASCIIString();
  }
}
