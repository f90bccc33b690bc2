package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.fuzz.FuzzTarget;
import io.github.vqvae4j.fuzz.Fuzzing;
import io.github.vqvae4j.model.vqvae.Recipe;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Corrupted files of the formats that only the examples read; see {@link Fuzzing}. */
class FileFuzzTest {
  private static final int CODEBOOK = 256;

  @TempDir static Path folder;

  static List<FuzzTarget> kinds() throws IOException {
    Path codes = folder.resolve("some.codes");
    Codes.of(new int[] {12, 0, 7, 255, 3, -1}, CODEBOOK, 1, 2, 3).withLabels(9).write(codes);
    Path curve = folder.resolve("curve.json");
    List<CurvePoint> points =
        List.of(new CurvePoint(100, 0.5, 10.5), new CurvePoint(200, 0.25, 20));
    new TrainingCurve(
            Recipe.KERAS_MNIST.toString(), 1, 60_000, 0.1, 200, 1_000, Machine.here(), points)
        .write(curve);
    Path options = folder.resolve("run.json");
    new RunOptions("mnist", List.of("--steps=60", "--tensorboard", "--rate=0.001"), true)
        .write(options);
    return Fuzzing.chosen(
        List.of(
            FuzzTarget.of(
                "codes", "a", intact(codes, "1 2 3\n4 5 6\n", "7,-1\n"), FileFuzzTest::codes),
            FuzzTarget.of(
                "options of a run", RunOptions.FILE, intact(options), FileFuzzTest::options),
            FuzzTarget.of("training curve", "a.json", intact(curve), FileFuzzTest::curve)));
  }

  private static List<byte[]> intact(Path file, String... texts) throws IOException {
    return Stream.concat(
            Stream.of(Files.readAllBytes(file)),
            Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  private static void codes(Path file) throws IOException {
    Codes codes = CodesFile.read(file, CODEBOOK);
    int largest = Collections.max(codes.codebooks().sizes());
    for (int code : codes.values()) {
      assertTrue(code >= -1 && code < largest, () -> "code " + code);
    }
  }

  private static void options(Path file) throws IOException {
    RunOptions read = RunOptions.read(file.getParent());
    assertEquals(read.options().size(), read.byName().values().stream().mapToInt(List::size).sum());
  }

  /** Reads a curve and uses it in a chart and a table. */
  private static void curve(Path file) throws IOException {
    TrainingCurve curve = TrainingCurve.read(file);
    assertFalse(curve.points().isEmpty());
    CurveTable.of(RecordedCurve.of(Recipe.KERAS_MNIST), List.of(curve));
    long last = 0;
    for (CurvePoint point : curve.points()) {
      assertTrue(point.step() > last, point::toString);
      assertTrue(point.normalizedError() >= 0, point::toString);
      assertFalse(point.perplexity() < 0, point::toString);
      last = point.step();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void corruptedFilesAreReadCorrectlyOrRejected(FuzzTarget kind) throws Exception {
    Fuzzing.run(kind, folder);
  }
}
