package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of a run folder in its file, which a user may have changed. */
class RunFolderSettingsTest {
  @TempDir private Path folder;

  private Path config(String settings) throws IOException {
    return Files.writeString(folder.resolve("config.json"), "{\"folder\": {" + settings + "}}");
  }

  @Test
  void smallestValuesAreAccepted() throws IOException {
    Path file =
        config(
            "\"metricsEvery\": 1, \"imagesEvery\": 1, \"modelEverySeconds\": 0, \"keep\": 0,"
                + " \"tensorBoard\": true");
    assertEquals(new RunFolderSettings(1, 1, 0, 0, true), RunFolderSettings.read(file));
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0, 0", "1, 0, 0, 0", "1, 1, -0.5, 0", "1, 1, 0, -1"})
  void valuesOutOfRangeAreRejected(String metrics, String images, String seconds, String keep)
      throws IOException {
    Path file =
        config(
            String.format(
                "\"metricsEvery\": %s, \"imagesEvery\": %s, \"modelEverySeconds\": %s, \"keep\": %s,"
                    + " \"tensorBoard\": false",
                metrics, images, seconds, keep));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> RunFolder.resume(folder)),
        file.toString(),
        "folder",
        "expected intervals of at least 1 step",
        "metricsEvery=" + metrics + ", imagesEvery=" + images,
        "write to a new folder");
  }
}
