package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.fuzz.FuzzTarget;
import io.github.vqvae4j.fuzz.Intact;
import io.github.vqvae4j.fuzz.SafetensorsBytes;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Files from which a run is resumed: checkpoints and tables of metrics. */
public final class RunFileKinds {
  private static final Source<float[]> POINTS = PointGan.points(20, 1);
  private static final Dataset IMAGES = Shapes.rectangles(20, 8, 1, 1);

  /** The last step whose rows are kept, and the number of such rows. */
  private static final int LAST = 20;

  private static final int LAST_ROWS = 4;

  private final Path folder;
  private final List<FuzzTarget> kinds = new ArrayList<>();

  private RunFileKinds(Path folder) {
    this.folder = folder;
  }

  /** Returns all formats. */
  public static List<FuzzTarget> all(Path folder) throws IOException {
    RunFileKinds all = new RunFileKinds(folder);
    all.checkpoints();
    all.tables();
    return all.kinds;
  }

  private static <B> Trainer<B> trainer(Trainable<B> model, Path file) {
    return Trainer.of(model)
        .batch(4)
        .workers(1)
        .steps(3)
        .averageWeights(0.9)
        .quiet()
        .listener(new Runs(file, 3));
  }

  private void checkpoints() throws IOException {
    Path file = folder.resolve("checkpoint.safetensors");
    try (PointGan model = new PointGan(1)) {
      trainer(model, file).evaluate(POINTS, 2).fit(POINTS);
    }
    Intact<List<Map<String, ?>>> intact = new Intact<>();
    FuzzTarget kind =
        FuzzTarget.of(
            "checkpoint",
            "a.safetensors",
            List.of(Files.readAllBytes(file)),
            f -> {
              SavedState state = Checkpoint.read(f);
              intact.check(List.of(state.metadata(), state.arrays()));
            });
    kinds.add(kind);
    kinds.add(kind.repaired(SafetensorsBytes::withChecksum, RunFileKinds::resumePoints));
    try (VqVae model = Shapes.model(1, 1)) {
      trainer(model, file).evaluate(IMAGES, 2).stopEarly(9).fit(IMAGES);
    }
    kinds.add(
        FuzzTarget.of(
                "checkpoint of images", "a.safetensors", List.of(Files.readAllBytes(file)), f -> {})
            .repaired(SafetensorsBytes::withChecksum, RunFileKinds::resumeImages));
  }

  private static void resumePoints(Path file) throws IOException {
    try (PointGan model = new PointGan(2)) {
      goOn(Trainer.resume(file, model).evaluate(POINTS, 2), POINTS);
    }
  }

  /** The model is built from the file. */
  private static void resumeImages(Path file) throws IOException {
    Trainer<ImageBatch> trainer;
    try {
      trainer = Trainer.resume(file);
    } catch (IllegalStateException e) {
      assertTrue(e.getMessage().startsWith("Trainer.resume: expected"), e::toString);
      return;
    }
    VqVae model = (VqVae) trainer.model();
    try (model) {
      goOn(trainer.evaluate(IMAGES, 2), IMAGES);
    }
  }

  /** Trains for a step, unless the settings or the values do not suit. */
  private static <B> void goOn(Trainer<B> trainer, Source<B> data) throws IOException {
    try {
      trainer.steps(4).quiet().fit(data);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IllegalStateException e) {
      assertTrue(e.getMessage().startsWith("Trainer.resume: expected"), e::toString);
    } catch (DivergenceException e) {
      assertTrue(e.step() >= 3, e::toString);
    }
  }

  private void tables() throws IOException {
    Path file = folder.resolve("metrics.csv");
    MetricsTable table = new MetricsTable(file);
    table.add(1, List.of(new Metric("loss", 0.1), new Metric("rate", 1e-40)));
    table.add(10, List.of(new Metric("loss", Double.NaN), new Metric("rate", -0.0)));
    table.add(10, List.of(new Metric("a, \"b\"", 3), new Metric("two\nlines", 4)));
    table.add(20, List.of(new Metric("loss", Double.POSITIVE_INFINITY)));
    table.add(30, List.of(new Metric("loss", 6), new Metric("late", 7)));
    byte[] bytes = Files.readAllBytes(file);
    List<List<String>> cells = MetricsTableTest.read(file);
    kinds.add(
        FuzzTarget.of(
            "metrics table", "metrics.csv", List.of(bytes), f -> goOnWith(f, bytes, cells)));
  }

  /** Resumes a table, checks that all rows before the damage remain, and adds a row. */
  private static void goOnWith(Path file, byte[] intact, List<List<String>> cells)
      throws IOException {
    byte[] damaged = Files.readAllBytes(file);
    MetricsTable table;
    try {
      table = MetricsTable.resume(file, LAST);
    } catch (BadFileException e) {
      assertArrayEquals(damaged, Files.readAllBytes(file), "a rejected file is not changed");
      throw e;
    }
    int rows = table.rows();
    int undamaged = undamagedRows(damaged, intact);
    assertTrue(rows >= Math.min(undamaged, LAST_ROWS), () -> rows + " of " + undamaged + " rows");
    if (rows > 0) {
      List<List<String>> kept = MetricsTableTest.read(file);
      for (int i = 0; i < Math.min(undamaged, LAST_ROWS) + 1 && undamaged >= 0; i++) {
        assertEquals(cells.get(i).subList(0, kept.get(i).size()), kept.get(i));
      }
      MetricsRows again = MetricsRows.read(file, LAST);
      assertEquals(rows, again.rows().size(), "a resumed table is not cut off again");
      assertEquals(kept.get(0).subList(1, kept.get(0).size()), again.columns());
    }
    table.add(LAST + 1, List.of(new Metric("loss", 0.5)));
    List<List<String>> all = MetricsTableTest.read(file);
    assertEquals(1 + rows + 1, all.size());
    List<String> last = all.get(all.size() - 1);
    assertEquals("0.5", last.get(all.get(0).indexOf("loss")));
  }

  /** Returns the number of complete rows before the first difference; -1 if it is in the header. */
  private static int undamagedRows(byte[] damaged, byte[] intact) {
    int mismatch = Arrays.mismatch(damaged, intact);
    String text = new String(intact, StandardCharsets.UTF_8);
    String same = mismatch < 0 ? text : text.substring(0, mismatch);
    // The header has two lines.
    return (int) same.chars().filter(c -> c == '\n').count() - 2;
  }
}
