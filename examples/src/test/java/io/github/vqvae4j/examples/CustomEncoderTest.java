package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.github.vqvae4j.data.image.Images;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with a custom encoder can be trained, saved and loaded. */
class CustomEncoderTest {
  @Test
  void trainsSavesAndLoads(@TempDir Path folder) throws Exception {
    Run run =
        Run.of(
            "custom-encoder",
            "--steps=120",
            "--hidden=32",
            "--codes=64",
            "--tensorboard",
            "--output=" + folder);
    run.succeeded();
    assertTrue(run.out().contains("tensorboard --logdir " + folder), run::out);
    try (Stream<Path> files = Files.list(folder)) {
      assertTrue(files.anyMatch(f -> f.getFileName().toString().startsWith("events.out.tfevents")));
    }
    assertTrue(run.out().contains("reconstructions are identical, bit for bit"), run::out);

    List<String> metrics = Files.readAllLines(folder.resolve("metrics.csv"));
    double start = reconstruction(metrics, "1");
    double end = reconstruction(metrics, "120");
    assertTrue(
        end < start / 3,
        () -> "the reconstruction term decreased only from " + start + " to " + end);

    double testError =
        JsonParser.parseString(Files.readString(folder.resolve("metrics.json")))
            .getAsJsonObject()
            .get("testNormalizedMse")
            .getAsDouble();
    assertTrue(testError < 0.7, () -> "expected below 0.7 (a constant image: 1), got " + testError);

    Path digit = folder.resolve("digit.png");
    Images.write(Images.from(BundledDigits.read().test(), 3), digit);
    Run load =
        Run.of(
            "reconstruct",
            "--model=" + folder.resolve("model.safetensors"),
            "--image=" + digit,
            "--output=" + folder.resolve("again.png"));
    assertEquals(
        7, load.succeeded().out().lines().limit(7).toList().get(6).strip().split(" +").length);
  }

  private static double reconstruction(List<String> metrics, String step) {
    int column = List.of(metrics.get(0).split(",")).indexOf("train/reconstruction");
    String line = metrics.stream().filter(l -> l.startsWith(step + ",")).findFirst().orElseThrow();
    return Double.parseDouble(line.split(",")[column]);
  }
}
