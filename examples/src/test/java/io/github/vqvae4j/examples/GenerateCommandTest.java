package io.github.vqvae4j.examples;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.LockFile;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short runs write all results; a run that was interrupted in any part ends with the same ones. */
class GenerateCommandTest {
  private static final int PHOTOS = 40;
  private static final int SIDE = 16;

  @TempDir static Path folder;

  /** Two classes of images: dark noise in the left half, or bright noise in the right half. */
  @BeforeAll
  static void writeImages() throws IOException {
    Rng rng = new Rng(1);
    for (int i = 0; i < PHOTOS; i++) {
      boolean right = i % 2 == 1;
      float[] pixels = new float[SIDE * SIDE * 3];
      for (int j = 0; j < pixels.length; j++) {
        boolean inside = j / 3 % SIDE >= SIDE / 2 == right;
        pixels[j] = inside ? (right ? 0.5f : 0) + rng.nextFloat() / 2 : 0;
      }
      Path file = photos().resolve(right ? "right" : "left").resolve(i + ".png");
      Files.createDirectories(file.getParent());
      Images.write(Images.of(pixels, 1, SIDE, SIDE, 3), file);
    }
  }

  private static Path photos() {
    return folder.resolve("photos");
  }

  private static String[] command(Path output, String... more) {
    return Stream.concat(
            Stream.of(
                "generate",
                "--model-steps=24",
                "--prior-steps=21",
                "--hidden=8",
                "--codes=16",
                "--dimension=4",
                "--layers=2",
                "--channels=8",
                "--samples=3",
                "--batch=16",
                "--output=" + output),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private static String[] photos(Path output, String... more) {
    return command(
        output,
        Stream.concat(Stream.of("--data=" + photos(), "--size=" + SIDE), Stream.of(more))
            .toArray(String[]::new));
  }

  private static Set<String> names(Path output) throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\d{8}-\\d{6}", "<time>"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static GenerateMetrics metrics(Path output) throws IOException {
    return RecordFile.read(output.resolve("metrics.json"), GenerateMetrics.class, "generate");
  }

  private static void assertSize(Path file, int columns, int rows, int scaledSide)
      throws IOException {
    var image = ImageIO.read(file.toFile());
    int left = image.getWidth() - (columns * (scaledSide + 2) - 2);
    int above = image.getHeight() - (rows * (scaledSide + 2) - 2);
    assertTrue(left >= 0 && left < 180, () -> file + ": " + left + " pixels for labels");
    assertTrue(above >= 0 && above < 80, () -> file + ": " + above + " pixels for labels");
  }

  @Test
  void generatesDigits() throws IOException {
    Path output = folder.resolve("digits");
    Run run = Run.of(command(output, "--copies=1", "--temperature=0.9")).succeeded();
    assertEquals(
        new TreeSet<>(
            List.of(
                "<time>-model",
                "<time>-prior",
                "data.json",
                "inpainting.png",
                "loss.png",
                "metrics.json",
                "model.safetensors",
                "nearest.png",
                "options.json",
                "parts",
                "prior-loss.png",
                "prior.safetensors",
                "reconstructions.png",
                "samples.codes",
                "samples.png",
                "test.codes",
                "train.codes",
                "validation.codes")),
        names(output));
    GenerateMetrics metrics = metrics(output);
    assertTrue(run.out().contains(metrics.table().strip()), run::out);
    assertEquals(9_000, metrics.model().trainImages());
    assertEquals(1_000, metrics.model().testImages());
    assertEquals(30, metrics.samples().count());
    assertEquals(49, metrics.codes().perImage());
    GenerateMetrics.Prior prior = metrics.priors().get(0);
    assertEquals(Math.log(16), prior.uniformNats(), 1e-12);
    assertTrue(prior.unigramNats() > 0 && prior.unigramNats() < Math.log(16), prior::toString);
    Codes samples = Codes.read(output.resolve("samples.codes"));
    assertArrayEquals(
        IntStream.range(0, 30).map(i -> i / 3).toArray(), samples.labels().orElseThrow());
    assertSize(output.resolve("samples.png"), 3, 10, 112);
    assertSize(output.resolve("inpainting.png"), 6, 10, 112);
    assertSize(output.resolve("nearest.png"), 6, 10, 112);
  }

  @Test
  void generatesImagesOfClassesWithTwoLevels() throws IOException {
    Path output = folder.resolve("levels");
    Run run =
        Run.of(photos(output, "--levels=2", "--class-dropout=0.1", "--guidance=2")).succeeded();
    assertTrue(run.out().contains("new images, one row for each class"), run::out);
    assertTrue(run.out().contains("the prior of the bottom level"), run::out);
    List<String> table = metrics(output).table().lines().toList();
    assertTrue(table.stream().allMatch(line -> line.charAt(34) == ' '), table::toString);
    assertTrue(
        names(output)
            .containsAll(
                Set.of(
                    "levels.png",
                    "prior-top.safetensors",
                    "prior-bottom.safetensors",
                    "prior-top-loss.png",
                    "prior-bottom-loss.png",
                    "samples-top.codes",
                    "samples-bottom.codes")));
    assertEquals(2, metrics(output).model().codebooks().size());
    assertEquals(2 * 2 + 4 * 4, metrics(output).codes().perImage());
    assertEquals(List.of(2, 2), Codes.read(output.resolve("samples-top.codes")).exampleShape());
    try (PixelCnn bottom = PixelCnn.load(output.resolve("prior-bottom.safetensors"))) {
      assertEquals(16, bottom.config().conditionCodebookSize());
      assertEquals(2, bottom.config().classes());
    }
    assertSize(output.resolve("levels.png"), 4, 5, 112);
    assertEquals(4, metrics(output).samples().levels().get(0).images());
    assertTimes(List.of("model", "codes", "prior-top", "prior-bottom", "samples"), output, run);
    assertSize(output.resolve("samples.png"), 3, 2, 112);
  }

  /** Durations in seconds are printed and kept, the latest of each part. */
  private static void assertTimes(List<String> parts, Path output, Run run) throws IOException {
    List<GenerateMetrics.PartTime> times = metrics(output).times();
    assertEquals(parts, times.stream().map(GenerateMetrics.PartTime::part).toList());
    for (GenerateMetrics.PartTime time : times) {
      assertTrue(time.seconds() > 0 && time.seconds() < 600, time::toString);
      assertTrue(run.out().matches("(?s).*\\R" + time.part() + ": \\d+ s\\R.*"), run::out);
    }
    GenerateMetrics metrics = metrics(output);
    assertTrue(times.get(0).seconds() > metrics.model().seconds(), times::toString);
  }

  @Test
  void generatesImagesWithoutClasses() throws IOException {
    Path output = folder.resolve("unlabelled");
    Path images = photos().resolve("left");
    Run run = Run.of(command(output, "--data=" + images, "--size=8")).succeeded();
    assertFalse(run.out().contains("one row for each class"), run::out);
    assertEquals(3, Codes.read(output.resolve("samples.codes")).count());
    assertTrue(Codes.read(output.resolve("samples.codes")).labels().isEmpty());
    try (PixelCnn prior = PixelCnn.load(output.resolve("prior.safetensors"))) {
      assertEquals(0, prior.config().classes());
    }
    assertSize(output.resolve("samples.png"), 3, 1, 112);
  }

  @Test
  void interruptedRunsEndWithTheSameResults() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("interrupted");
    Run.of(photos(whole, "--levels=2")).succeeded();
    Run model = Run.interrupted("Evaluation after step 10 on", photos(parts, "--levels=2"));
    assertEquals(130, model.exitCode(), model::err);
    assertFalse(Files.exists(parts.resolve("model.safetensors")));
    Run top = Run.interrupted("step 1/21", "generate", "--resume=" + parts);
    assertEquals(130, top.exitCode(), top::err);
    assertTrue(Files.exists(parts.resolve("train-top.codes")));
    Run bottom = Run.interrupted("step 1/21", "generate", "--resume=" + parts);
    assertEquals(130, bottom.exitCode(), bottom::err);
    Run last = Run.of("generate", "--resume=" + parts).succeeded();
    assertTrue(last.out().contains("model: complete"), last::out);
    assertSameResults(whole, parts);
  }

  /** As after a crash at any time: files of a part exist, but not that of its measures. */
  @Test
  void incompletePartsAreCompleted() throws IOException {
    Path whole = folder.resolve("once");
    Path parts = folder.resolve("crashed");
    Run.of(photos(whole)).succeeded();
    Run.of(photos(parts)).succeeded();
    for (String part : List.of("samples", "prior", "codes", "model")) {
      Files.delete(parts.resolve("parts").resolve(part + ".json"));
      Files.delete(parts.resolve("metrics.json"));
      if (part.equals("prior")) {
        Files.delete(parts.resolve("prior.safetensors"));
      }
      Run.of("generate", "--resume=" + parts).succeeded();
      assertSameResults(whole, parts);
      assertEquals(4, metrics(parts).times().size());
    }
  }

  private static void assertSameResults(Path whole, Path parts) throws IOException {
    for (String name : names(whole)) {
      if (name.matches(".*\\.(safetensors|codes|png)")) {
        assertArrayEquals(
            Files.readAllBytes(whole.resolve(name)), Files.readAllBytes(parts.resolve(name)), name);
      }
    }
    assertEquals(names(whole), names(parts));
  }

  @Test
  void scoresSamplesNextToTrainingImages() throws IOException {
    Path output = folder.resolve("score");
    Run run = Run.of(command(output, "--data=" + photos(), "--size=8", "--score")).succeeded();
    List<GenerateMetrics.Score> scores = metrics(output).score();
    assertEquals(
        List.of("training images", "reconstructions", "samples"),
        scores.stream().map(GenerateMetrics.Score::images).toList());
    assertEquals(6, scores.get(2).count());
    assertEquals(1, scores.get(0).accuracy()); // which half is dark is easy to see
    assertTrue(run.out().contains("accuracy score: training images"), run::out);
  }

  /** A score can be added to a run that has ended, but other images cannot. */
  @Test
  void aResumedRunKeepsItsImages() throws IOException {
    Path output = folder.resolve("added");
    Run.of(command(output, "--data=" + photos(), "--size=8")).succeeded();
    Path others = Files.createDirectories(folder.resolve("others"));
    for (String side : List.of("left", "right")) {
      Files.createDirectories(others.resolve(side));
      try (Stream<Path> files = Files.list(photos().resolve(side))) {
        for (Path file : files.toList()) {
          Files.copy(file, others.resolve(side).resolve(file.getFileName()));
        }
      }
    }
    Path moved = photos().resolve("left").resolve("0.png");
    Run.of("generate", "--resume=" + output, "--data=" + others).succeeded();
    Files.copy(moved, others.resolve("right").resolve("1.png"), REPLACE_EXISTING);
    Run.of("generate", "--resume=" + output, "--data=" + others)
        .failed(1, "expected the images of the run", "got others", "--data");
    Run stopped =
        Run.interrupted(
            "step 1/3000", "generate", "--resume=" + output, "--score", "--data=" + photos());
    assertEquals(130, stopped.exitCode(), stopped::err);
    assertEquals(List.of(), metrics(output).score());
    Run.of("generate", "--resume=" + output).succeeded();
    assertEquals(3, metrics(output).score().size());
  }

  /** Nothing is trained if the test images have a class that the training images lack. */
  @Test
  void classesWithoutTrainingImagesAreRejected() throws IOException {
    Images all = Images.of(new float[30 * 16], 30, 4, 4, 1);
    int[] labels = IntStream.range(0, 30).map(i -> i % 2).toArray();
    Images train = all.withLabels(labels);
    assertEquals(2, GenerateSets.of(new ImageSets("set", train, train), 1, 0.9).classes());
    labels[7] = 3;
    ImageSets unknown = new ImageSets("set", train, all.withLabels(labels));
    assertMessage(unknown, "each of the classes 0 to 3", "got none of {2, 3}");
    assertMessage(new ImageSets("set", train.range(0, 3), train), "10 or more", "got 3 and 30");
    Images odd = Images.of(new float[30 * 24], 30, 4, 6, 1);
    assertMessage(new ImageSets("set", odd, odd), "multiples of 4, got 4x6");
    labels[7] = -1;
    ImageSets unlabeled = new ImageSets("set", train, all.withLabels(labels));
    assertEquals(0, GenerateSets.of(unlabeled, 1, 0.9).classes());
  }

  private static void assertMessage(ImageSets images, String... texts) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> GenerateSets.of(images, 1, 0.9))
            .getMessage();
    for (String text : texts) {
      assertTrue(message.contains(text), message);
    }
  }

  @Test
  void theNumberOfImagesAndTheOptionsAreChecked() throws IOException {
    Path output = folder.resolve("invalid");
    Run.of(command(output, "--temperature=-1")).failed(2, "--temperature", "at least 0", "-1");
    Run.of(command(output, "--top-k=-1")).failed(2, "--top-k", "at least 0");
    Run.of(command(output, "--top-p=0")).failed(2, "--top-p", "above 0");
    Run.of(command(output, "--levels=3")).failed(2, "--levels", "1 or 2, got 3");
    Run.of("generate", "--hidden=7", "--output=" + output)
        .failed(2, "--hidden", "even number, got 7");
    Run.of(command(output, "--class-dropout=1")).failed(2, "--class-dropout", "below 1");
    Run.of(command(output, "--guidance=2"))
        .failed(2, "--guidance", "without dropped classes", "add --class-dropout 0.1");
    Path images = photos().resolve("left");
    Run.of(command(output, "--data=" + images, "--guidance=2", "--class-dropout=0.1"))
        .failed(2, "--guidance", "without labels", "subfolder");
    Run.of(command(output, "--data=" + images, "--score"))
        .failed(2, "--score", "two or more classes", "subfolder");
    Run.of(command(output, "--data=" + images, "--size=6")).failed(2, "--size", "of 4, got 6");
    Run.of(command(output, "--data=" + images, "--download=mnist"))
        .failed(2, "--download", "only one of them");
    Path few = Files.createDirectories(folder.resolve("few"));
    Files.copy(images.resolve("0.png"), few.resolve("0.png"));
    Run.of(command(output, "--data=" + few)).failed(1, "20 or more", "got 1");
    Run.of(command(output, "--data=" + folder.resolve("nowhere")))
        .failed(1, "nowhere", "no such folder", "image");
    assertFalse(Files.exists(output));
    Run.of("generate", "--codes=1", "--output=" + output).failed(2, "--codes", "2 or more");
    Run.of(command(output, "--copies=-1")).failed(2, "--copies", "from 0 to");
    Run.of(command(output, "--copies=1000000")).failed(2, "--copies", "got 1000000");
    Files.createDirectories(output.resolve("parts"));
    Run.of(command(output))
        .failed(1, output.toString(), "new or empty folder", "contains parts", "--output");
    Files.createFile(output.resolve("options.json"));
    Run.of(command(output)).failed(1, "contains options.json", "--resume");
    Path locked = Files.createDirectories(folder.resolve("locked"));
    try (LockFile lock = LockFile.acquire(locked.resolve(".lock")).orElseThrow()) {
      Run.of(photos(locked)).failed(1, locked.toString(), "another process");
      assertTrue(Files.exists(locked.resolve(".lock")) && !lock.isReplaced());
    }
  }
}
