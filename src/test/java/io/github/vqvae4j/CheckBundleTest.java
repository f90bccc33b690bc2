package io.github.vqvae4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that checks a bundle before it is uploaded compiles, and finds what is wrong. */
class CheckBundleTest {
  private static final String POM = "io/github/vqvae4j/vqvae4j-bom/0.1.0/vqvae4j-bom-0.1.0.pom";

  @TempDir private Path folder;

  @Test
  void missingBundleIsNamed() throws Exception {
    Result result = check(folder.resolve("none.zip"));
    assertEquals(1, result.exit(), result.output());
    assertTrue(result.output().contains("none.zip does not exist"), result.output());
  }

  @Test
  void missingAndDamagedFilesAreNamed() throws Exception {
    Path bundle = folder.resolve("bundle.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(bundle))) {
      zip.putNextEntry(new ZipEntry(POM));
      zip.write("<project".getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("notes.txt"));
    }
    Result result = check(bundle);
    assertEquals(1, result.exit(), result.output());
    for (String problem :
        new String[] {
          POM + " is not XML",
          POM + ".asc is not a signature",
          "vqvae4j-0.1.0.jar is missing",
          "notes.txt is unexpected",
          "2 files, "
        }) {
      assertTrue(result.output().contains(problem), problem + " is not in " + result.output());
    }
  }

  private record Result(int exit, String output) {}

  private static Result check(Path bundle) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(java, ".ci/CheckBundle.java", bundle.toString(), "0.1.0")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }
}
