package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run that excludes one class of digits writes all its results. */
class AnomalyCommandTest {
  @TempDir private Path folder;

  @Test
  void anExcludedClassIsDetected() throws IOException {
    Run run =
        Run.of(
            "anomaly",
            "--without=7",
            "--false-positives=0.1",
            "--steps=3",
            "--hidden=8",
            "--codes=16",
            "--dimension=4",
            "--output=" + folder);
    run.succeeded();
    for (String text :
        List.of(
            "excluding 7: 3600 training and 900 test images",
            "(excluded from training)",
            "from 900 held-out normal images, for a false-positive rate of 10.0%",
            "area under the ROC curve: 0.",
            "reconstruction error alone 0.")) {
      assertTrue(run.out().contains(text), () -> text + " not in " + run.out());
    }
    List<String> lines = run.out().lines().filter(line -> line.contains("excluded from")).toList();
    assertEquals(1, lines.size(), run::out);
    assertTrue(lines.get(0).startsWith("    7      100 "), run::out);
    Run.assertTrainingFiles(folder, "detector.json", "anomalies.png", "scores.png");
    Images grid = Images.read(folder.resolve("anomalies.png"));
    assertTrue(grid.width() > 12 * 114, () -> grid.toString());
    assertTrue(grid.height() > 6 * 114, () -> grid.toString());
    assertEquals(3, grid.channels());
    assertEquals(2 * 560, Images.read(folder.resolve("scores.png")).height());
  }

  @Test
  void aPriorAddsTheSurpriseOfTheCodes() throws IOException {
    Run run =
        Run.of(
            "anomaly",
            "--prior",
            "--prior-steps=2",
            "--steps=3",
            "--hidden=8",
            "--codes=16",
            "--dimension=4",
            "--output=" + folder);
    run.succeeded();
    for (String text :
        List.of(
            "Training a prior over the codes of the 3600 training images",
            "prior: 2 steps in ",
            "nats per code of held-out images (uniform: 2.77)",
            "surprise of the codes alone 0.")) {
      assertTrue(run.out().contains(text), () -> text + " not in " + run.out());
    }
    Run.assertTrainingFiles(
        folder, "detector.json", "prior.safetensors", "anomalies.png", "scores.png");
    String detector = Files.readString(folder.resolve("detector.json"));
    assertTrue(detector.contains("\"surpriseWeight\": 0.5"), detector);
  }

  private String[] withPrior(Path output) {
    return new String[] {
      "anomaly",
      "--prior",
      "--prior-steps=23",
      "--steps=3",
      "--hidden=8",
      "--codes=16",
      "--dimension=4",
      "--output=" + output
    };
  }

  /** The model is complete; the prior is not, and starts again when the run is resumed. */
  @Test
  void ctrlCStopsTheTrainingOfThePrior() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    Run.of(withPrior(whole)).succeeded();
    Run stopped = Run.interrupted("step 1/23", withPrior(parts));
    assertEquals(Main.STOPPED, stopped.exitCode(), stopped::err);
    assertTrue(stopped.out().contains("Training a prior over the codes"), stopped::out);
    assertFalse(stopped.out().contains("prior: "), stopped::out);
    Run.assertTrainingFiles(parts);
    Run resumed = Run.of("anomaly", "--resume=" + parts).succeeded();
    assertTrue(resumed.out().contains("prior: 23 steps in "), resumed::out);
    for (String file : List.of("model.safetensors", "prior.safetensors", "detector.json")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(parts.resolve(file)), file);
    }
  }

  @Test
  void heatIsRedAndOpaqueAtTheThreshold() {
    Images gray = Images.of(new float[] {0.5f, 0.5f, 1, 0}, 1, 2, 2, 1);
    Images heat = Images.of(new float[] {-1, 2, 1, 9}, 1, 2, 2, 1);
    float[] expected = {
      0.5f, 0.5f, 0.5f, 0.9f, 0.15f, 0.1f, 0.95f, 0.575f, 0.55f, 0.9f, 0.15f, 0.1f
    };
    assertArrayEquals(expected, AnomalyPlots.overlay(gray, heat, 2).pixels(), 1e-6f);
  }

  @Test
  void aMissingClassIsRejected() {
    Path output = folder.resolve("out");
    Run.of("anomaly", "--without=10", "--output=" + output)
        .failed(2, "--without", "expected a label of the images", "got 10");
    Run.of("anomaly", "--false-positives=0.0005", "--without=7", "--steps=2", "--hidden=4")
        .failed(2, "--false-positives", "at least 0.00111", "got 5.0E-4");
    Run.of("anomaly", "--prior", "--surprise=1.5").failed(2, "--surprise", "0 to 1", "got 1.5");
    Run.of("anomaly", "--quantization=NaN").failed(2, "--quantization", "0 to 1", "got NaN");
    Run.of("anomaly", "--prior-steps=9").failed(2, "--prior-steps", "expected --prior");
    assertFalse(Files.exists(output));
  }
}
