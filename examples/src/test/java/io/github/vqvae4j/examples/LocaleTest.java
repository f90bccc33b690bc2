package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vqvae4j.data.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Non-ASCII names in a process without a locale. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "LC_ALL selects the encoding of names on Linux")
class LocaleTest {
  @TempDir Path folder;

  @BeforeEach
  void thisProcessHasALocale() {
    assumeTrue(
        System.getProperty("sun.jnu.encoding").startsWith("UTF"), "the tests run without a locale");
  }

  @Test
  void outputFilesHaveTheNamesOfTheImages() throws Exception {
    List<String> names = List.of("\u00C4", "\u00D6 1", "\u72AC");
    for (int i = 0; i < names.size(); i++) {
      gray(folder.resolve(names.get(i) + ".png"), i / 255f);
    }
    Files.writeString(folder.resolve("\u00FC.txt"), "");
    Path output = folder.resolve("out");
    Run run =
        Run.withoutLocale("palette", "--data=" + folder, "--colors=4", "--output=" + output)
            .succeeded();
    assertTrue(run.out().contains("ignored: 1 other file (\u00FC.txt)"), run.out());
    for (int i = 0; i < names.size(); i++) {
      assertTrue(run.out().contains(names.get(i) + " "), run.out());
      Images painted = Images.read(output.resolve(names.get(i) + "-4.png"));
      assertEquals(i / 255f, painted.pixels()[0]);
    }
  }

  @Test
  void corruptImagesAreNamedInTheLog() throws Exception {
    Path plain = folder.resolve("plain.jpg");
    Images.write(Images.of(new float[64], 1, 8, 8, 1), plain);
    byte[] jpeg = Files.readAllBytes(plain);
    Files.delete(plain);
    Path trees = Files.createDirectory(folder.resolve("B\u00E4ume"));
    for (int i = 0; i < 6; i++) {
      Files.write(trees.resolve("\u00C4" + i + ".jpg"), jpeg);
    }
    Files.write(trees.resolve("\u00C46.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
    Run run =
        Run.withoutLocale(
            "folder", "--data=" + folder, "--size=8", "--steps=1", "--output=" + folder + "/out");
    assertTrue(run.err().contains("Skipped 1 of 7 image files"), run.err());
    assertTrue(run.err().contains(folder + "/B\u00E4ume/\u00C46.jpg: image data"), run.err());
  }

  @Test
  void anUndecodablePathNamesTheRemedy() throws Exception {
    Path lost = Files.createDirectory(folder.resolve("\u00C4"));
    gray(lost.resolve("1.png"), 0);
    for (String command : List.of("palette", "folder", "series")) {
      Run.withoutLocale(command, "--data=" + lost)
          .failed(2, "--data", folder + "/??", "set LC_ALL=C.UTF-8 and run the command again");
    }
    Run.withoutLocale("palette", "--data=" + folder.resolve("??/1.png"))
        .failed(1, "no such file", "run the program with LC_ALL=C.UTF-8");
  }

  @Test
  void anUndecodableColumnNameNamesTheRemedy() throws Exception {
    Path file = Files.writeString(folder.resolve("a.csv"), "Zeit,Temperatur (\u00B0C)\n1,2\n2,3\n");
    Run.withoutLocale("series", "--data=" + file, "--columns=Zeit,Temperatur (\u00B0C)")
        .failed(
            2, "--columns", "'Temperatur (??C)'", "set LC_ALL=C.UTF-8 and run the command again");
    Run.withoutLocale("series", "--data=" + file, "--separator=\u00A7")
        .failed(2, "--separator", "'??'", "set LC_ALL=C.UTF-8 and run the command again");
  }

  private static void gray(Path file, float value) throws IOException {
    Images.write(Images.of(new float[] {value}, 1, 1, 1, 1), file);
  }
}
