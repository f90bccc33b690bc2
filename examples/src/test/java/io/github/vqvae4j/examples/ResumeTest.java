package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.random.Rng;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that was interrupted and resumed ends with the files of one that was not. */
class ResumeTest {
  private static final int CIFAR_RECORD = 3073;

  /** Files that contain times, or the name of their folder. */
  private static final Set<String> TIMED =
      Set.of("metrics.csv", "metrics.json", "summary.txt", "config.json", "checkpoints", "images");

  @TempDir static Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    Rng rng = new Rng(1);
    for (int i = 0; i < 20; i++) {
      float[] pixels = new float[24 * 24 * 3];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = j % 24 < i ? rng.nextFloat() : 0;
      }
      Images.write(Images.of(pixels, 1, 24, 24, 3), photos().resolve(i + ".png"));
    }
    byte[] records = new byte[40 * CIFAR_RECORD];
    for (int i = 0; i < records.length; i++) {
      records[i] = (byte) (i % CIFAR_RECORD == 0 ? i / CIFAR_RECORD % 10 : i % 251);
    }
    Files.write(cifar().resolve("data_batch_1.bin"), records);
    Files.write(cifar().resolve("test_batch.bin"), records);
  }

  private static Path photos() throws IOException {
    return Files.createDirectories(folder.resolve("photos"));
  }

  private static Path cifar() throws IOException {
    return Files.createDirectories(folder.resolve("cifar"));
  }

  private static List<String> digits(String command, String... more) {
    return Stream.concat(
            Stream.of(command, "--steps=24", "--hidden=8", "--dimension=4", "--seed=5"),
            Stream.of(more))
        .toList();
  }

  /** Commands whose runs are evaluated after every other step. */
  static List<List<String>> commands() throws IOException {
    return List.of(
        digits("mnist", "--codes=16", "--tensorboard", "--batch=20"),
        digits("cifar10", "--codes=16", "--data=" + cifar()),
        digits("folder", "--codes=16", "--data=" + photos(), "--size=16", "--downsample=1"),
        digits("custom-encoder", "--codes=16"),
        digits("binary", "--rate=0.002"),
        digits("autoencoder"),
        digits("vae"),
        digits("anomaly", "--codes=16", "--without=7", "--false-positives=0.1"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void trainingCommands(List<String> command) throws IOException {
    assertSameResults("Evaluation after step 10 on", command);
  }

  @Test
  void series() throws IOException {
    assertSameResults("step 1/", List.of("series", "--steps=6", "--codes=16", "--seed=3"));
  }

  private static void assertSameResults(String interruptedAt, List<String> command)
      throws IOException {
    Path whole = folder.resolve(command.get(0) + "-whole");
    Path parts = folder.resolve(command.get(0) + "-parts");
    Run expected = Run.of(with(command, "--output=" + whole)).succeeded();
    assertEquals(
        130, Run.interrupted(interruptedAt, with(command, "--output=" + parts)).exitCode());
    assertTrue(Files.readString(parts.resolve("metrics.json")).contains("INTERRUPTED"));
    Run resumed = Run.of(command.get(0), "--resume=" + parts).succeeded();
    assertEquals(results(expected, whole), results(resumed, parts));
    assertEquals(names(whole), names(parts));
    for (String file : names(whole)) {
      if (!TIMED.contains(file)) {
        assertArrayEquals(
            Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(parts.resolve(file)), file);
      }
    }
    assertEquals(steps(whole), steps(parts));
    if (Files.exists(whole.resolve("images"))) {
      assertEquals(names(whole.resolve("images")), names(parts.resolve("images")));
    }
  }

  private static String[] with(List<String> command, String... more) {
    return Stream.concat(command.stream(), Stream.of(more)).toArray(String[]::new);
  }

  /** Returns what a command prints, without times and folders. */
  private static String results(Run run, Path output) {
    return run.out()
        .replace(output.toString(), "")
        .replaceAll("batch size reduced .*\\R", "")
        .replaceAll("in [0-9.]+ s, [0-9,]+ examples/s", "");
  }

  private static Set<String> names(Path output) throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("events.out"))
          .collect(Collectors.toSet());
    }
  }

  private static List<String> steps(Path output) throws IOException {
    return Files.readAllLines(output.resolve("metrics.csv")).stream()
        .map(line -> line.split(",")[0])
        .toList();
  }

  private static String[] mnist(Path output, String... more) {
    return with(digits("mnist", "--codes=16"), with(List.of("--output=" + output), more));
  }

  @Test
  void aFinishedRunGoesOnWithMoreSteps() throws IOException {
    Path longer = folder.resolve("longer");
    Path parts = folder.resolve("shorter");
    Run.of("mnist", "--steps=30", "--hidden=8", "--codes=16", "--output=" + longer).succeeded();
    Run.of("mnist", "--steps=24", "--hidden=8", "--codes=16", "--output=" + parts).succeeded();
    Run.of("mnist", "--resume=" + parts, "--steps=23")
        .failed(2, "--steps", "at least 24", parts.toString(), "got 23");
    Run more = Run.of("mnist", "--resume", parts.toString(), "--steps=30").succeeded();
    assertTrue(more.out().contains("30 steps of 32 images"), more::out);
    assertArrayEquals(
        Files.readAllBytes(longer.resolve("model.safetensors")),
        Files.readAllBytes(parts.resolve("model.safetensors")));
    assertArrayEquals(
        Files.readAllBytes(longer.resolve("reconstructions.png")),
        Files.readAllBytes(parts.resolve("reconstructions.png")));
  }

  /** As after a crash while the pictures were written. */
  @Test
  void theFilesOfAFinishedRunAreWrittenAgain() throws IOException {
    Path output = folder.resolve("finished");
    Run.of(mnist(output)).succeeded();
    byte[] chart = Files.readAllBytes(output.resolve("loss.png"));
    byte[] model = Files.readAllBytes(output.resolve("model.safetensors"));
    Files.delete(output.resolve("loss.png"));
    Run.of("mnist", "--resume=" + output).succeeded();
    assertArrayEquals(chart, Files.readAllBytes(output.resolve("loss.png")));
    assertArrayEquals(model, Files.readAllBytes(output.resolve("model.safetensors")));
  }

  @Test
  void otherOptionsThanThoseOfTheRunAreRefused() {
    Path output = folder.resolve("options");
    assertEquals(130, Run.interrupted("step 1/", mnist(output)).exitCode());
    for (String option :
        List.of("--hidden=10", "--batch=16", "--seed=6", "--codes=32", "--rate=1")) {
      Run.of("mnist", "--resume=" + output, option)
          .failed(2, option.split("=")[0] + ": expected the options of the run", "got " + option);
    }
    Run.of("mnist", "--resume=" + output, "--hidden=10").failed(2, "which has --hidden=8");
    Run.of("mnist", "--resume=" + output, "--tensorboard").failed(2, "none of this name");
    Run.of("mnist", "--resume=" + output, "--output=x").failed(2, "--output", "its own folder");
    Run.of("vae", "--resume=" + output).failed(2, "expected a run of vae", "of mnist; use");
    Run.of("mnist", "--resume=" + output, "--hidden=8", "--seed=5").succeeded();
  }

  @Test
  void foldersWithoutARunAreRefused() throws IOException {
    Run.of("mnist", "--resume=" + folder.resolve("nowhere"))
        .failed(1, "nowhere", "expected the folder of a run", "check the path after --resume");
    Path damaged = Files.createDirectory(folder.resolve("damaged"));
    String start = "{\"format\":\"RunOptions\",\"version\":1,\"command\":\"mnist\",\"options\":";
    for (String options : List.of("[\"--hidden=x\"]}", "[\"--no-option\"]}", "{}}", "[")) {
      Files.writeString(damaged.resolve("options.json"), start + options);
      Run.of("mnist", "--resume=" + damaged)
          .failed(1, damaged.resolve("options.json").toString(), "without --resume");
    }
  }

  /** The place of the data is not part of the run, unlike the data. */
  @Test
  void dataMayBeMoved() throws IOException {
    Path output = folder.resolve("moved-run");
    Path data = Files.createDirectory(folder.resolve("data"));
    try (Stream<Path> photos = Files.list(photos())) {
      for (Path photo : photos.toList()) {
        Files.copy(photo, data.resolve(photo.getFileName()));
      }
    }
    String[] command = {
      "folder", "--data=" + data, "--size=8", "--steps=3", "--hidden=4", "--batch=4"
    };
    Run.interrupted("step 1/", with(List.of(command), "--output=" + output));
    Path moved = Files.move(data, folder.resolve("moved"));
    Run.of("folder", "--resume=" + output).failed(1, data.toString());
    Path one = moved.resolve("1.png");
    byte[] image = Files.readAllBytes(one);
    Files.delete(one);
    Run.of("folder", "--resume=" + output, "--data=" + moved)
        .failed(1, "expected the settings of", "trained on 18 examples");
    Files.write(one, image);
    Run.of("folder", "--resume=" + output, "--data=" + moved).succeeded();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows kills processes without a signal")
  void theNewestUnfinishedRunIsFound() throws Exception {
    Path directory = Files.createDirectory(folder.resolve("work"));
    Run.in(directory, "mnist", "--resume")
        .failed(1, "expected an unfinished run of mnist in runs, got none", "start a new run");
    Process process = Run.startIn(directory, digits("mnist", "--codes=16").toArray(String[]::new));
    try (BufferedReader log = process.errorReader(StandardCharsets.UTF_8)) {
      String line = log.readLine();
      while (line != null && !line.contains("step 1/")) {
        line = log.readLine();
      }
      // Not process.destroy(), which would also close the pipe.
      process.toHandle().destroy();
      process.getInputStream().readAllBytes();
      process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    Run resumed = Run.in(directory, "mnist", "--resume").succeeded();
    assertTrue(resumed.out().contains("24 steps of 32 images"), resumed::out);
    Run.in(directory, "mnist", "--resume").failed(1, "expected an unfinished run");
    assertResultsAreCompleted(directory);
    Path whole = folder.resolve("work-whole");
    Run.of(mnist(whole)).succeeded();
    try (Stream<Path> runs = Files.list(directory.resolve("runs"))) {
      List<Path> all = new ArrayList<>(runs.toList());
      assertEquals(1, all.size());
      assertArrayEquals(
          Files.readAllBytes(whole.resolve("model.safetensors")),
          Files.readAllBytes(all.get(0).resolve("model.safetensors")));
    }
  }

  /** As after a crash between the end of training and that of the command. */
  private static void assertResultsAreCompleted(Path directory) throws Exception {
    Path run;
    try (Stream<Path> runs = Files.list(directory.resolve("runs"))) {
      run = runs.findFirst().orElseThrow();
    }
    RunOptions options = RunOptions.read(run);
    assertTrue(options.finished());
    new RunOptions(options.command(), options.options(), false).write(run.resolve(RunOptions.FILE));
    Files.delete(run.resolve("loss.png"));
    Run.in(directory, "mnist", "--resume").succeeded();
    assertTrue(Files.exists(run.resolve("loss.png")));
    assertTrue(RunOptions.read(run).finished());
  }

  @Test
  void theNewestRunWithoutResultsIsFound() throws IOException {
    Path runs = folder.resolve("without-results");
    assertEquals(Optional.empty(), RunOptions.newestWithoutResults(runs, "mnist"));
    Path older = run(runs, "20260101-120000-mnist", "mnist", false, "config.json", "metrics.json");
    Path fidelity = run(runs, "20260102-120000-fidelity", "fidelity", false);
    run(runs, "20260103-120000-mnist", "mnist", true, "config.json", "metrics.json");
    run(runs, "20260104-120000-mnist", "mnist", false, "config.json"); // still in training
    run(runs, "20260105-120000-vae", "vae", false, "config.json", "metrics.json");
    run(runs, "other", "mnist", false);
    Path damaged = run(runs, "20260106-120000-mnist", "mnist", false);
    Files.writeString(damaged.resolve(RunOptions.FILE), "{");
    assertEquals(Optional.of(older), RunOptions.newestWithoutResults(runs, "mnist"));
    assertEquals(Optional.of(fidelity), RunOptions.newestWithoutResults(runs, "fidelity"));
    assertEquals(Optional.empty(), RunOptions.newestWithoutResults(runs, "binary"));
  }

  private static Path run(Path runs, String name, String command, boolean finished, String... files)
      throws IOException {
    Path run = Files.createDirectories(runs.resolve(name));
    new RunOptions(command, List.of(), finished).write(run.resolve(RunOptions.FILE));
    for (String file : files) {
      Files.createFile(run.resolve(file));
    }
    return run;
  }

  @Test
  void fidelity() throws IOException {
    Path whole = folder.resolve("fidelity-whole");
    Path parts = folder.resolve("fidelity-parts");
    List<String> command = List.of("fidelity", "--data=" + cifar(), "--seeds=4", "--steps=100");
    Run expected = Run.of(with(command, "--output=" + whole)).succeeded();
    Run stopped = Run.interrupted("step 1/", with(command, "--output=" + parts));
    assertEquals(130, stopped.exitCode());
    // As if a process had been killed while it wrote the first checkpoint of a run.
    Path killed = parts.resolve("20990101-120000-sonnet-cifar10-seed-4");
    Files.createDirectories(killed.resolve("checkpoints"));
    Run resumed = Run.of("fidelity", "--resume=" + parts).succeeded();
    Files.delete(killed.resolve("checkpoints"));
    Files.delete(killed);
    assertEquals(1, runFolders(parts).size());
    assertArrayEquals(
        Files.readAllBytes(runFolders(whole).get(0).resolve("model.safetensors")),
        Files.readAllBytes(runFolders(parts).get(0).resolve("model.safetensors")));
    String curve = "sonnet-cifar10-seed-4.json";
    assertEquals(
        TrainingCurve.read(whole.resolve(curve)).points(),
        TrainingCurve.read(parts.resolve(curve)).points());
    assertEquals(results(expected, whole), results(resumed, parts));
    Run.of("fidelity", "--resume=" + parts, "--steps=101").succeeded();
    assertEquals(1, runFolders(parts).size());
    assertEquals(101, TrainingCurve.read(parts.resolve(curve)).steps());
  }

  private static List<Path> runFolders(Path output) throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      return files.filter(Files::isDirectory).toList();
    }
  }
}
