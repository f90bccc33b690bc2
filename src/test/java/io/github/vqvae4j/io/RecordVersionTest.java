package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.config.Added;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of earlier and later versions of a record. */
class RecordVersionTest {
  private enum Mode {
    MEAN,
    SUM
  }

  private record Part(int size, @Added(version = 3, value = "\"SUM\"") Mode mode) {}

  private record Settings(
      double rate,
      @Added(version = 2, value = "0.5") double share,
      List<Part> parts,
      @Added(version = 2, value = "{\"size\":7,\"mode\":\"MEAN\"}") Part last) {}

  private record First(int size) {}

  private record WrongDefault(@Added(version = 2, value = "x") int size) {}

  private static final String V1 =
      "{\"format\":\"Settings\",\"version\":1,\"rate\":0.1,\"parts\":[{\"size\":3}]}";

  private static final Settings OLD =
      new Settings(0.1, 0.5, List.of(new Part(3, Mode.SUM)), new Part(7, Mode.MEAN));

  @TempDir private Path folder;

  private Settings read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("settings.json"), text);
    return RecordFile.read(file, Settings.class, "Settings.save");
  }

  private void assertRejected(String text, String... parts) {
    assertMessageContains(assertThrows(BadFileException.class, () -> read(text)), parts);
  }

  @Test
  void theVersionIsThatOfTheNewestComponent() throws IOException {
    assertEquals(3, RecordJson.version(Settings.class));
    assertEquals(3, RecordJson.version(Part.class));
    assertEquals(1, RecordJson.version(First.class));
    Path file = folder.resolve("new.json");
    RecordFile.write(file, OLD);
    assertEquals("  \"version\": 3,", Files.readAllLines(file).get(2));
    assertEquals(OLD, RecordFile.read(file, Settings.class, "Settings.save"));
  }

  @Test
  void componentsAddedLaterHaveTheirDefaults() throws IOException {
    assertEquals(OLD, read(V1));
    assertEquals(
        OLD, read(V1.replace("\"version\":1,", "")), "files without a version have version 1");
    String second =
        V1.replace(":1,", ":2,").replace("}]", "}],\"last\":{\"size\":1},\"share\":0.25");
    assertEquals(
        new Settings(0.1, 0.25, List.of(new Part(3, Mode.SUM)), new Part(1, Mode.SUM)),
        read(second));
  }

  @Test
  void componentsOfAVersionAreRequired() {
    assertRejected(V1.replace(":1,", ":2,"), "share: missing", "a value of type double");
    assertRejected(V1.replace("\"rate\":0.1,", ""), "rate: missing");
    assertRejected(
        V1.replace(":1,", ":3,").replace("}]", "}],\"last\":{\"size\":1},\"share\":0.25"),
        "parts[0].mode: missing",
        "[MEAN, SUM]");
  }

  /** Components added in later versions are unknown names in files of earlier versions. */
  @Test
  void componentsOfLaterVersionsAreRejected() {
    assertRejected(
        V1.replace("\"rate\"", "\"share\":0.25,\"rate\""),
        "share: unknown name, expected one of [rate, parts]");
    String second =
        V1.replace(":1,", ":2,").replace("}]", "}],\"share\":0.25,\"last\":{\"size\":1}");
    assertRejected(
        second.replace("{\"size\":3", "{\"mode\":\"SUM\",\"size\":3"),
        "parts[0].mode: unknown name, expected one of [size]");
    assertRejected(
        second.replace("{\"size\":1", "{\"mode\":\"SUM\",\"size\":1"), "last.mode: unknown name");
  }

  @Test
  void unsupportedVersionsAreRejected() {
    for (String version : List.of("4", "99999999999999999999", "0", "-1", "1.5", "\"1\"", "null")) {
      assertRejected(
          V1.replace(":1,", ":" + version + ","),
          "version: expected a version from 1 to 3, got "
              + version
              + "; read the file with the version of vqvae4j that wrote it, or a newer one");
    }
  }

  @Test
  void invalidDefaultsAreRejected() {
    assertThrows(
        IllegalArgumentException.class,
        () -> RecordJson.fromJson(StrictJson.parse("{}"), WrongDefault.class, 1));
  }
}
