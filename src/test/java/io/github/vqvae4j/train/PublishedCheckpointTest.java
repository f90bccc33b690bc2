package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The checkpoint of every published version (src/test/resources/files) can be resumed, and leads to
 * the figures of the machine that wrote it.
 */
class PublishedCheckpointTest {
  private static final Path FILE =
      Path.of("src/test/resources/files/checkpoint1/vq-vae.safetensors");

  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);
  private static final int FIRST = 12;
  private static final int STEPS = 18;

  /** The losses of steps 13 to 18, and the held-out MSE of the best averages. */
  private static final List<Double> LOSSES =
      List.of(1.28416763, 1.30684873, 1.28741906, 1.24611079, 1.26824602, 1.26497447);

  private static final double HELD_OUT_MSE = 0.233383641;

  /**
   * The relative tolerance of the figures, since CPUs round sums differently: with the instructions
   * of SSE 4.1 only, the figures differ by 1e-10. Without the optimizer's moments, the losses
   * differ by 7e-3 or more; without the averages, the held-out MSE does by 3e-2.
   */
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path folder;

  /** Without restarts of codes, which depend on rounding. */
  private static VqVae model() {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(1).hidden(8).downsample(1).residual(1, 4))
        .quantizer(VectorQuantizer.ema(8, 4).init(Initialization.UNIFORM).deadCodeThreshold(0))
        .decoder(ConvDecoder.channels(1).hidden(8).upsample(1).residual(1, 4))
        .seed(3)
        .build();
  }

  /** Writes the file; this method wrote the committed one. */
  private static void write(Path file) {
    try (VqVae model = model()) {
      Trainer.of(model)
          .optimizer(AdamW.rate(3e-3))
          .schedule(Schedule.warmUp().then(8, Schedule.cosine(0.1)))
          .batch(12)
          .steps(STEPS)
          .seed(7)
          .workers(2)
          .clipNorm(5)
          .averageWeights(0.9)
          .stopEarly(5)
          .evaluate(TEST, 4)
          .quiet()
          .listener(new Runs(file, FIRST))
          .fit(TRAIN);
    }
  }

  @Test
  void resumedRunHasTheFiguresOfItsTime() throws IOException {
    List<Double> losses = new ArrayList<>();
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            losses.add(report.loss());
          }
        };
    Trainer<ImageBatch> trainer = Trainer.resume(FILE).evaluate(TEST, 4).quiet().listener(recorder);
    try (VqVae model = (VqVae) trainer.model()) {
      TrainingReport report = trainer.fit(TRAIN);
      assertEquals(List.of(4L, 8L, 12L, 16L, 18L), steps(report.evaluations()));
      assertClose(LOSSES, losses);
      double heldOut = Evaluation.of(model, TEST).metric(ImageModel.MSE);
      assertClose(List.of(HELD_OUT_MSE), List.of(heldOut));
    }
  }

  private static List<Long> steps(List<Evaluation> evaluations) {
    return evaluations.stream().map(Evaluation::step).toList();
  }

  private static void assertClose(List<Double> expected, List<Double> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), TOLERANCE * expected.get(i), actual.toString());
    }
  }

  /** A change of the content needs a new version. */
  @Test
  void contentIsThatOfTheVersion() throws IOException {
    Path today = folder.resolve("today");
    write(today);
    SavedState expected = Checkpoint.read(FILE);
    SavedState actual = Checkpoint.read(today);
    assertEquals(shapes(expected), shapes(actual));
    assertEquals(expected.metadata().keySet(), actual.metadata().keySet());
    for (String name : List.of("vqvae4j.settings", "vqvae4j.trainer", "vqvae4j.optimizer")) {
      assertEquals(expected.metadata().get(name), actual.metadata().get(name), name);
    }
  }

  private static Map<String, String> shapes(SavedState state) {
    Map<String, String> shapes = new TreeMap<>();
    state.arrays().forEach((name, array) -> shapes.put(name, array.toString()));
    return shapes;
  }
}
