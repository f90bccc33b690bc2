package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics and images that a run folder has of a custom model. */
class RunFolderContentsTest {
  private static final Dataset DATA = Shapes.rectangles(12, 8, 1, 1);

  @TempDir Path folder;

  /** A model with several terms and its own metrics. */
  private static final class Model extends Block implements Trainable<ImageBatch> {
    private final Linear linear = child("linear", new Linear(64, 1, new Rng(1)));

    @Override
    public BatchLoss loss(Step step, ImageBatch batch, TrainingProgress progress) {
      Tensor output = linear.forward(batch.in(step).reshape(batch.count(), 64));
      Tensor square = output.square().mean();
      List<LossTerm> terms =
          List.of(new LossTerm("scaled", square, 3), new LossTerm("square", square, 1));
      return BatchLoss.of(terms).withMetric("other", 0.5);
    }

    @Override
    public List<Metric> evaluationMetrics(List<Metric> means, Source<ImageBatch> data) {
      return List.of(new Metric("last", 7));
    }
  }

  @Test
  void metricsHaveUniqueColumns() throws IOException {
    RunFolder run = RunFolder.in(folder.resolve("run")).metricsEvery(1);
    Model model = new Model();
    TrainingReport report =
        Trainer.of(model).batch(4).steps(3).evaluate(DATA, 2).quiet().listener(run).fit(DATA);
    List<List<String>> rows =
        Files.readAllLines(run.path().resolve("metrics.csv")).stream()
            .map(line -> Arrays.asList(line.split(",", -1)))
            .toList();
    List<String> header = rows.get(0);
    assertEquals(header.size(), new HashSet<>(header).size(), header::toString);
    rows.forEach(row -> assertEquals(header.size(), row.size(), row::toString));
    List<String> last = rows.get(rows.size() - 2); // step 3, before its evaluation
    assertEquals(report.last().loss(), cell(header, last, "train/loss"), 1e-6);
    assertEquals(report.last().term("square"), cell(header, last, "train/square"), 1e-6);
    assertEquals(0.5, cell(header, last, "train/other"));
    List<String> evaluation = rows.get(rows.size() - 1);
    assertEquals(
        report.evaluations().get(1).loss(), cell(header, evaluation, "validation/loss"), 1e-6);
    assertEquals(7, cell(header, evaluation, "validation/last"));
  }

  private static double cell(List<String> header, List<String> row, String column) {
    return Double.parseDouble(row.get(header.indexOf(column)));
  }

  @Test
  void severalImagesAreWrittenAsAGrid() throws IOException {
    Images samples = Images.from(DATA.range(0, 5));
    RunFolder run = RunFolder.in(folder.resolve("run")).images(() -> samples, 2);
    Trainer.of(new Model()).batch(4).steps(2).quiet().listener(run).fit(DATA);
    Path file = run.path().resolve("images").resolve("step-000002.png");
    Path expected = folder.resolve("expected.png");
    Images.writeGrid(samples, expected);
    assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(file));
    assertEquals(Images.grid(samples), Images.read(file).toGray());
    assertEquals(Optional.empty(), run.failure());
  }

  @Test
  void partOfAModelWithSeveralObjectivesIsLoadedAsTheSummaryDescribes() throws IOException {
    RunFolder run = RunFolder.in(folder.resolve("run"));
    Model first = new Model();
    Model second = new Model();
    Trainer.of(Objective.of("a", first::loss, first), Objective.of("b", second::loss, second))
        .batch(4)
        .steps(2)
        .quiet()
        .listener(run)
        .fit(DATA);
    Path file = run.modelFile().orElseThrow();
    String summary = Files.readString(run.path().resolve("summary.txt"));
    assertTrue(summary.contains("loadWeights(Path.of(\"" + file + "\"), \"a\")."), summary);
    Model loaded = new Model();
    loaded.loadWeights(file, "a");
    assertArrayEquals(
        first.linear.variables().get("weight").toFloats(),
        loaded.linear.variables().get("weight").toFloats());
  }

  @Test
  void oneOfSeveralBlocksIsLoadedAsTheSummaryDescribes() throws IOException {
    RunFolder run = RunFolder.in(folder.resolve("run"));
    Model first = new Model();
    Linear unused = new Linear(1, 1, new Rng(2));
    Trainer.of(Objective.of("a", first::loss, first, unused))
        .batch(4)
        .steps(2)
        .quiet()
        .listener(run)
        .fit(DATA);
    Path file = run.modelFile().orElseThrow();
    String summary = Files.readString(run.path().resolve("summary.txt"));
    assertTrue(summary.contains("loadWeights(Path.of(\"" + file + "\"), \"a.0\")."), summary);
    Model loaded = new Model();
    loaded.loadWeights(file, "a.0");
    States.assertSame(States.of(first), States.of(loaded));
  }
}
