package io.github.vqvae4j.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real data sets for the tests that need them; these tests are skipped if the data is missing. */
public final class RealData {
  private RealData() {}

  public static Path folder(String name) {
    Path folder = Path.of(System.getProperty("vqvae4j.data", "../shared/data")).resolve(name);
    assumeTrue(
        Files.isDirectory(folder),
        () ->
            "no data in "
                + folder.toAbsolutePath()
                + "; set -Dvqvae4j.data=<folder> to its parent");
    return folder;
  }
}
