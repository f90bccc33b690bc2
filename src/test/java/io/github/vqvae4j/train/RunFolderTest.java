package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RunFolderTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  @TempDir Path runs;

  private static Trainer<ImageBatch> trainer(VqVae model) {
    return Trainer.of(model).batch(16).steps(25).evaluate(TEST, 10);
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void allFilesAreWritten() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder =
          RunFolder.create(runs.resolve("made"), "shapes")
              .images(model.reconstructions(TEST), 8)
              .metricsEvery(10);
      assertTrue(
          folder.path().getFileName().toString().matches("\\d{8}-\\d{6}-shapes"),
          folder.path().toString());
      TrainingReport report =
          trainer(model)
              .optimizer(AdamW.rate(2e-3))
              .schedule(Schedule.warmUp().then(5, Schedule.cosine(0.1)))
              .listener(folder)
              .fit(TRAIN);
      assertEquals(
          List.of(
              "checkpoints",
              "config.json",
              "images",
              "metrics.csv",
              "metrics.json",
              "model.safetensors",
              "summary.txt"),
          names(folder.path()));
      assertTrue(folder.failure().isEmpty());

      JsonObject config = json(folder.path().resolve("config.json"));
      JsonObject encoder = config.getAsJsonObject("model").getAsJsonObject("encoder");
      assertEquals("ConvEncoder", encoder.get("type").getAsString());
      assertEquals(16, encoder.getAsJsonObject("settings").get("hidden").getAsInt());
      JsonObject training = config.getAsJsonObject("training");
      assertEquals(1, training.getAsJsonArray("objectives").size());
      JsonObject objective = training.getAsJsonArray("objectives").get(0).getAsJsonObject();
      assertEquals("", objective.get("name").getAsString());
      assertEquals(AdamW.rate(2e-3).toString(), objective.get("optimizer").getAsString());
      assertEquals(
          "warmUp until step 5, then cosine(0.1)", objective.get("schedule").getAsString());
      assertEquals("[64,8,8,1]", training.get("trainingData").toString());
      assertEquals("[20,8,8,1]", training.get("heldOutData").toString());

      List<String> lines = Files.readAllLines(folder.path().resolve("metrics.csv"));
      assertEquals(
          "step,train/loss,train/reconstruction,train/commitment,train/learningRate,train/gradientNorm,"
              + "codebook/perplexity,codebook/usage,examplesPerSecond,validation/loss,"
              + "validation/reconstruction,validation/commitment,validation/mse,"
              + "validation/normalizedMse,validation/psnr,validation/codebook/perplexity,"
              + "validation/codebook/usage",
          lines.get(0));
      assertEquals(
          List.of("1", "10", "10", "20", "20", "25", "25"),
          lines.stream().skip(1).map(line -> line.split(",")[0]).toList());
      for (String line : lines) {
        assertEquals(17, line.split(",", -1).length, line);
      }
      assertEquals(
          (float) report.last().loss(), Float.parseFloat(lines.get(6).split(",")[1]), 1e-9);
      String[] evaluation = lines.get(7).split(",", -1);
      assertEquals("", evaluation[1]);
      assertEquals(
          (float) report.evaluations().get(2).metric(ImageModel.MSE),
          Float.parseFloat(evaluation[10]),
          1e-9);
      assertEquals(evaluation[10], evaluation[12], "the reconstruction term is the MSE");

      JsonObject metrics = json(folder.path().resolve("metrics.json"));
      assertEquals(25, metrics.get("step").getAsInt());
      assertEquals("MAX_STEPS", metrics.get("stopReason").getAsString());
      assertEquals(report.last().loss(), metrics.get("train/loss").getAsDouble());
      assertEquals(3, metrics.getAsJsonArray("evaluations").size());

      assertEquals(
          List.of(
              "step-000001.png",
              "step-000002.png",
              "step-000004.png",
              "step-000008.png",
              "step-000016.png",
              "step-000024.png"),
          names(folder.path().resolve("images")));
      Images grid = Images.read(folder.path().resolve("images/step-000024.png"));
      Images ten = Images.of(new float[10 * 28 * 28], 10, 28, 28, 1);
      ImageGrid pairs = new ImageGrid().row("original", ten).row("reconstruction", ten);
      pairs.space().row("original", ten).row("reconstruction", ten);
      assertEquals(pairs.image().toString(), grid.toString(), "two rows and reconstructions");
      assertMessageContains(
          new Exception(Files.readString(folder.path().resolve("summary.txt"))),
          folder.path().toAbsolutePath().normalize().toString(),
          "7 rows",
          "6 files of sample images",
          "25 steps in");
    }
  }

  @Test
  void existingFolderWithoutRunIsAccepted() throws IOException {
    Path existing = Files.createDirectories(runs.resolve("a/b"));
    Files.writeString(existing.resolve("mine.txt"), "mine");
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.in(existing).images(model.reconstructions(TEST), 8);
      Dataset odd = Shapes.rectangles(64, 7, 1, 1);
      assertThrows(
          IllegalArgumentException.class,
          () -> Trainer.of(model).batch(16).listener(folder).fit(odd));
      assertEquals(
          List.of("mine.txt"), names(existing), "a failure in the first step leaves no files");
      trainer(model).listener(folder).fit(TRAIN);
      assertEquals(
          List.of(
              "checkpoints",
              "config.json",
              "images",
              "metrics.csv",
              "metrics.json",
              "mine.txt",
              "model.safetensors",
              "summary.txt"),
          names(existing));
    }
  }

  @Test
  void folderWithRunIsRejectedAndUnchanged() throws IOException {
    for (String file :
        List.of(
            "config.json",
            "metrics.csv",
            "metrics.json",
            "summary.txt",
            "model.safetensors",
            "events.out.tfevents.1.2.vqvae4j",
            "images/step-000001.png",
            "checkpoints/step-1.safetensors")) {
      Path existing = Files.createDirectories(runs.resolve("existing"));
      Files.createDirectories(existing.resolve("checkpoints"));
      Files.createDirectories(existing.resolve("images"));
      Files.writeString(existing.resolve(file), "of an earlier run");
      assertMessageContains(
          assertThrows(IOException.class, () -> RunFolder.in(existing), file),
          existing.toString(),
          file,
          "choose another folder");
      assertEquals("of an earlier run", Files.readString(existing.resolve(file)));
      Files.delete(existing.resolve(file));
    }
  }

  /** Both runs found an empty folder when they were created. */
  @Test
  void secondConcurrentRunInSameFolderIsRejected() throws IOException {
    try (VqVae first = Shapes.model(1, 3);
        VqVae second = Shapes.model(1, 4)) {
      Path existing = runs.resolve("existing");
      RunFolder firstFolder = RunFolder.in(existing);
      RunFolder secondFolder = RunFolder.in(existing);
      trainer(first).listener(firstFolder).fit(TRAIN);
      Map<String, float[]> untrained = States.of(second);
      String metrics = Files.readString(existing.resolve("metrics.csv"));
      assertMessageContains(
          assertThrows(
              UncheckedIOException.class, () -> trainer(second).listener(secondFolder).fit(TRAIN)),
          existing.toString(),
          "config.json",
          "choose another folder");
      States.assertSame(untrained, States.of(second));
      assertEquals(metrics, Files.readString(existing.resolve("metrics.csv")));
      try (VqVae stored = VqVae.load(existing.resolve("model.safetensors"))) {
        States.assertSame(States.of(first), States.of(stored));
      }
    }
  }

  @Test
  void secondRunUsesSiblingFolder() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder =
          RunFolder.in(runs.resolve("existing")).images(model.reconstructions(TEST), 8);
      Trainer<ImageBatch> trainer = trainer(model).listener(folder);
      trainer.fit(TRAIN);
      Path first = folder.path();
      List<String> names = names(first);
      Map<String, float[]> afterFirst = States.of(model);
      trainer.steps(3).fit(TRAIN);
      assertEquals(runs.resolve("existing-2"), folder.path());
      assertEquals(names, names(folder.path()));
      assertEquals(names, names(first));
      assertEquals(6, names(first.resolve("images")).size());
      assertEquals(2, names(folder.path().resolve("images")).size());
      try (VqVae stored = VqVae.load(first.resolve("model.safetensors"))) {
        States.assertSame(afterFirst, States.of(stored));
      }
    }
  }

  /** Images must have 1 or 3 channels, a series may have 4. */
  @Test
  void unsupportedImagesDoNotEndTraining() throws IOException {
    Rng rng = new Rng(5);
    float[] values = new float[32 * 16 * 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    Dataset series = Images.of(values, 32, 1, 16, 4);
    try (VqVae model =
            VqVae.builder()
                .encoder(SeriesEncoder.channels(4).hidden(8).downsample(1).residual(1, 4))
                .quantizer(VectorQuantizer.ema(8, 4))
                .decoder(SeriesDecoder.channels(4).hidden(8).upsample(1).residual(1, 4))
                .build();
        CapturedLog log = new CapturedLog(RunFolder.class)) {
      RunFolder folder =
          RunFolder.create(runs, "series").images(model.reconstructions(series), 4).tensorBoard();
      TrainingReport report = Trainer.of(model).batch(8).steps(20).listener(folder).fit(series);
      assertEquals(20, report.last().step());
      assertEquals(4, Files.readAllLines(folder.path().resolve("metrics.csv")).size());
      assertTrue(Files.exists(folder.path().resolve("summary.txt")));
      assertTrue(Files.exists(folder.path().resolve("model.safetensors")));
      assertEquals(1, log.warnings().size(), log.warnings().toString());
      assertMessageContains(
          new Exception(log.warnings().get(0)),
          "images",
          "expected 1 channel",
          "Training continues");
    }
  }

  private record Metrics(double accuracy, int step) {}

  @Test
  void customMetricsAreAdded() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "more");
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> folder.add(new Metrics(.9, 7))),
          "RunFolder.add: expected a run that has ended",
          "after fit");
      trainer(model).listener(folder).fit(TRAIN);
      folder.add(new Metrics(.9, 7));
      JsonObject metrics = json(folder.path().resolve("metrics.json"));
      assertEquals(.9, metrics.get("accuracy").getAsDouble());
      assertEquals(7, metrics.get("step").getAsInt());
      assertTrue(metrics.has("train/loss"));
    }
  }

  @Test
  void noImagesForNonFiniteReconstructions() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "diverging").images(model.reconstructions(TEST), 8);
      Trainer<ImageBatch> diverging =
          Trainer.of(model).batch(16).steps(25).optimizer(Adam.rate(1e30));
      assertThrows(DivergenceException.class, () -> diverging.listener(folder).fit(TRAIN));
      assertTrue(folder.failure().isEmpty());
      assertFalse(Files.exists(folder.path().resolve("images")));
      assertMessageContains(
          assertThrows(ArithmeticException.class, () -> model.reconstruct(TEST)),
          "VqVae: the encoder output is ",
          "smaller learning rate");
    }
  }

  @Test
  void imagesAreDueAtPowersOfTwoThenAtIntervals() {
    List<Long> due =
        Stream.iterate(1L, n -> n + 1).limit(35).filter(n -> RunWriter.isDue(n, 10)).toList();
    assertEquals(List.of(1L, 2L, 4L, 8L, 10L, 20L, 30L), due);
  }

  @Test
  void listenerDoesNotAffectTraining() throws IOException {
    try (VqVae alone = Shapes.model(1, 3);
        VqVae watched = Shapes.model(1, 3)) {
      trainer(alone).fit(TRAIN);
      RunFolder folder = RunFolder.create(runs, "a").images(watched.reconstructions(TEST));
      trainer(watched).listener(folder).fit(TRAIN);
      States.assertSame(States.of(alone), States.of(watched));
    }
  }

  @Test
  void runsStartedInTheSameSecondUseDifferentFolders() throws IOException {
    for (int i = 0; i < 5; i++) {
      RunFolder.create(runs, "same");
    }
    assertEquals(5, names(runs).size());
  }

  @Test
  void deletedFolderDoesNotEndTraining() throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger(RunFolder.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try (VqVae alone = Shapes.model(1, 3);
        VqVae watched = Shapes.model(1, 3)) {
      RunFolder folder =
          RunFolder.create(runs, "gone").metricsEvery(1).images(watched.reconstructions(TEST), 5);
      TrainingListener thief =
          new TrainingListener() {
            @Override
            public void onStep(TrainingRun run, StepReport report) {
              if (report.step() == 3) {
                replaceByFile(folder.path());
              }
            }
          };
      TrainingReport report = trainer(watched).listener(thief).listener(folder).fit(TRAIN);
      assertEquals(25, report.last().step());
      trainer(alone).fit(TRAIN);
      States.assertSame(States.of(alone), States.of(watched));
      assertTrue(folder.failure().isPresent());
      assertEquals(2, appender.list.size());
      assertMessageContains(
          new Exception(appender.list.get(1).getFormattedMessage()),
          "The run folder " + folder.path() + " is incomplete",
          "No model was saved");
      assertMessageContains(
          new Exception(appender.list.get(0).getFormattedMessage()),
          "Cannot write to " + folder.path(),
          "Training continues",
          "save the model elsewhere");
    } finally {
      logger.detachAppender(appender);
    }
  }

  private static void replaceByFile(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
      Files.writeString(folder, "in the way");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void invalidSettingsAreRejectedBeforeTraining() throws IOException {
    Path occupied = Files.writeString(runs.resolve("occupied"), "a file");
    try (VqVae model = Shapes.model(1, 3)) {
      assertMessageContains(
          assertThrows(IOException.class, () -> RunFolder.create(occupied, "a")),
          occupied.toString(),
          "choose another folder");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> RunFolder.create(runs, "a/b")),
          "\"a/b\"",
          "letters, digits");
      RunFolder folder = RunFolder.create(runs, "a");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> folder.metricsEvery(0)), "got 0");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.reconstructions(TEST.range(0, 0))),
          "ImageModel.reconstructions: expected one or more sample images");
      assertFalse(Files.exists(folder.path().resolve("metrics.csv")));
    }
  }
}
