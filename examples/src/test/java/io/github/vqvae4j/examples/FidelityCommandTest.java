package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of a recipe writes its curve next to the recorded one, and is not repeated. */
class FidelityCommandTest {
  private static final int RECORD = 3073;
  private static final String CURVE = "sonnet-cifar10-seed-4.json";

  @TempDir static Path folder;

  private static Path data;
  private static Path output;
  private static Run run;

  @BeforeAll
  static void train() throws IOException {
    data = images(folder.resolve("data"), 48);
    output = folder.resolve("output");
    run = fidelity(data, "--steps=100", "--output=" + output);
  }

  /**
   * Writes a folder in CIFAR-10's format with this number of training images: gradients in all
   * three channels.
   */
  private static Path images(Path target, int count) throws IOException {
    byte[] records = new byte[count * RECORD];
    for (int i = 0; i < count; i++) {
      for (int pixel = 0; pixel < RECORD - 1; pixel++) {
        int across = pixel % 32;
        records[i * RECORD + 1 + pixel] = (byte) (i % 2 == 0 ? 8 * across : 255 - (5 * i + across));
      }
    }
    Files.createDirectories(target);
    Files.write(target.resolve("data_batch_1.bin"), records);
    Files.write(target.resolve("test_batch.bin"), records);
    return target;
  }

  private static Run fidelity(Path images, String... more) {
    return Run.of(
        Stream.concat(Stream.of("fidelity", "--data=" + images, "--seeds=4"), Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void writesTablesAChartAndTheCurve() throws IOException {
    run.succeeded();
    try (Stream<Path> files = Files.list(output)) {
      assertEquals(
          Set.of(
              CURVE,
              "<time>-sonnet-cifar10-seed-4",
              "options.json",
              "sonnet-cifar10.md",
              "sonnet-cifar10.png"),
          files
              .map(file -> file.getFileName().toString().replaceFirst("\\d{8}-\\d{6}", "<time>"))
              .collect(Collectors.toSet()));
    }
    try (Stream<Path> files = Files.walk(output)) {
      assertEquals(1, files.filter(file -> file.endsWith("model.safetensors")).count());
    }
    TrainingCurve curve = TrainingCurve.read(output.resolve(CURVE));
    assertEquals("sonnet-cifar10", curve.recipe());
    assertEquals(48, curve.images());
    assertEquals(1, curve.points().size());
    CurvePoint point = curve.points().get(0);
    assertEquals(100, point.step());
    assertTrue(point.normalizedError() > 0 && point.normalizedError() < 1, point::toString);
    assertTrue(point.perplexity() >= 1 && point.perplexity() <= 512, point::toString);

    String page = Files.readString(output.resolve("sonnet-cifar10.md"));
    String error = String.format(Locale.ROOT, "%.4f", point.normalizedError());
    assertTrue(page.contains("| 100 | 0.4830 | " + error + " | " + error + " | "), page);
    assertTrue(run.out().contains(page.strip()), run::out);
    assertEquals(1000, ImageIO.read(output.resolve("sonnet-cifar10.png").toFile()).getWidth());
  }

  @Test
  void seedsWithASavedCurveAreNotTrainedAgain() {
    Run secondRun = fidelity(data, "--steps=100", "--output=" + output).succeeded();
    assertTrue(secondRun.out().contains("Seed 4: 100 steps, from " + CURVE), secondRun::out);
  }

  @Test
  void curvesOfDifferentImagesAreRejected() throws IOException {
    Path other = images(folder.resolve("other"), 32);
    fidelity(other, "--steps=100", "--output=" + output)
        .failed(1, CURVE, "32 images", "48 images", "--output");
  }

  @Test
  void filesOtherThanCurvesAreRejected() throws IOException {
    Path broken = Files.createDirectories(folder.resolve("broken"));
    for (String text : List.of("{", "7", "{}", "")) {
      Files.writeString(broken.resolve(CURVE), text);
      fidelity(data, "--steps=100", "--output=" + broken).failed(1, CURVE, "delete the file");
    }
  }

  @Test
  void comparesARecipeWithTheDefaults() throws IOException {
    Path target = folder.resolve("defaults");
    Run comparison = fidelity(data, "--defaults", "--steps=50", "--output=" + target).succeeded();
    String page = Files.readString(target.resolve("defaults.md"));
    assertTrue(comparison.out().contains(page.strip()), comparison::out);
    List<String> lines = page.lines().toList();
    assertTrue(lines.get(0).contains("| sonnet-cifar10, seed 4 | mean | defaults, seed 4 |"), page);
    assertEquals(
        List.of("10", "20", "30", "40", "50", "fewest codes in a batch from step 50", "images/s"),
        lines.stream().skip(2).map(line -> line.split("\\|")[1].strip()).toList());
    for (String line : lines.subList(2, 7)) {
      double error = Double.parseDouble(line.split("\\|")[4]);
      assertTrue(error > 0 && error < 2, line);
    }
  }

  @Test
  void invalidUsage() {
    fidelity(data, "--recipe=sonet").failed(2, "--recipe", "sonnet-cifar10, zalando", "'sonet'");
    fidelity(data, "--steps=99").failed(2, "--steps", "at least 100", "got 99");
    fidelity(data, "--defaults", "--steps=49").failed(2, "--steps", "at least 50", "got 49");
    fidelity(data, "--recipe=keras-mnist", "--steps=100").failed(2, "at least 468");
    Run.of("fidelity").failed(2, "--data");
    fidelity(folder.resolve("nowhere")).failed(1, "nowhere", "no such folder");
    fidelity(data, "--recipe=keras-mnist").failed(1, "files are missing", "train-images-idx3");
  }
}
