package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
  private record Scale(List<Double> means, String name) {}

  private record Other(int size) {}

  private static final Scale SCALE = new Scale(List.of(0.1, 1e-300), "größe <1>");

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBack() throws IOException {
    Path file = folder.resolve("scale.json");
    RecordFile.write(file, SCALE);
    assertEquals(SCALE, RecordFile.read(file, Scale.class, "Scale.save"));
    assertEquals(
        List.of("{", "  \"format\": \"Scale\",", "  \"version\": 1,"),
        Files.readAllLines(file).subList(0, 3));
  }

  @Test
  void whatIsNoSuchFileIsNamed() throws IOException {
    Path file = folder.resolve("scale.json");
    assertSays(
        assertThrows(NoSuchFileException.class, () -> RecordFile.read(file, Scale.class, "S.save")),
        "expected a file of S.save");
    RecordFile.write(file, SCALE);
    refused(file, Other.class, "format: got \"Scale\", expected \"Other\"; give the path");
    String text = Files.readString(file);
    Files.writeString(file, text.replace("\"version\": 1", "\"version\": 2"));
    refused(file, Scale.class, "version: got 2, expected 1; read it with the version of vqvae4j");
    Files.writeString(file, text.replace("\"version\": 1,", ""));
    refused(file, Scale.class, "version: got null, expected 1");
    Files.writeString(file, text.replace("means", "mean"));
    refused(file, Scale.class, "settings: mean: unknown name");
    for (String damaged : List.of("", "[]", "7", text.substring(0, text.length() / 2))) {
      Files.writeString(file, damaged);
      refused(file, Scale.class, "got no JSON object, expected what S.save writes; get it anew");
    }
  }

  private static void refused(Path file, Class<? extends Record> type, String text) {
    assertSays(
        assertThrows(BadFileException.class, () -> RecordFile.read(file, type, "S.save")),
        file + ": ",
        text);
  }
}
