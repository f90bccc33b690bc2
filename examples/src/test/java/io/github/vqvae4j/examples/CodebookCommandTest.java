package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodebookCommandTest {
  @TempDir Path folder;

  @Test
  void plotsTheCodebookOfANewModel() throws IOException {
    Path output = folder.resolve("out");
    Run run = Run.of("codebook", "--steps=3", "--codes=30", "--output=" + output).succeeded();
    assertPlots(
        run,
        output,
        30,
        "checkpoints",
        "config.json",
        "metrics.csv",
        "metrics.json",
        "summary.txt");
    assertTrue(Files.exists(output.resolve("model.safetensors")));
  }

  @Test
  void plotsASingleCode() throws IOException {
    Path output = folder.resolve("out");
    Run run = Run.of("codebook", "--steps=1", "--codes=1", "--output=" + output).succeeded();
    assertPlots(
        run, output, 1, "checkpoints", "config.json", "metrics.csv", "metrics.json", "summary.txt");
    float[] pixels = Images.read(output.resolve("usage.png")).pixels();
    int blue = 0;
    for (int i = 0; i < pixels.length; i += 3) {
      blue += pixels[i + 2] > pixels[i] + 0.2f ? 1 : 0;
    }
    assertTrue(blue > 50_000, "one bar over the whole width, got " + blue + " blue pixels");
  }

  @Test
  void plotsTheCodebookOfASavedModel() throws IOException {
    Path trained = folder.resolve("trained");
    Run.of("mnist", "--steps=2", "--hidden=4", "--codes=7", "--dimension=1", "--output=" + trained)
        .succeeded();
    Path output = folder.resolve("out");
    Run run =
        Run.of("codebook", "--model=" + trained.resolve("model.safetensors"), "--output=" + output)
            .succeeded();
    assertPlots(run, output, 7);
    assertFalse(run.out().contains("step 1"), run.out());
  }

  private static void assertPlots(Run run, Path output, int codes, String... more)
      throws IOException {
    assertTrue(run.out().contains("1000 held-out images: "), run.out());
    assertTrue(run.out().contains(" of " + codes + " codes in use, perplexity "), run.out());
    try (Stream<Path> files = Files.list(output)) {
      assertEquals(
          Stream.concat(Stream.of("usage.png", "codes.png", "map.png"), Stream.of(more))
              .collect(Collectors.toSet()),
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.equals("model.safetensors"))
              .collect(Collectors.toSet()));
    }
    assertTrue(run.out().contains("8x8 pixels around the 4x4 of its position"), run.out());
    assertTrue(Images.read(output.resolve("codes.png")).height() > 112);
    assertEquals(1000, Images.read(output.resolve("usage.png")).width());
    assertEquals(800, Images.read(output.resolve("map.png")).height());
  }

  @Test
  void missingFilesAreReportedInOneLine() {
    Path output = folder.resolve("out");
    Run.of("codebook", "--model=" + folder.resolve("none"), "--output=" + output)
        .failed(1, "none", "no such file");
    Run.of("codebook", "--data=" + folder.resolve("no"), "--output=" + output)
        .failed(1, "no such folder");
    assertFalse(Files.exists(output));
  }
}
