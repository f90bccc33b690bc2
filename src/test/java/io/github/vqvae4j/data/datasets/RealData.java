package io.github.vqvae4j.data.datasets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real datasets for the tests that need them; these tests are skipped if the data is missing. */
public final class RealData {
  private RealData() {}

  public static Path folder(String name) {
    Path folder = Path.of(System.getProperty("vqvae4j.data", "../shared/data")).resolve(name);
    assumeTrue(
        Files.isDirectory(folder),
        () ->
            "skipped: no dataset in "
                + folder.toAbsolutePath().normalize()
                + "; -Dvqvae4j.data=DIRECTORY sets the directory that contains "
                + name);
    return folder;
  }
}
